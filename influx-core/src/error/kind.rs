/// Which situation an [`Error`](super::Error) is.
///
/// Each variant says when it arises, who can mend it, and whether repeating the request can help
/// (what [`is_retryable`](super::Error::is_retryable) says). Only a writer repeats a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument or setting that cannot work: a malformed URL, a missing organization, a time
    /// outside the range of nanoseconds; or any other request that the server refuses as wrong. The caller mends it. Repeating does not help.
    InvalidInput,
    /// A record that line protocol cannot carry, or a line that the server could not parse
    /// (status 400: nothing of the request is stored). The caller mends it. Repeating does not help.
    InvalidLine,
    /// The server stored the good points of a write and dropped others (status 422): a field type
    /// conflict, a text that is too long, a time outside the retention. The caller mends the rest.
    /// Repeating does not help.
    PartialWrite,
    /// Flux that the server refused: syntax, types, an unbounded range. The caller mends it. Repeating
    /// does not help.
    InvalidFlux,
    /// A reply that is not annotated CSV, or breaks off inside a line. Rows before it were good.
    /// Usually a proxy or a server failure. Repeating does not help.
    InvalidCsv,
    /// A result lacks a column that the struct needs or that was asked for, or holds rows of another
    /// measurement or field, or rows of several fields that cannot be put together to whole ones; or a
    /// record lacks a key that its [`Mapping`](crate::Mapping) names.
    /// The caller mends the query, the struct or the mapping. Repeating does not help.
    MissingColumn,
    /// A result's column or cell does not fit the struct's member, or the type asked for; or a record's
    /// value what its [`Mapping`](crate::Mapping) makes of it. The caller mends the query, the type or
    /// the mapping. Repeating does not help.
    TypeMismatch,
    /// No connection to the server: refused, unknown host, TLS failure. The operator mends it.
    /// Transient, unless it is a certificate, the server's or the client's, that is not trusted.
    Connect,
    /// A time-out of this client passed. Transient; a write may have been stored all the same.
    Timeout,
    /// The connection broke in mid-request or mid-reply. Transient; a write may have been stored all
    /// the same.
    Interrupted,
    /// A reply whose body is not what the API documents. Usually a proxy, or something that is not
    /// InfluxDB. Repeating does not help.
    Decode,
    /// The server does not know the token, or the user who signs in (status 401, `unauthorized access`); or
    /// the client's `token_provider` has none. The operator mends it. Repeating does not help; a writer keeps
    /// its lines until it does.
    Unauthorized,
    /// The token is known but not allowed to do this (status 403; 401 on administrative calls). The
    /// operator mends it. Repeating does not help.
    Forbidden,
    /// The bucket, organization or resource does not exist, or the token may not see it (status
    /// 404). Repeating does not help.
    NotFound,
    /// The resource exists already, or its state forbids the change (status 422 or 409). Repeating
    /// does not help.
    Conflict,
    /// The request is larger than the server or a proxy accepts (status 413). Send less at once.
    TooLarge,
    /// The server throttles this client (status 429). Transient: try again after
    /// [`retry_after`](super::Error::retry_after).
    RateLimited,
    /// The server is up but cannot answer now (status 408, 499, 502, 503 or 504, a full query
    /// queue). Transient.
    Unavailable,
    /// The writer was closed before this was handed over or delivered. The caller opens another one;
    /// [`unwritten`](super::Error::unwritten) has the lines. Repeating does not help.
    Closed,
    /// The writer's memory is full, since the server takes lines more slowly than they come. Whoever
    /// hands them over may wait. Transient; [`unwritten`](super::Error::unwritten) has the lines.
    Full,
    /// The server failed (any other status of 500 and above), reported a failure in mid-reply, or
    /// answered with a redirect, which is not followed. Only the first is transient, and 501 is not.
    Server,
}

impl ErrorKind {
    pub(super) const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::Connect
                | Self::Timeout
                | Self::Interrupted
                | Self::RateLimited
                | Self::Unavailable
                | Self::Full
                | Self::Server
        )
    }
}

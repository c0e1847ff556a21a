use crate::error::{Error, ErrorKind};

/// What is done with lines when the server answers with a certain status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Treatment {
    /// Send them again, as after a failure of the server.
    Retry,
    /// Give them back, with the server's words.
    Refuse,
    /// Keep them and ask again, as for a bucket that does not exist yet.
    Hold,
}

/// What a failed request means for the lines in it.
///
/// | answer | verdict |
/// |---|---|
/// | 400 that speaks of lines | `Unreadable`: nothing is stored because of some line |
/// | 422 of InfluxDB | `Partial`: the good points are stored |
/// | 413 | `TooLarge` |
/// | 429, 503 | `Throttled` |
/// | 408, 499, other 5xx save 501, no or half an answer | `Transient` |
/// | 401, 403, 404, an answer that is none of InfluxDB's | `Blocked`: not the fault of the lines |
/// | everything else | `Final` |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Unreadable,
    Partial,
    TooLarge,
    Throttled,
    Transient,
    Blocked,
    Final,
}

/// Reads the table; `own` are entries of the caller's.
pub(crate) fn judge(error: &Error, own: &[(u16, Treatment)]) -> Verdict {
    let status = error.status();
    if let Some((_, treatment)) = own.iter().rev().find(|(own, _)| Some(*own) == status) {
        return match treatment {
            Treatment::Retry => Verdict::Transient,
            Treatment::Refuse => Verdict::Final,
            Treatment::Hold => Verdict::Blocked,
        };
    }
    match error.kind() {
        ErrorKind::InvalidLine => Verdict::Unreadable,
        ErrorKind::InvalidInput if status == Some(400) && speaks_of_lines(error) => {
            Verdict::Unreadable
        }
        ErrorKind::PartialWrite => Verdict::Partial,
        ErrorKind::TooLarge => Verdict::TooLarge,
        ErrorKind::RateLimited => Verdict::Throttled,
        _ if status == Some(503) => Verdict::Throttled,
        _ if error.is_retryable() => Verdict::Transient,
        ErrorKind::Unauthorized
        | ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Decode => Verdict::Blocked,
        _ => Verdict::Final,
    }
}

/// Whether a 400 that quotes no line is about one all the same. InfluxDB 2.9.1 says `max key length
/// exceeded` without the line; Cloud counts lines.
fn speaks_of_lines(error: &Error) -> bool {
    let message = error.server_message().unwrap_or_default();
    ["max key length exceeded", "failed to parse line protocol", "errors encountered on line"]
        .iter()
        .any(|words| message.contains(words))
}

use bytes::Bytes;

/// A body as it is sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Encoded {
    pub(super) body: Bytes,
    /// Its `Content-Encoding`.
    pub(super) encoding: Option<&'static str>,
}

impl Encoded {
    pub(crate) const fn plain(body: Bytes) -> Self {
        Self { body, encoding: None }
    }

    pub(super) fn gzip(body: Bytes) -> Self {
        let (body, encoding) = gzip(body);
        Self { body, encoding }
    }
}

/// The body to send, and its `Content-Encoding`.
///
/// A body that does not gain is sent as it is: an empty one, which the server refuses when it is
/// labelled gzip (InfluxDB 2.9.1 answers 500), one that fits into a packet anyway, and one that
/// does not get shorter.
#[cfg(feature = "gzip")]
fn gzip(body: Bytes) -> (Bytes, Option<&'static str>) {
    use std::io::Write as _;

    const WORTH_IT: usize = 1024;
    if body.len() < WORTH_IT {
        return (body, None);
    }
    let buffer = Vec::with_capacity(body.len() / 4);
    let mut encoder = flate2::write::GzEncoder::new(buffer, flate2::Compression::fast());
    // Writing to memory cannot fail; if it did, the plain body is right as well.
    match encoder.write_all(&body).and_then(|()| encoder.finish()) {
        Ok(compressed) if compressed.len() < body.len() => (compressed.into(), Some("gzip")),
        _ => (body, None),
    }
}

#[cfg(not(feature = "gzip"))]
fn gzip(body: Bytes) -> (Bytes, Option<&'static str>) {
    (body, None)
}

use bytes::Bytes;

/// The body to send, and its `Content-Encoding`.
///
/// A body that does not gain is sent as it is: an empty one, which the server refuses when it is
/// labelled gzip (InfluxDB 2.9.1 answers 500), one that fits into a packet anyway, and one that
/// does not get shorter.
#[cfg(feature = "gzip")]
pub(super) fn gzip(body: Bytes) -> (Bytes, Option<&'static str>) {
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
pub(super) fn gzip(body: Bytes) -> (Bytes, Option<&'static str>) {
    (body, None)
}

//! How an answer reaches the client, or does not.

use std::io;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONNECTION, CONTENT_LENGTH, DATE, HeaderValue, TRANSFER_ENCODING};
use hyper::{HeaderMap, Response, StatusCode};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::api::{Answer, VERSION};
use crate::faults::{Delivery, Ending};

/// An answer for hyper to send.
pub(super) fn response(answer: Answer) -> Response<Full<Bytes>> {
    let (status, headers) = head(&answer);
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Whether the answer's own headers say how long it is, true or not. Hyper would not send a lie.
pub(super) fn tells_its_length(answer: &Answer) -> bool {
    [CONTENT_LENGTH, TRANSFER_ENCODING].iter().any(|name| answer.headers.contains_key(name))
}

fn head(answer: &Answer) -> (StatusCode, HeaderMap) {
    // `Fault::answer` has checked its status, and the rest are the server's own.
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut headers = HeaderMap::new();
    headers.insert("X-Influxdb-Build", HeaderValue::from_static("OSS"));
    headers.insert("X-Influxdb-Version", HeaderValue::from_static(VERSION));
    headers.extend(answer.headers.clone());
    if answer.is_streamed {
        headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    (status, headers)
}

/// Sends an answer as a fault wants it, and closes the connection.
///
/// # Errors
/// When the client does not take what is sent.
pub(super) async fn deliver(
    mut stream: TcpStream,
    answer: Answer,
    is_head: bool,
    delivery: Delivery,
) -> io::Result<()> {
    let has_body = !is_head && may_have_body(answer.status);
    let mut answer = if has_body { answer } else { without_body(answer) };
    match delivery {
        Delivery::ResetBeforeHeaders => stream.set_zero_linger(),
        Delivery::StallBeforeHeaders => until_gone(stream).await,
        Delivery::Whole => drip(&mut stream, &answer, usize::MAX, Duration::ZERO).await,
        Delivery::Drip(piece, pause) => drip(&mut stream, &answer, piece, pause).await,
        Delivery::After(bytes, ending) => {
            answer.is_streamed |= has_body && ending == Ending::Proper;
            part(&mut stream, &answer, bytes).await?;
            match ending {
                Ending::Reset => stream.set_zero_linger(),
                Ending::Proper if answer.is_streamed => stream.write_all(b"0\r\n\r\n").await,
                Ending::Proper | Ending::Close => Ok(()),
                Ending::Stall => until_gone(stream).await,
            }
        }
    }
}

/// Without its body, whose length an answer to HEAD still tells.
fn without_body(answer: Answer) -> Answer {
    let length = answer.body.len().to_string();
    let answer = if may_have_body(answer.status) {
        answer.header("Content-Length", &length)
    } else {
        answer
    };
    Answer { body: Bytes::new(), is_streamed: false, ..answer }
}

const fn may_have_body(status: u16) -> bool {
    !matches!(status, 100..=199 | 204 | 304)
}

/// Sends nothing more. What the client still sends is thrown away, until it ends the connection.
async fn until_gone(mut stream: TcpStream) -> io::Result<()> {
    tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.map(drop)
}

async fn send_head(stream: &mut TcpStream, answer: &Answer) -> io::Result<()> {
    let (status, mut headers) = head(answer);
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    if !headers.contains_key(TRANSFER_ENCODING) && may_have_body(answer.status) {
        let length = HeaderValue::from(answer.body.len());
        headers.entry(CONTENT_LENGTH).or_insert(length);
    }
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(SystemTime::now())) {
        headers.entry(DATE).or_insert(date);
    }
    let mut text = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in &headers {
        text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    text.extend(b"\r\n");
    stream.write_all(&text).await
}

/// Sends a piece of the body, as a chunk where the body is chunked.
async fn send_piece(stream: &mut TcpStream, answer: &Answer, piece: &[u8]) -> io::Result<()> {
    match piece {
        [] => Ok(()),
        piece if answer.is_streamed => {
            let size = format!("{:x}\r\n", piece.len());
            stream.write_all(&[size.as_bytes(), piece, b"\r\n"].concat()).await
        }
        piece => stream.write_all(piece).await,
    }
}

async fn part(stream: &mut TcpStream, answer: &Answer, bytes: usize) -> io::Result<()> {
    send_head(stream, answer).await?;
    send_piece(stream, answer, &answer.body[..bytes.min(answer.body.len())]).await
}

async fn drip(
    stream: &mut TcpStream,
    answer: &Answer,
    piece: usize,
    pause: Duration,
) -> io::Result<()> {
    send_head(stream, answer).await?;
    for piece in answer.body.chunks(piece) {
        send_piece(stream, answer, piece).await?;
        tokio::time::sleep(pause).await;
    }
    if answer.is_streamed { stream.write_all(b"0\r\n\r\n").await } else { Ok(()) }
}

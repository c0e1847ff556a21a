//! A server that answers with given bytes, for what a real one will not produce.

use std::time::Duration;

use influx_core::Client;
use influx_core::client::ClientBuilder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What happens after the answer's bytes.
#[derive(Debug, Clone, Copy)]
pub enum End {
    Close,
    Stall,
    /// The bytes come in small pieces, with pauses.
    Drip,
}

/// A client of a server that gives every request the same answer, with short limits.
pub async fn client(answer: impl Into<Vec<u8>>, end: End) -> Client {
    let short = Duration::from_millis(300);
    let builder = sequence(std::iter::repeat(answer.into()), end).await;
    builder.timeout(short).read_timeout(short).build().unwrap()
}

/// A client of a server that gives each request the next answer, on a connection of its own.
pub async fn sequence(
    answers: impl IntoIterator<Item = Vec<u8>, IntoIter: Send + 'static>,
    end: End,
) -> ClientBuilder {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answers = answers.into_iter();
    tokio::spawn(async move {
        for answer in answers {
            let Ok((stream, _)) = listener.accept().await else { return };
            tokio::spawn(serve(stream, answer, end));
        }
    });
    Client::builder(url).org("o").token("a-secret-token")
}

/// An answer with this status, headers and body.
pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

async fn serve(mut stream: TcpStream, answer: Vec<u8>, end: End) {
    let _ = read_request(&mut stream).await;
    let piece = if matches!(end, End::Drip) { 10 } else { answer.len().max(1) };
    for piece in answer.chunks(piece) {
        let _ = stream.write_all(piece).await;
        if matches!(end, End::Drip) {
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
    if matches!(end, End::Stall) {
        std::future::pending::<()>().await;
    }
}

/// Reads one request to its end, as its `Content-Length` gives it.
async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut request = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(length) => request.extend_from_slice(&chunk[..length]),
        }
        let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]);
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let body = &request[end + 4..];
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return Some(());
        }
    }
}

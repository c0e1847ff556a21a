//! A server that answers with given bytes, for what a real one will not produce.

use std::time::Duration;

use influx_core::Client;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What happens after the answer's bytes.
#[derive(Debug, Clone, Copy)]
pub enum End {
    Close,
    Stall,
}

/// A client of a server that gives every request the same answer.
pub async fn client(answer: impl Into<Vec<u8>>, end: End) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = answer.into();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, answer.clone(), end));
        }
    });
    let short = Duration::from_millis(300);
    let builder = Client::builder(url).org("o").token("a-secret-token");
    builder.timeout(short).read_timeout(short).build().unwrap()
}

/// An answer with this status, headers and body.
pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

async fn serve(mut stream: TcpStream, answer: Vec<u8>, end: End) {
    read_request(&mut stream).await;
    let _ = stream.write_all(&answer).await;
    match end {
        End::Close => drop(stream),
        End::Stall => std::future::pending().await,
    }
}

/// Reads one request to its end, as its `Content-Length` gives it.
async fn read_request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return,
            Ok(length) => request.extend_from_slice(&chunk[..length]),
        }
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return;
            }
        }
    }
}

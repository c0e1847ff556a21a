//! An HTTP proxy: tunnels what is asked with `CONNECT`, forwards the rest, and remembers each head.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

#[derive(Debug, Clone)]
pub struct Proxy {
    pub address: String,
    /// What the proxy itself asks for in `Proxy-Authorization`.
    authorization: Option<&'static str>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub async fn start(authorization: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let proxy = Self { address, authorization, heads: Arc::default() };
        let serving = proxy.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let proxy = serving.clone();
                tokio::spawn(async move { proxy.serve(stream).await });
            }
        });
        proxy
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The head of the first request of each connection.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    async fn serve(&self, mut from: TcpStream) -> Option<()> {
        let (head, rest) = read_head(&mut from).await?;
        self.heads.lock().unwrap().push(head.clone());
        let is_welcome = self.authorization.is_none_or(|expected| {
            head.lines().any(|line| {
                let (name, value) = line.split_once(": ").unwrap_or_default();
                name.eq_ignore_ascii_case("proxy-authorization") && value == expected
            })
        });
        if !is_welcome {
            let refusal =
                b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
            from.write_all(refusal).await.ok()?;
            return None;
        }
        let target = head.split(' ').nth(1)?;
        let is_tunnel = head.starts_with("CONNECT ");
        let place = target.trim_start_matches("http://").split('/').next()?;
        let mut to = TcpStream::connect(place).await.ok()?;
        if is_tunnel {
            from.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
        } else {
            // Servers understand the form that proxies are asked in.
            to.write_all(head.as_bytes()).await.ok()?;
        }
        to.write_all(&rest).await.ok()?;
        tokio::io::copy_bidirectional(&mut from, &mut to).await.ok()?;
        Some(())
    }
}

/// A request's head with the blank line that ends it, and what has come behind it.
async fn read_head(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            return Some((String::from_utf8(bytes).ok()?, rest));
        }
        let mut chunk = [0; 4096];
        let length = stream.read(&mut chunk).await.ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&chunk[..length]);
    }
}

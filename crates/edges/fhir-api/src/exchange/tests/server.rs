//! A server that gives the answers it was told to, one a connection, and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What is answered.
#[derive(Debug, Clone)]
pub(super) enum Say {
    /// Status, further headers, body.
    This(u16, &'static str, String),
    /// Nothing, for longer than anybody waits.
    Nothing,
    /// Nothing, and the connection ends.
    Gone,
}

/// A server.
pub(super) struct Scripted {
    pub(super) address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// Answers so, in this order; whoever asks for more is cut off. `$BASE` in a body is its own origin.
    pub(super) async fn new(script: Vec<Say>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kept, origin) = (Arc::clone(&asked), format!("http://{address}"));
        tokio::spawn(async move {
            let mut held = Vec::new();
            for say in script {
                let Ok((mut stream, _)) = listener.accept().await else { return };
                let request = request_of(&mut stream).await;
                kept.lock().unwrap().push(request);
                match say {
                    Say::Nothing => held.push(stream),
                    Say::Gone => drop(stream),
                    Say::This(status, headers, body) => {
                        let body = body.replace("$BASE", &origin);
                        let head = format!(
                            "HTTP/1.1 {status} Said\r\nconnection: close\r\n{headers}content-length: "
                        );
                        let text = format!("{head}{}\r\n\r\n{body}", body.len());
                        let _gone = stream.write_all(text.as_bytes()).await;
                    }
                }
            }
            while listener.accept().await.is_ok() {}
        });
        Self { address, asked }
    }

    pub(super) fn base(&self) -> String {
        format!("http://{}/fhir", self.address)
    }

    /// The requests, whole.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn request_of(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4_096];
        let read =
            tokio::time::timeout(Duration::from_secs(10), stream.read(&mut part)).await.unwrap().unwrap();
        bytes.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if read == 0 {
            return text;
        }
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
        });
        if body.len() >= length.unwrap_or(0) {
            return text;
        }
    }
}

//! A server of the test's own that takes notifications, or refuses them as it is told to.

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

/// A request that came.
#[derive(Debug, Clone)]
pub struct Heard {
    pub method: String,
    pub path: String,
    pub headers: http::HeaderMap,
    pub body: String,
}

/// What the next requests are answered with; then 200.
#[derive(Debug, Clone, Copy)]
pub enum Reply {
    Status(u16),
    /// 503 with this `Retry-After`.
    Later(u32),
    Redirect,
    Hang,
}

#[derive(Default)]
struct Shared {
    heard: Vec<Heard>,
    replies: Vec<Reply>,
}

/// The server.
#[derive(Clone)]
pub struct Hook {
    pub address: String,
    shared: Arc<Mutex<Shared>>,
}

impl Hook {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let hook = Self { address, shared: Arc::default() };
        let own = hook.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let hook = own.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| hook.clone().answer(request));
                    let io = TokioIo::new(stream);
                    let _gone =
                        hyper::server::conn::http1::Builder::new().serve_connection(io, service).await;
                });
            }
        });
        hook
    }

    async fn answer(
        self,
        request: http::Request<hyper::body::Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map(|all| all.to_bytes()).unwrap_or_default();
        let reply = {
            let mut shared = self.shared.lock().unwrap();
            shared.heard.push(Heard {
                method: parts.method.to_string(),
                path: parts.uri.path().to_owned(),
                headers: parts.headers,
                body: String::from_utf8_lossy(&body).into_owned(),
            });
            if shared.replies.is_empty() { Reply::Status(200) } else { shared.replies.remove(0) }
        };
        let mut response = Response::new(Full::default());
        match reply {
            Reply::Status(status) => *response.status_mut() = StatusCode::from_u16(status).unwrap(),
            Reply::Later(seconds) => {
                *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                response.headers_mut().insert("retry-after", seconds.into());
            }
            Reply::Redirect => {
                *response.status_mut() = StatusCode::FOUND;
                response.headers_mut().insert("location", "http://169.254.169.254/".parse().unwrap());
            }
            Reply::Hang => tokio::time::sleep(Duration::from_secs(60)).await,
        }
        Ok(response)
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// What is answered next.
    pub fn reply(&self, replies: &[Reply]) {
        self.shared.lock().unwrap().replies = replies.to_vec();
    }

    /// What came since this was asked last.
    pub fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.shared.lock().unwrap().heard)
    }
}

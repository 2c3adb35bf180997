//! The client: one request, one answer, within limits.

use crate::destination::{Destination, Rules};
use crate::resolver::{Resolver, look_up};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for a connection.
pub const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const IDLE_TIME_MAX: Duration = Duration::from_secs(30);
/// Idle connections kept for one host.
const IDLE_PER_HOST_MAX: usize = 4;

/// How much time and room an answer gets.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// From the first byte out to the last byte in.
    pub time_max: Duration,
    /// Bytes of the body.
    pub answer_bytes_max: usize,
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// Why there is no answer. Texts name no address and no content: they may be shown and logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// The name leads to no address.
    Unknown,
    /// An address that may not be called.
    Closed,
    /// Nobody answers there.
    Unreachable,
    /// Too slow.
    TimedOut,
    /// The connection broke, or the other speaks no HTTP.
    Broken,
    /// The answer is too long.
    TooLarge,
}

impl fmt::Display for SendError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Unknown => "the host's name leads to no address",
            Self::Closed => "the host leads to an address of this machine or of a closed network",
            Self::Unreachable => "the server cannot be reached",
            Self::TimedOut => "the server did not answer in time",
            Self::Broken => "the connection broke",
            Self::TooLarge => "the answer is too long",
        })
    }
}

impl std::error::Error for SendError {}

/// Calls others' servers; cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>,
    rules: Arc<Rules>,
}

impl Outbound {
    /// Under these rules; certificates are checked against the system's roots. Where there are none, nobody is trusted.
    pub fn new(rules: Rules) -> Self {
        let mut roots = RootCertStore::empty();
        let (trusted, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if trusted == 0 {
            tracing::warn!("this system has no trusted certificates: nobody can be called over https");
        }
        let tls = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let rules = Arc::new(rules);
        let mut connector = HttpConnector::new_with_resolver(Resolver { rules: Arc::clone(&rules) });
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(CONNECT_TIME_MAX));
        connector.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIME_MAX)
            .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
            .build(connector);
        Self { client, rules }
    }

    /// The rules it keeps.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether the name of a destination leads where it may be called, now.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn check(&self, destination: &Destination) -> Result<(), SendError> {
        let host = destination.uri().host().unwrap_or_default();
        match tokio::time::timeout(CONNECT_TIME_MAX, look_up(host, &self.rules)).await {
            Ok(found) => found.map(drop),
            Err(_) => Err(SendError::TimedOut),
        }
    }

    /// Sends a request to a destination and reads the whole answer. A redirect is an answer like any other.
    ///
    /// # Errors
    /// When there is no answer, or none that is taken.
    pub async fn send(
        &self,
        destination: &Destination,
        request: Request<Bytes>,
        patience: Patience,
    ) -> Result<Answer, SendError> {
        let whole = async {
            let (parts, body) = self.request(destination, request).await?.into_parts();
            let body = Limited::new(body, patience.answer_bytes_max).collect().await;
            let body = body.map_err(|error| {
                let is_long = error.downcast_ref::<http_body_util::LengthLimitError>().is_some();
                if is_long { SendError::TooLarge } else { SendError::Broken }
            })?;
            Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() })
        };
        tokio::time::timeout(patience.time_max, whole).await.unwrap_or(Err(SendError::TimedOut))
    }

    /// Sends a request and hands the answer over while it comes; the caller bounds how long and how much it reads.
    ///
    /// # Errors
    /// When there is no answer within `time_max`.
    pub async fn open(
        &self,
        destination: &Destination,
        request: Request<Bytes>,
        time_max: Duration,
    ) -> Result<Response<Incoming>, SendError> {
        let head = self.request(destination, request);
        tokio::time::timeout(time_max, head).await.unwrap_or(Err(SendError::TimedOut))
    }

    async fn request(
        &self,
        destination: &Destination,
        request: Request<Bytes>,
    ) -> Result<Response<Incoming>, SendError> {
        let mut request = request.map(Full::new);
        request.uri_mut().clone_from(destination.uri());
        self.client.request(request).await.map_err(|error| reason(&error))
    }
}

/// What lies behind a client's error.
fn reason(error: &hyper_util::client::legacy::Error) -> SendError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(own) = inner.downcast_ref::<SendError>() {
            return own.clone();
        }
        cause = inner.source();
    }
    if error.is_connect() { SendError::Unreachable } else { SendError::Broken }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    const PATIENCE: Patience = Patience { time_max: Duration::from_millis(500), answer_bytes_max: 64 };

    /// A server that answers every connection with these bytes; none for one that hangs.
    async fn server(answer: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 1_024];
                let _asked = stream.read(&mut asked).await;
                if answer.is_empty() {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                }
                let _gone = stream.write_all(answer).await;
            }
        });
        address
    }

    async fn sent(answer: &'static [u8]) -> Result<Answer, SendError> {
        // The process has one provider; which test comes first does not matter.
        let _first = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let address = server(answer).await;
        let rules = Rules { allowed: vec![address.clone()], ..Rules::default() };
        let outbound = Outbound::new(rules);
        let to = Destination::parse(&format!("http://{address}/hook"), outbound.rules()).unwrap();
        outbound.send(&to, Request::post("/").body(Bytes::new()).unwrap(), PATIENCE).await
    }

    #[tokio::test]
    async fn answers_come_within_limits() {
        let answer = sent(b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (202, &b"ok"[..]));
        let long = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
        assert_eq!(sent(long).await.unwrap_err(), SendError::TooLarge);
        assert_eq!(sent(b"").await.unwrap_err(), SendError::TimedOut);
        assert_eq!(sent(b"SSH-2.0-x\r\n").await.unwrap_err(), SendError::Broken);
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let answer = sent(
            b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest\r\ncontent-length: 0\r\n\r\n",
        );
        assert_eq!(answer.await.unwrap().status.as_u16(), 302);
    }

    #[tokio::test]
    async fn what_is_not_allowed_is_not_connected_to() {
        let _first = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let address = server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        let port = address.rsplit(':').next().unwrap();
        let outbound = Outbound::new(Rules { plaintext: true, ..Rules::default() });
        // A name of the world that leads inside, as after a rebinding: the text passes, the address does not.
        let to = Destination::parse(&format!("http://rebound.example:{port}/"), outbound.rules()).unwrap();
        let found = outbound.send(&to, Request::get("/").body(Bytes::new()).unwrap(), PATIENCE).await;
        assert_eq!(found.unwrap_err(), SendError::Unknown);
    }
}

//! Sending spans to a collector. The exporter works on a thread of its own, which has no reactor: requests are handed
//! to the runtime that the program already has.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry_http::{HttpClient, HttpError};
use std::time::Duration;
use tokio::runtime::Handle;

/// Largest answer of a collector that is read.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Longest time a collector may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

/// An HTTP client on the program's runtime.
#[derive(Debug, Clone)]
pub(crate) struct Collector {
    runtime: Handle,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Collector {
    /// On the present runtime; an error outside one, or when the system's certificates cannot be read.
    pub(crate) fn new() -> Result<Self, String> {
        let runtime = Handle::try_current().map_err(|e| e.to_string())?;
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|e| e.to_string())?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self { runtime, client: Client::builder(TokioExecutor::new()).build(connector) })
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move {
            let response = client.request(request.map(Full::new)).await?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await?.to_bytes();
            Ok::<_, HttpError>(Response::from_parts(parts, body))
        });
        // The wait has no clock of its own out here; the runtime keeps the time.
        let timed = self.runtime.spawn(tokio::time::timeout(ANSWER_TIME_MAX, sent));
        timed.await???
    }
}

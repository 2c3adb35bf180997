//! Keys that a client publishes at an address of its own: fetched over https from public addresses only, without following
//! redirects, kept for a few minutes.

use galen_access::smart::client::{is_public, is_public_https};
use galen_access::smart::jwk::{KEY_SET_BYTES_MAX, KeySet};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::rt::TokioExecutor;
use moka::sync::Cache;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tower::Service;

/// Sets that are remembered.
const SETS_CACHED_MAX: u64 = 1_000;
/// For so long: a key that is withdrawn is good no longer than that.
const KEPT: Duration = Duration::from_secs(300);
/// Longest wait for an answer.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// Fetches key sets.
pub trait FetchKeys: Send + Sync {
    /// The text at an address.
    fn fetch<'f>(
        &'f self,
        url: &'f str,
    ) -> Pin<Box<dyn Future<Output = Result<String, &'static str>> + Send + 'f>>;
}

/// Over the network.
pub struct FetchedKeys {
    client: Option<Client<HttpsConnector<HttpConnector<PublicResolver>>, Empty<Bytes>>>,
}

/// Resolves names to public addresses only: a name that a stranger registered may point into our own network.
#[derive(Clone)]
struct PublicResolver(GaiResolver);

impl Service<Name> for PublicResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let found = self.0.call(name);
        Box::pin(async move {
            let public: Vec<SocketAddr> = found.await?.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(std::io::Error::other("the name has no public address"));
            }
            Ok(public.into_iter())
        })
    }
}

impl FetchedKeys {
    /// With the system's root certificates; without them nothing can be fetched.
    pub fn new() -> Self {
        let mut http = HttpConnector::new_with_resolver(PublicResolver(GaiResolver::new()));
        http.enforce_http(false);
        http.set_connect_timeout(Some(WAIT_MAX));
        let builder = HttpsConnectorBuilder::new().with_native_roots();
        let connector = builder.map(|builder| builder.https_only().enable_http1().wrap_connector(http));
        Self {
            client: connector.ok().map(|connector| Client::builder(TokioExecutor::new()).build(connector)),
        }
    }

    async fn get(&self, url: &str) -> Result<String, &'static str> {
        const AWAY: &str = "The client's keys cannot be fetched from its jwks_uri";
        let uri: Uri = url.parse().map_err(|_| AWAY)?;
        let client = self.client.as_ref().filter(|_| is_public_https(url)).ok_or(AWAY)?;
        let request = Request::get(uri).header("accept", "application/json").body(Empty::new());
        let response = client.request(request.map_err(|_| AWAY)?).await.map_err(|_| AWAY)?;
        if response.status() != StatusCode::OK {
            return Err(AWAY);
        }
        let body = Limited::new(response.into_body(), KEY_SET_BYTES_MAX).collect().await.map_err(|_| AWAY)?;
        String::from_utf8(body.to_bytes().to_vec()).map_err(|_| AWAY)
    }
}

impl Default for FetchedKeys {
    fn default() -> Self {
        Self::new()
    }
}

impl FetchKeys for FetchedKeys {
    fn fetch<'f>(
        &'f self,
        url: &'f str,
    ) -> Pin<Box<dyn Future<Output = Result<String, &'static str>> + Send + 'f>> {
        Box::pin(async move {
            let answered = tokio::time::timeout(WAIT_MAX, self.get(url)).await;
            answered.unwrap_or(Err("The client's jwks_uri does not answer in time"))
        })
    }
}

static NETWORK: LazyLock<FetchedKeys> = LazyLock::new(FetchedKeys::new);
static KNOWN: LazyLock<Cache<String, Arc<KeySet>>> =
    LazyLock::new(|| Cache::builder().max_capacity(SETS_CACHED_MAX).time_to_live(KEPT).build());

/// The keys at an address.
pub(crate) async fn at(url: &str) -> Result<Arc<KeySet>, &'static str> {
    if let Some(known) = KNOWN.get(url) {
        return Ok(known);
    }
    let set = Arc::new(KeySet::parse(&NETWORK.fetch(url).await?)?);
    KNOWN.insert(url.to_owned(), Arc::clone(&set));
    Ok(set)
}

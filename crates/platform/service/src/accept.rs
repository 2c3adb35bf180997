//! The hardened accept loop: caps, time-outs on every wait, HTTP/1.1 and HTTP/2, TLS 1.3, graceful drain.
//!
//! `axum::serve` never closes a connection whose headers do not come; this loop does.

use crate::house::House;
use crate::http::Peer;
use axum::Router;
use axum::body::Body;
use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// Time to send a request's headers, or to finish a TLS handshake.
pub const HEADERS_TIME_MAX: Duration = Duration::from_secs(10);
/// How often an HTTP/2 peer is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// How long it may take to say so.
const PING_TIME_MAX: Duration = Duration::from_secs(10);
/// Requests at once on one HTTP/2 connection.
const STREAMS_MAX: u32 = 200;
/// Largest set of headers.
const HEADER_BYTES_MAX: usize = 32 * 1024;
/// How long open requests may go on after a stop was asked for.
pub const DRAIN_TIME_MAX: Duration = Duration::from_secs(30);
/// Pause after the system refused a connection (out of file descriptors).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` says so, then drains.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    house: Arc<House>,
    mut stop: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let figures = &house.limits.figures;
    let places = Arc::new(Semaphore::new(figures.connections_max));
    let by_address = Arc::new(AddressCounts::new(figures.connections_per_address_max));
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "connection not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
            _ = stop.changed() => break,
        };
        let (Ok(place), Some(share)) = (Arc::clone(&places).try_acquire_owned(), by_address.take(peer.ip()))
        else {
            house.metrics.connections_refused.inc();
            continue;
        };
        house.metrics.connections.inc();
        let (tls, router, watcher, house) =
            (tls.clone(), router.clone(), graceful.watcher(), Arc::clone(&house));
        tokio::spawn(async move {
            connection(stream, peer, tls, router, watcher).await;
            house.metrics.connections.dec();
            drop((place, share));
        });
    }
    drop(listener);
    if timeout(DRAIN_TIME_MAX, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still open when the drain ended");
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Router,
    watcher: Watcher,
) {
    // Small answers must not wait for more to come.
    let _best_effort = stream.set_nodelay(true);
    match tls {
        None => {
            let Ok(Some(is_http2)) = timeout(HEADERS_TIME_MAX, speaks_http2(&stream)).await else { return };
            converse(stream, peer, is_http2, router, watcher).await;
        }
        Some(tls) => {
            let Ok(Ok(stream)) = timeout(HEADERS_TIME_MAX, tls.accept(stream)).await else { return };
            let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            converse(stream, peer, is_http2, router, watcher).await;
        }
    }
}

/// Whether a plaintext client begins with HTTP/2's preface (`PRI * ...`); `None` when it leaves without a word.
async fn speaks_http2(stream: &TcpStream) -> Option<bool> {
    const PREFACE: &[u8] = b"PRI";
    let mut first = [0; 3];
    loop {
        let seen = stream.peek(&mut first).await.ok()?;
        if seen == 0 {
            return None;
        }
        let begins = first.get(..seen)?;
        if !PREFACE.starts_with(begins) {
            return Some(false);
        }
        if seen == PREFACE.len() {
            return Some(true);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn converse<S>(stream: S, peer: SocketAddr, is_http2: bool, router: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = router.map_request(move |mut request: http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        request.map(Body::new)
    });
    let service = TowerToHyperService::new(service);
    let io = TokioIo::new(stream);
    // Errors here are the client's: it went away, or spoke no HTTP.
    if is_http2 {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS_MAX)
            .max_header_list_size(u32::try_from(HEADER_BYTES_MAX).unwrap_or(u32::MAX))
            .keep_alive_interval(PING_EVERY)
            .keep_alive_timeout(PING_TIME_MAX);
        let _over = watcher.watch(builder.serve_connection(io, service)).await;
    } else {
        // Its version is settled already: without that, the builder would wait for a first byte for ever.
        let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS_TIME_MAX)
            .max_buf_size(HEADER_BYTES_MAX.max(8192));
        let _over = watcher.watch(builder.serve_connection_with_upgrades(io, service)).await;
    }
}

/// Counts connections by address.
struct AddressCounts {
    most: usize,
    counts: Mutex<HashMap<IpAddr, usize>>,
}

/// One connection's share; given back when dropped.
struct Share {
    counts: Arc<AddressCounts>,
    address: IpAddr,
}

impl AddressCounts {
    fn new(most: usize) -> Self {
        Self { most, counts: Mutex::new(HashMap::new()) }
    }

    fn take(self: &Arc<Self>, address: IpAddr) -> Option<Share> {
        let mut counts = self.counts.lock();
        let count = counts.entry(address).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Share { counts: Arc::clone(self), address })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut counts = self.counts.counts.lock();
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

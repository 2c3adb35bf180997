//! Pages that are open and do nothing but hear: a socket for each user.

use super::portal::PortalUser;
use crate::cli::Failure;
use futures_util::{SinkExt, StreamExt};
use galen_access::session;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Sockets that are being opened at the same time.
const OPENED_AT_ONCE: usize = 64;
/// A page that lost its socket opens another after a wait of up to this.
const COMES_BACK_WITHIN_MILLIS: u64 = 3_000;
/// Buffers of one socket here: there are thousands.
const BUFFER_BYTES: usize = 1_024;
const HEARS: &str = r#"{"listen":["Appointment"]}"#;

/// The open pages.
pub struct Pages {
    tasks: JoinSet<()>,
    told: Arc<Told>,
}

#[derive(Default)]
struct Told {
    open: AtomicUsize,
    heard: AtomicUsize,
    refused: AtomicUsize,
    is_over: AtomicBool,
}

impl Pages {
    /// Opens one for each user, and waits until all are.
    pub async fn open(address: &str, users: &Arc<Vec<PortalUser>>) -> Result<Self, Failure> {
        let told = Arc::new(Told::default());
        let mut tasks = JoinSet::new();
        let places = Arc::new(tokio::sync::Semaphore::new(OPENED_AT_ONCE));
        for number in 0..users.len() {
            let (address, users, told, places) =
                (address.to_owned(), Arc::clone(users), Arc::clone(&told), Arc::clone(&places));
            tasks.spawn(async move {
                let Some(user) = users.get(number) else { return };
                page(&address, user, number, &told, &places).await;
            });
        }
        let deadline = tokio::time::Instant::now() + Duration::from_secs(120);
        while told.open.load(Ordering::Relaxed) < users.len() {
            if tokio::time::Instant::now() > deadline {
                let (open, refused) =
                    (told.open.load(Ordering::Relaxed), told.refused.load(Ordering::Relaxed));
                return Err(
                    format!("{open} of {} sockets are open, {refused} were refused", users.len()).into()
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(Self { tasks, told })
    }

    /// How many are open.
    pub fn open_now(&self) -> usize {
        self.told.open.load(Ordering::Relaxed)
    }

    /// How many changes were heard.
    pub fn heard(&self) -> usize {
        self.told.heard.load(Ordering::Relaxed)
    }

    /// Closes them all.
    pub async fn close(mut self) {
        self.told.is_over.store(true, Ordering::Relaxed);
        self.tasks.shutdown().await;
    }
}

async fn page(address: &str, user: &PortalUser, number: usize, told: &Told, places: &tokio::sync::Semaphore) {
    while !told.is_over.load(Ordering::Relaxed) {
        let opened = {
            let _place = places.acquire().await;
            open(address, user).await
        };
        if let Ok(mut socket) = opened {
            told.open.fetch_add(1, Ordering::Relaxed);
            while let Some(Ok(message)) = socket.next().await {
                if let Message::Text(text) = message {
                    told.heard.fetch_add(usize::from(text.contains("\"type\"")), Ordering::Relaxed);
                }
            }
            told.open.fetch_sub(1, Ordering::Relaxed);
        } else {
            told.refused.fetch_add(1, Ordering::Relaxed);
        }
        // Spread by the user's number: chance would make two runs differ.
        let spread = u64::try_from(number).unwrap_or(0).wrapping_mul(7_919) % COMES_BACK_WITHIN_MILLIS;
        tokio::time::sleep(Duration::from_millis(100 + spread)).await;
    }
}

async fn open(
    address: &str,
    user: &PortalUser,
) -> Result<tokio_tungstenite::WebSocketStream<TcpStream>, Failure> {
    let stream = TcpStream::connect(address).await.map_err(|e| e.to_string())?;
    let mut request = format!("ws://{address}/api/live").into_client_request().map_err(|e| e.to_string())?;
    let cookie = format!("{}={}", session::COOKIE, user.token);
    request.headers_mut().insert("cookie", cookie.parse().map_err(|_| "cookie")?);
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(65_536);
    let (mut socket, _) =
        client_async_with_config(request, stream, Some(config)).await.map_err(|e| e.to_string())?;
    socket.send(Message::text(HEARS)).await.map_err(|e| e.to_string())?;
    Ok(socket)
}

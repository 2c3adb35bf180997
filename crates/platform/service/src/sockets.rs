//! What web sockets have in common: who may open one, and how long a message may take to leave.

use crate::House;
use axum::extract::ws::{Message, WebSocket};
use galen_access::Context;
use galen_kernel::{Rejection, RejectionKind};
use http::{HeaderMap, header};
use std::time::Duration;
use tokio::time::timeout;

/// How long a message may take to leave: a client that reads slower is cut off.
pub const SEND_TIME_MAX: Duration = Duration::from_secs(5);

/// The client went, or does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

/// Refuses a page of another site: it can open sockets here with its visitor's cookie, and no preflight stops it.
pub fn own_page(house: &House, context: &Context, headers: &HeaderMap) -> Result<(), Rejection> {
    match headers.get(header::ORIGIN) {
        Some(origin) if context.session.is_some() && origin.as_bytes() != house.origin.as_bytes() => {
            let message = "A web socket is opened by this server's own pages, or with an access token";
            Err(Rejection::new(RejectionKind::Forbidden, "origin-refused", message))
        }
        _ => Ok(()),
    }
}

/// Sends, unless the client does not take it in time.
pub async fn send(socket: &mut WebSocket, message: Message) -> Result<(), Gone> {
    match timeout(SEND_TIME_MAX, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Gone),
    }
}

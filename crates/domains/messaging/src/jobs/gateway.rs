//! The way out for text messages: a provider that takes them by HTTP, as most do.

use super::{Outlet, Parcel};
use crate::decide::Outcome;
use bytes::Bytes;
use data_encoding::BASE64;
use futures_util::future::BoxFuture;
use galen_kernel::Phi;
use galen_outbound::{Answer, Destination, Patience, SendError, is_passing, retry_after};
use galen_service::House;
use http::{Request, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use std::time::{Duration, UNIX_EPOCH};

/// How long the provider may take, and how much it may answer.
const PATIENCE: Patience = Patience { time_max: Duration::from_secs(20), answer_bytes_max: 64 * 1024 };
/// The header by which providers know a request that comes again.
const KEY_HEADER: &str = "idempotency-key";

/// What requests are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A form.
    Form,
    /// JSON.
    Json,
}

/// By what the hospital proves itself.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// Name and password.
    Basic(String, Phi<String>),
    /// A token.
    Bearer(Phi<String>),
}

/// A provider of text messages.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// Its address.
    pub url: String,
    /// What requests are written in.
    pub format: Format,
    /// Whom messages come from: a number, or a name of up to 11 letters.
    pub sender: String,
    /// By what the hospital proves itself.
    pub credentials: Credentials,
}

impl Gateway {
    fn request(&self, house: &House, parcel: &Parcel) -> Option<Request<Bytes>> {
        let callback = format!("{}/api/messaging/receipts/{}", house.origin, parcel.key);
        let fields = [
            ("To", parcel.to.reveal().as_str()),
            ("From", self.sender.as_str()),
            ("Body", parcel.text.reveal().as_str()),
            ("Reference", parcel.key.as_str()),
            ("StatusCallback", callback.as_str()),
        ];
        let (kind, body) = match self.format {
            Format::Form => ("application/x-www-form-urlencoded", form(&fields)),
            Format::Json => {
                let map: Map<String, Value> =
                    fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
                ("application/json", Value::Object(map).to_string())
            }
        };
        let proof = match &self.credentials {
            Credentials::Basic(name, password) => {
                format!("Basic {}", BASE64.encode(format!("{name}:{}", password.reveal()).as_bytes()))
            }
            Credentials::Bearer(token) => format!("Bearer {}", token.reveal()),
        };
        let request =
            Request::post("/").header(header::CONTENT_TYPE, kind).header(header::AUTHORIZATION, proof);
        request.header(KEY_HEADER, &parcel.key).body(Bytes::from(body)).ok()
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

impl Outlet for Gateway {
    fn send<'s>(&'s self, house: &'s House, parcel: &'s Parcel) -> BoxFuture<'s, Outcome> {
        Box::pin(async move {
            let destination = Destination::parse(&self.url, house.outbound.rules());
            let (Ok(destination), Some(request)) = (destination, self.request(house, parcel)) else {
                tracing::error!(
                    "the address or the credentials of the provider of text messages cannot be used"
                );
                return Outcome::Unreachable(None);
            };
            match house.outbound.send(&destination, request, PATIENCE).await {
                Ok(answer) => outcome(&answer, parcel),
                Err(SendError::Unknown | SendError::Closed | SendError::Unreachable) => {
                    Outcome::Unreachable(None)
                }
                Err(SendError::TimedOut | SendError::Broken | SendError::TooLarge) => Outcome::Unanswered,
            }
        })
    }
}

fn outcome(answer: &Answer, parcel: &Parcel) -> Outcome {
    let now = UNIX_EPOCH + Duration::from_micros(u64::try_from(parcel.at.micros()).unwrap_or(0));
    match answer.status {
        status if status.is_success() => Outcome::Accepted,
        // The provider has the same request in hand, or had it before: whether it was sent, its receipt tells.
        StatusCode::CONFLICT => Outcome::Unanswered,
        // Of these the operator is to blame, not the message: it goes out when they have seen to it.
        StatusCode::UNAUTHORIZED
        | StatusCode::PAYMENT_REQUIRED
        | StatusCode::FORBIDDEN
        | StatusCode::NOT_FOUND => Outcome::Unreachable(None),
        StatusCode::SERVICE_UNAVAILABLE => Outcome::Unreachable(retry_after(&answer.headers, now)),
        // It broke while it had the message in hand.
        status if status.is_server_error() => Outcome::Unanswered,
        status if is_passing(status) => Outcome::Unreachable(retry_after(&answer.headers, now)),
        status if status.is_client_error() => Outcome::Refused,
        _ => Outcome::Unreachable(None),
    }
}

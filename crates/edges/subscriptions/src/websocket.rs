//! R4's websocket channel: a client binds to subscriptions and is pinged when something matched. A ping carries no content.

use crate::criteria::{Channel, Wanted};
use crate::queue;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use galen_access::{Actor, Category, Context, Target};
use galen_audit::Interaction;
use galen_fhir::ResourceType;
use galen_kernel::{Fault, Rejection, RejectionKind};
use galen_service::observe::{Draft, looked, refused};
use galen_service::sockets::{Gone, SEND_TIME_MAX, own_page, send};
use galen_service::{Caller, House, Refusal};
use http::HeaderMap;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Sockets that are open at the same time.
const SOCKETS_MAX: usize = 1_000;
/// Subscriptions that one socket is bound to.
const BOUND_MAX: usize = 50;
/// Longest message from a client.
const MESSAGE_BYTES_MAX: usize = 512;
/// How often matches of other processes are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often a client is asked whether it is there; one that did not answer the last time is cut off.
const BEAT_EVERY: Duration = Duration::from_secs(30);
/// How long a socket lives; then the client signs in again.
const LIFE_MAX: Duration = Duration::from_secs(3_600);

static PLACES: std::sync::LazyLock<Arc<Semaphore>> =
    std::sync::LazyLock::new(|| Arc::new(Semaphore::new(SOCKETS_MAX)));

/// Why a socket is closed by us.
enum Over {
    /// The client went, or did not read, or did not answer.
    Gone,
    /// It may not listen any more, or something failed.
    Ended,
}

impl From<Gone> for Over {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl From<Fault> for Over {
    fn from(fault: Fault) -> Self {
        tracing::warn!(context = fault.context(), "a web socket ends after a fault");
        Self::Ended
    }
}

/// `GET /fhir/$subscription-websocket`.
pub(crate) async fn open(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    match admitted(&house, &context, &headers).await {
        Err(refusal) => {
            let draft = Draft::new("bind", Interaction::Execute);
            let refusal = refused(&house, Some(&context), draft, refusal).await;
            refusal.respond(galen_service::refusal::Dialect::Fhir)
        }
        Ok(place) => match upgrade {
            Err(rejection) => rejection.into_response(),
            Ok(upgrade) => upgrade
                .max_message_size(MESSAGE_BYTES_MAX)
                .max_frame_size(MESSAGE_BYTES_MAX)
                .on_upgrade(move |socket| converse(house, context, socket, place)),
        },
    }
}

async fn admitted(
    house: &House,
    context: &Context,
    headers: &HeaderMap,
) -> Result<OwnedSemaphorePermit, Refusal> {
    own_page(house, context, headers)?;
    house.access.visibility(context, "BindSubscription", &target()).await??;
    let place = Arc::clone(&PLACES).try_acquire_owned();
    place.map_err(|_| {
        let message = format!("There are {SOCKETS_MAX} web sockets open already");
        Rejection::new(RejectionKind::TooManyRequests, "too-many-sockets", message).into()
    })
}

fn target() -> Target {
    Target::plain("Subscription", Category::Security)
}

async fn converse(house: Arc<House>, context: Context, mut socket: WebSocket, place: OwnedSemaphorePermit) {
    house.metrics.web_sockets.inc();
    let talk = Talk { house: &house, context, bound: BTreeMap::new() };
    let over = timeout(LIFE_MAX, talk.run(&mut socket)).await;
    if !matches!(over, Ok(Over::Gone)) {
        let _best_effort = timeout(SEND_TIME_MAX, socket.send(Message::Close(None))).await;
    }
    house.metrics.web_sockets.dec();
    drop(place);
}

/// A client's talk.
struct Talk<'h> {
    house: &'h House,
    context: Context,
    /// What it is bound to, and how often that had matched when the client was last told.
    bound: BTreeMap<String, i64>,
}

impl Talk<'_> {
    async fn run(mut self, socket: &mut WebSocket) -> Over {
        let mut news = self.house.watched.news();
        let (mut looks, mut beats) = (interval(LOOK_EVERY), interval(BEAT_EVERY));
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_heard = true;
        loop {
            let done = tokio::select! {
                message = socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => {
                        is_heard = true;
                        self.bind(socket, &text).await
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {
                        is_heard = true;
                        Ok(())
                    }
                    Some(Ok(Message::Binary(_))) => Err(Over::Ended),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Over::Gone),
                },
                _ = news.changed() => self.ping(socket).await,
                _ = looks.tick() => self.ping(socket).await,
                _ = beats.tick() => {
                    if is_heard {
                        is_heard = false;
                        send(socket, Message::Ping(bytes::Bytes::new())).await.map_err(Over::from)
                    } else {
                        Err(Over::Gone)
                    }
                }
            };
            if let Err(over) = done {
                return over;
            }
        }
    }

    /// `bind [id]`: answered by `bound [id]`, or by what is wrong.
    async fn bind(&mut self, socket: &mut WebSocket, text: &str) -> Result<(), Over> {
        let Some(id) = text.trim().strip_prefix("bind ").map(str::trim).filter(|id| galen_fhir::valid_id(id))
        else {
            send(socket, "error: send 'bind [id]' with the id of a subscription".into()).await?;
            return Ok(());
        };
        let mut draft = Draft::new("bind", Interaction::Read);
        draft.entities = vec![format!("Subscription/{id}")];
        match self.may_bind(id, &mut draft).await {
            Ok(()) => {
                looked(self.house, &self.context, draft).await?;
                let seen = queue::matches(&self.house.store, id).await?;
                self.bound.insert(id.to_owned(), seen);
                Ok(send(socket, format!("bound {id}").into()).await?)
            }
            Err(refusal) => match refused(self.house, Some(&self.context), draft, refusal).await {
                Refusal::Rejected(rejection) => {
                    Ok(send(socket, format!("error: {}", rejection.message).into()).await?)
                }
                Refusal::Faulted(fault) => Err(fault.into()),
            },
        }
    }

    async fn may_bind(&mut self, id: &str, draft: &mut Draft) -> Result<(), Refusal> {
        self.context.at = self.house.clock.now();
        draft.allow(self.house, &self.context, "BindSubscription", &target()).await?;
        if self.bound.len() >= BOUND_MAX && !self.bound.contains_key(id) {
            let message = format!("One socket is bound to {BOUND_MAX} subscriptions at most");
            return Err(Rejection::new(RejectionKind::TooManyRequests, "too-many-bound", message).into());
        }
        let unknown = || {
            let message = "there is no such subscription by websocket";
            Rejection::new(RejectionKind::NotFound, "no-such-subscription", message)
        };
        let resource_type = ResourceType::parse("Subscription").ok_or_else(unknown)?;
        let stored = self.house.records.get(resource_type, id).await?.ok_or_else(unknown)?;
        let resource = stored.resource()?.ok_or_else(unknown)?;
        let wanted = Wanted::of(&resource, self.house)?;
        match wanted.channel {
            Channel::WebSocket => Ok(()),
            Channel::RestHook { .. } => Err(unknown().into()),
        }
    }

    /// Pings for what matched since; the account is asked about again first.
    async fn ping(&mut self, socket: &mut WebSocket) -> Result<(), Over> {
        let mut due = Vec::new();
        for (id, seen) in &mut self.bound {
            let matched = queue::matches(&self.house.store, id).await?;
            if matched != *seen {
                *seen = matched;
                due.push(id.clone());
            }
        }
        if due.is_empty() {
            return Ok(());
        }
        self.context.at = self.house.clock.now();
        let Actor { user, grant, .. } = &*self.context.actor;
        let actor = self.house.access.actor_of_work(user, grant.as_deref(), self.context.at).await?;
        self.context.actor = actor.ok_or(Over::Ended)?;
        if self.house.access.visibility(&self.context, "BindSubscription", &target()).await?.is_err() {
            return Err(Over::Ended);
        }
        for id in due {
            send(socket, format!("ping {id}").into()).await?;
        }
        Ok(())
    }
}

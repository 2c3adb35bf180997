//! A page's socket.

use crate::frame::{Frame, Listen};
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::{IntoResponse, Response};
use galen_access::actor::ActorKind;
use galen_access::{Actor, Category, Context, Decision, Target, session};
use galen_audit::Interaction;
use galen_fhir::ResourceType;
use galen_kernel::{Fault, PatientId, Rejection, RejectionKind, UserId};
use galen_service::live::{Listener, Missed, Tag, Topic};
use galen_service::observe::{Draft, looked, refused};
use galen_service::sockets::{Gone, SEND_TIME_MAX, own_page, send};
use galen_service::{Caller, House, Refusal};
use http::HeaderMap;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

/// Sockets that are open at the same time.
pub const SOCKETS_MAX: usize = 20_000;
/// Sockets of one account: one for each page that it has open.
pub const SOCKETS_PER_USER_MAX: usize = 24;
/// Types that one socket hears of.
pub const TOPICS_MAX: usize = 32;
/// How often a client is told that the connection is there, and asked whether it is; one that said nothing since the
/// last time is cut off.
pub const BEAT_EVERY: Duration = Duration::from_secs(30);
/// How long a socket lives; then the client opens another.
const LIFE_MAX: Duration = Duration::from_secs(4 * 3_600);
/// Longest message from a client.
const MESSAGE_BYTES_MAX: usize = 2_048;
/// Buffers of one socket: frames are small, and there are many sockets.
const BUFFER_BYTES: usize = 1_024;
/// How long a listener waits for the journal to be read from now on.
const READY_TIME_MAX: Duration = Duration::from_secs(10);

static OPEN: LazyLock<Mutex<HashMap<UserId, usize>>> = LazyLock::new(Mutex::default);

/// The place of one socket among all and among its user's; dropped, it is free again.
struct Place(UserId);

impl Place {
    fn take(user: &UserId) -> Result<Self, Rejection> {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        let refusal = |most: usize| {
            let message = format!("There are {most} web sockets open already");
            Rejection::new(RejectionKind::TooManyRequests, "too-many-sockets", message)
                .next("Close pages that are not needed")
        };
        if open.values().sum::<usize>() >= SOCKETS_MAX {
            return Err(refusal(SOCKETS_MAX));
        }
        let own = open.entry(user.clone()).or_default();
        if *own >= SOCKETS_PER_USER_MAX {
            return Err(refusal(SOCKETS_PER_USER_MAX));
        }
        *own += 1;
        Ok(Self(user.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.0) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.0);
            }
        }
    }
}

/// Why a socket is closed.
enum Over {
    /// The client went, or does not read or answer.
    Gone,
    /// Its account may not listen any more.
    Ended,
    /// What it says is no message of ours, or something failed here.
    Failed,
}

impl From<Gone> for Over {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl From<Fault> for Over {
    fn from(fault: Fault) -> Self {
        tracing::warn!(context = fault.context(), "a web socket ends after a fault");
        Self::Failed
    }
}

/// `GET /api/live`.
pub(crate) async fn open(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let draft = Draft::new("ListenForChanges", Interaction::Read);
    let place = match admitted(&house, &context, &headers).await {
        Ok(place) => place,
        Err(refusal) => return Err(refused(&house, Some(&context), draft, refusal).await),
    };
    looked(&house, &context, draft).await?;
    Ok(match upgrade {
        Err(rejection) => rejection.into_response(),
        Ok(upgrade) => upgrade
            .max_message_size(MESSAGE_BYTES_MAX)
            .max_frame_size(MESSAGE_BYTES_MAX)
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(0)
            .on_upgrade(move |socket| converse(house, context, socket, place)),
    })
}

async fn admitted(house: &House, context: &Context, headers: &HeaderMap) -> Result<Place, Refusal> {
    own_page(house, context, headers)?;
    let target = Target::plain("Session", Category::Security);
    match house.access.authorize(context, "ListenForChanges", &target).await? {
        Decision::Allowed { .. } => Ok(Place::take(&context.actor.user)?),
        Decision::Refused(rejection) => Err(rejection.into()),
    }
}

async fn converse(house: Arc<House>, context: Context, mut socket: WebSocket, place: Place) {
    house.metrics.web_sockets.inc();
    let talk = Talk { house: Arc::clone(&house), own: Arc::clone(&context.actor), context, hears: None };
    // Boxed: an idle socket is a future in memory, and there are thousands.
    let over = timeout(LIFE_MAX, Box::pin(talk.run(&mut socket))).await;
    let code = match over {
        Ok(Err(Over::Gone)) => None,
        Ok(Err(Over::Ended)) => Some(close_code::POLICY),
        Ok(Err(Over::Failed)) => Some(close_code::ERROR),
        Ok(Ok(())) | Err(_) => Some(close_code::RESTART),
    };
    if let Some(code) = code {
        let frame = CloseFrame { code, reason: axum::extract::ws::Utf8Bytes::from_static("") };
        let _best_effort = timeout(SEND_TIME_MAX, socket.send(Message::Close(Some(frame)))).await;
    }
    house.metrics.web_sockets.dec();
    drop(place);
}

/// What a socket hears.
struct Hears {
    listener: Listener,
    types: Vec<ResourceType>,
}

struct Talk {
    house: Arc<House>,
    /// The account itself; the context's actor may act for somebody.
    own: Arc<Actor>,
    context: Context,
    hears: Option<Hears>,
}

impl Talk {
    /// Until the server stops.
    async fn run(mut self, socket: &mut WebSocket) -> Result<(), Over> {
        let mut beats = interval_at(Instant::now() + BEAT_EVERY, BEAT_EVERY);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ready = self.house.live.ready();
        let mut is_heard = true;
        loop {
            tokio::select! {
                message = socket.recv() => {
                    is_heard = true;
                    match message {
                        Some(Ok(Message::Text(text))) => self.listen(socket, &text).await?,
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Ok(Message::Binary(_))) => return Err(Over::Failed),
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Over::Gone),
                    }
                }
                tag = next(&mut self.hears) => self.tell(socket, &tag).await?,
                _ = ready.changed() => {
                    // Not ready while somebody listens: the server stops, or failed and begins anew.
                    if !*ready.borrow_and_update() && self.hears.is_some() {
                        return Ok(());
                    }
                }
                _ = beats.tick() => {
                    if !is_heard {
                        return Err(Over::Gone);
                    }
                    is_heard = false;
                    self.stand().await?;
                    send(socket, Message::Text(Frame::Beat { beat: true }.text().into())).await?;
                    send(socket, Message::Ping(bytes::Bytes::new())).await?;
                }
            }
            if self.hears.as_ref().is_some_and(|hears| hears.listener.has_missed()) {
                send(socket, Message::Text(Frame::Reset { reset: true }.text().into())).await?;
            }
        }
    }

    /// A client says what it wants to hear.
    async fn listen(&mut self, socket: &mut WebSocket, text: &str) -> Result<(), Over> {
        let said = serde_json::from_str::<Listen>(text).map_err(|_| "say {\"listen\": [types]}");
        let asked = match said {
            Ok(said) => self.asked(said).await?,
            Err(wrong) => Err(wrong),
        };
        let (types, topics, after) = match asked {
            Ok(asked) => asked,
            Err(error) => {
                send(socket, Message::Text(Frame::Error { error }.text().into())).await?;
                return Ok(());
            }
        };
        let (listener, missed, sequence) = self.house.live.listen(topics, after);
        self.hears = Some(Hears { listener, types });
        let mut ready = self.house.live.ready();
        let becomes_ready = async { ready.wait_for(|ready| *ready).await.is_ok() };
        if timeout(READY_TIME_MAX, becomes_ready).await != Ok(true) {
            return Err(Over::Failed);
        }
        let reset = missed == Missed::TooMuch;
        let frame = Frame::Listening { epoch: self.house.live.epoch(), sequence, reset }.text();
        send(socket, Message::Text(frame.into())).await?;
        if let Missed::Tags(tags) = missed {
            for tag in tags {
                self.tell(socket, &tag).await?;
            }
        }
        Ok(())
    }

    /// What a message asks for: types, topics, and after which change.
    #[allow(clippy::type_complexity)] // used once, named by its reader
    async fn asked(
        &mut self,
        said: Listen,
    ) -> Result<Result<(Vec<ResourceType>, Vec<Topic>, Option<u64>), &'static str>, Over> {
        let types: Option<Vec<ResourceType>> =
            said.listen.iter().map(|name| ResourceType::parse(name)).collect();
        let Some(types) = types.filter(|types| (1..=TOPICS_MAX).contains(&types.len())) else {
            return Ok(Err("listen for 1 to 32 resource types"));
        };
        self.stand().await?;
        if let Some(patient) = said.acting_for {
            let patient = PatientId::parse(patient).ok();
            let acting = match patient {
                Some(patient) => self.house.access.acting_for(&self.own, &patient, self.context.at).await?,
                None => None,
            };
            let Some(acting) = acting else { return Ok(Err("you cannot act for this person")) };
            self.context.actor = acting;
        } else {
            self.context.actor = Arc::clone(&self.own);
        }
        let topics = match (&self.context.actor.patient, self.context.actor.kind) {
            (Some(patient), _) => vec![Topic::Patient(patient.clone())],
            (None, ActorKind::Patient) => return Ok(Err("say for whom you act")),
            (None, _) => types.iter().copied().map(Topic::Type).collect(),
        };
        let epoch = self.house.live.epoch();
        let after = said.after.filter(|after| after.epoch == epoch).map(|after| after.sequence);
        Ok(Ok((types, topics, after)))
    }

    /// Tells of a change, to who may read what changed.
    async fn tell(&mut self, socket: &mut WebSocket, tag: &Tag) -> Result<(), Over> {
        let is_asked = self.hears.as_ref().is_some_and(|hears| hears.types.contains(&tag.resource_type));
        if !is_asked {
            return Ok(());
        }
        self.context.at = self.house.clock.now();
        self.stand_as_account().await?;
        let decision = self.house.access.authorize(&self.context, "FhirRead", &tag.target).await?;
        if !matches!(decision, Decision::Allowed { .. }) {
            return Ok(());
        }
        let (sequence, resource_type) = (tag.sequence, tag.resource_type.name());
        let frame = Frame::Changed { sequence, resource_type, id: &tag.id }.text();
        Ok(send(socket, Message::Text(frame.into())).await?)
    }

    /// Asks again whether the account stands, and its session.
    async fn stand(&mut self) -> Result<(), Over> {
        self.context.at = self.house.clock.now();
        if let Some(id) = &self.context.session {
            let found = session::by_id(&self.house.store, id).await?;
            if !found.is_some_and(|found| found.session.is_live(self.context.at)) {
                return Err(Over::Ended);
            }
        }
        self.stand_as_account().await
    }

    /// Asks again whether the account stands (as it was read within a second), and the proxy by which it acts.
    async fn stand_as_account(&mut self) -> Result<(), Over> {
        let now = self.context.at;
        let (user, grant) = (self.own.user.clone(), self.own.grant.clone());
        let actor = self.house.access.actor_of_work(&user, grant.as_deref(), now).await?;
        self.own = actor.ok_or(Over::Ended)?;
        self.context.actor = match (&self.context.actor.acting, &self.context.actor.patient) {
            (Some(_), Some(patient)) => {
                let acting = self.house.access.acting_for(&self.own, patient, now).await?;
                acting.ok_or(Over::Ended)?
            }
            _ => Arc::clone(&self.own),
        };
        Ok(())
    }
}

/// The next change; none for who has not said yet what to hear.
async fn next(hears: &mut Option<Hears>) -> Arc<Tag> {
    let heard = match hears {
        Some(hears) => hears.listener.next().await,
        None => None,
    };
    match heard {
        Some(tag) => tag,
        None => std::future::pending().await,
    }
}

//! Subscriptions for who runs the server: how each fares, what waits, what was given up; and another try for that.

use crate::criteria::{Channel, Wanted};
use crate::owner::{HOME, Owner};
use crate::queue::{self, Segment, StoredLetter, StoredSegment};
use crate::websocket;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{delete, get, post};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_fhir::ResourceType;
use galen_kernel::{Fault, Instant, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::command::{Facts, Saved};
use galen_service::execute::execute;
use galen_service::http::json;
use galen_service::observe::{Draft, looked, refused};
use galen_service::openapi::schema;
use galen_service::{Access, Caller, Command, House, Media, Method, Refusal, Route, watched};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How a subscription fares.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscriptionView {
    /// Its id.
    id: String,
    /// `requested`, `active` or `error`.
    status: String,
    /// Why it is in error.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// What it watches.
    criteria: String,
    /// `rest-hook` or `websocket`.
    channel: String,
    /// The server that is notified.
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
    /// The account in whose name it notifies.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Notifications that wait.
    waiting: i64,
    /// When the first of them is tried next, where it failed before.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_try: Option<String>,
    /// How often it failed.
    failures: u32,
    /// Notifications that were given up.
    dead_letters: usize,
}

/// A notification that was given up.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeadLetterView {
    /// Its id.
    id: String,
    /// The version that was not told.
    reference: String,
    /// Why.
    reason: String,
    /// When it was given up.
    at: String,
}

fn target() -> Target {
    Target::plain("Subscription", Category::Security)
}

const fn under(name: &'static str) -> Access {
    Access::Action { name, kind: "Subscription", category: Category::Security }
}

/// The routes.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::Get,
            path: "/fhir/$subscription-websocket",
            access: under("BindSubscription"),
            summary: "Web socket of R4's websocket channel: send 'bind [id]', hear 'ping [id]'",
            media: Media::Fhir,
            query: None,
            request: None,
            answer: None,
            handler: || get(websocket::open),
        },
        Route {
            method: Method::Get,
            path: "/api/subscriptions",
            access: under("ListSubscriptions"),
            summary: "Subscriptions that are not off, and how each fares",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<Vec<SubscriptionView>>),
            handler: || get(list),
        },
        Route {
            method: Method::Get,
            path: "/api/subscriptions/{id}/dead-letters",
            access: under("ListSubscriptions"),
            summary: "Notifications of a subscription that were given up",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<Vec<DeadLetterView>>),
            handler: || get(dead_letters),
        },
        Route {
            method: Method::Post,
            path: "/api/subscriptions/{id}/dead-letters/{letter}/retry",
            access: under("RetryNotification"),
            summary: "Try a notification again that was given up",
            media: Media::Json,
            query: None,
            request: None,
            answer: None,
            handler: || post(retry),
        },
        Route {
            method: Method::Delete,
            path: "/api/subscriptions/{id}/dead-letters/{letter}",
            access: under("DiscardNotification"),
            summary: "Let a notification go that was given up",
            media: Media::Json,
            query: None,
            request: None,
            answer: None,
            handler: || delete(discard),
        },
    ]
}

async fn list(State(house): State<Arc<House>>, Caller(context): Caller) -> Result<Response, Refusal> {
    let mut draft = Draft::new("ListSubscriptions", Interaction::Read);
    let views = match listed(&house, &context, &mut draft).await {
        Ok(views) => views,
        Err(refusal) => return Err(refused(&house, Some(&context), draft, refusal).await),
    };
    looked(&house, &context, draft).await?;
    Ok(json(StatusCode::OK, &views))
}

async fn listed(
    house: &House,
    context: &Context,
    draft: &mut Draft,
) -> Result<Vec<SubscriptionView>, Refusal> {
    draft.allow(house, context, "ListSubscriptions", &target()).await?;
    let mut views = Vec::new();
    for stored in watched::live(house, None).await? {
        let Some(resource) = stored.resource()? else { continue };
        let (id, json) = (stored.document.id, resource.json());
        draft.entities.push(format!("Subscription/{id}"));
        let text = |name: &str| json.str(name).unwrap_or_default().to_owned();
        let wanted = Wanted::of(&resource, house).ok();
        let endpoint = wanted.and_then(|wanted| match wanted.channel {
            Channel::RestHook { endpoint, .. } => Some(endpoint.origin()),
            Channel::WebSocket => None,
        });
        let head = StoredSegment::head(&house.store, &id).await?.map(|stored| stored.segment);
        let failed = head.filter(|segment| segment.failures > 0);
        views.push(SubscriptionView {
            status: text("status"),
            error: json.str("error").map(str::to_owned),
            criteria: text("criteria"),
            channel: json.str_at(&["channel", "type"]).unwrap_or_default().to_owned(),
            endpoint,
            owner: Owner::read(house, &id).await?.map(|owner| owner.user),
            waiting: queue::waiting(&house.store, &id).await?,
            next_try: failed.as_ref().map(|segment| Instant::from_micros(segment.due).to_string()),
            failures: failed.map_or(0, |segment| segment.failures),
            dead_letters: StoredLetter::of_subscription(&house.store, &id).await?.len(),
            id,
        });
    }
    Ok(views)
}

async fn dead_letters(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let mut draft = Draft::new("ListSubscriptions", Interaction::Read);
    draft.entities = vec![format!("Subscription/{id}")];
    let found = async {
        draft.allow(&house, &context, "ListSubscriptions", &target()).await?;
        Ok::<_, Refusal>(StoredLetter::of_subscription(&house.store, &id).await?)
    };
    let letters = match found.await {
        Ok(letters) => letters,
        Err(refusal) => return Err(refused(&house, Some(&context), draft, refusal).await),
    };
    let views: Vec<DeadLetterView> = letters
        .into_iter()
        .map(|stored| DeadLetterView {
            id: stored.id,
            reference: stored.letter.notice.reference(),
            reason: stored.letter.reason,
            at: Instant::from_micros(stored.letter.at).to_string(),
        })
        .collect();
    looked(&house, &context, draft).await?;
    Ok(json(StatusCode::OK, &views))
}

async fn letter(house: &House, subscription: &str, letter: &str) -> Result<StoredLetter, Refusal> {
    let found = StoredLetter::by_id(&house.store, letter).await?;
    found.filter(|stored| stored.letter.subscription == subscription).ok_or_else(|| {
        let message = "There is no such notification: it was tried again or let go";
        Rejection::new(RejectionKind::NotFound, "no-such-notification", message).into()
    })
}

/// Tries a notification again.
struct RetryNotification {
    subscription: String,
    letter: String,
}

impl Command for RetryNotification {
    type Loaded = StoredLetter;
    type Event = ();
    type Answer = ();
    const NAME: &'static str = "RetryNotification";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Subscription", Category::Security);

    async fn load(&self, house: &House, _: &Context) -> Result<StoredLetter, Refusal> {
        let found = letter(house, &self.subscription, &self.letter).await?;
        let resource_type = ResourceType::parse("Subscription");
        let is_live = match resource_type {
            Some(resource_type) => match house.records.get(resource_type, &self.subscription).await? {
                Some(stored) => {
                    stored.resource()?.is_some_and(|resource| resource.json().str("status") != Some("off"))
                }
                None => false,
            },
            None => false,
        };
        if is_live {
            return Ok(found);
        }
        let message = "The subscription is off: nothing is delivered";
        Err(Rejection::new(RejectionKind::Conflict, "subscription-off", message)
            .next("Have it requested again first")
            .into())
    }

    fn target(&self, _: &StoredLetter) -> Target {
        target()
    }

    fn decide(&self, _: &StoredLetter, _: &Facts) -> Result<Vec<()>, Rejection> {
        Ok(vec![()])
    }

    fn save(
        &self,
        _: &House,
        loaded: StoredLetter,
        _: Vec<()>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<()>, Fault> {
        change.push(HOME, loaded.remove());
        let origin = format!("again.{}", loaded.id);
        for operation in Segment::queue(&origin, &self.subscription, &[loaded.letter.notice])? {
            change.push(HOME, operation);
        }
        Ok(Saved::new((), vec![format!("Subscription/{}", self.subscription)]))
    }
}

/// Lets a notification go.
struct DiscardNotification {
    subscription: String,
    letter: String,
}

impl Command for DiscardNotification {
    type Loaded = StoredLetter;
    type Event = ();
    type Answer = ();
    const NAME: &'static str = "DiscardNotification";
    const INTERACTION: Interaction = Interaction::Delete;
    const ABOUT: (&'static str, Category) = ("Subscription", Category::Security);

    async fn load(&self, house: &House, _: &Context) -> Result<StoredLetter, Refusal> {
        letter(house, &self.subscription, &self.letter).await
    }

    fn target(&self, _: &StoredLetter) -> Target {
        target()
    }

    fn decide(&self, _: &StoredLetter, _: &Facts) -> Result<Vec<()>, Rejection> {
        Ok(vec![()])
    }

    fn save(
        &self,
        _: &House,
        loaded: StoredLetter,
        _: Vec<()>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<()>, Fault> {
        change.push(HOME, loaded.remove());
        Ok(Saved::new((), vec![format!("Subscription/{}", self.subscription)]))
    }
}

async fn retry(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path((subscription, letter)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    execute(&house, &context, &RetryNotification { subscription, letter }, None).await?;
    house.watched.tell();
    Ok(StatusCode::NO_CONTENT)
}

async fn discard(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path((subscription, letter)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    execute(&house, &context, &DiscardNotification { subscription, letter }, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

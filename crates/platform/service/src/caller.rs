//! Who calls: the extractor by which a handler learns the request's standing. No handler runs for nobody.

use crate::house::House;
use crate::http::Arrival;
use crate::observe::{Draft, refused};
use crate::refusal::{Dialect, Refusal};
use axum::extract::FromRequestParts;
use axum::response::Response;
use galen_access::actor::ActorKind;
use galen_access::smart::grant::insufficient;
use galen_access::{Actor, Context, PurposeOfUse, session};
use galen_audit::Interaction;
use galen_kernel::{Instant, PatientId, Rejection, RejectionKind, RequestId};
use galen_store::{ShardId, WriteSet};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};
use std::sync::Arc;

/// Header that says why a record is opened (v3-ActReason code).
pub const PURPOSE_HEADER: &str = "x-purpose-of-use";
/// Header that says for which patient somebody acts by proxy (a Patient's id).
pub const ACTING_FOR_HEADER: &str = "x-acting-for";
/// Header that a browser session must send with every change.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// A request's standing, worked out.
#[derive(Debug, Clone)]
pub struct Caller(pub Context);

/// Which dialect a path speaks.
pub fn dialect_of(path: &str) -> Dialect {
    if path == "/fhir" || path.starts_with("/fhir/") { Dialect::Fhir } else { Dialect::Problem }
}

impl FromRequestParts<Arc<House>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, house: &Arc<House>) -> Result<Self, Response> {
        match identify(parts, house).await {
            Ok(context) => Ok(Self(context)),
            Err(refusal) => {
                let draft = Draft::new("authenticate", Interaction::Execute);
                let refusal = refused(house, None, draft, refusal).await;
                Err(refusal.respond(dialect_of(parts.uri.path())))
            }
        }
    }
}

async fn identify(parts: &Parts, house: &House) -> Result<Context, Refusal> {
    let arrival = parts.extensions.get::<Arrival>().cloned().unwrap_or_default();
    let now = house.clock.now();
    let (actor, session, multi_factor) = match credentials(&parts.headers) {
        Some(Credentials::Bearer(token)) => {
            let actor = match house.access.actor_of_token(token, now).await? {
                Ok(actor) => actor,
                Err(rejection) => return Err(unknown(house, &arrival, rejection)),
            };
            check_reach(&actor, parts.uri.path())?;
            (actor, None, false)
        }
        Some(Credentials::Session(cookie)) => {
            let (actor, id) = by_session(parts, house, &arrival, cookie, now).await?;
            (actor, Some(id), true)
        }
        None => return Err(unknown(house, &arrival, not_signed_in())),
    };
    let actor = acting_for(house, &parts.headers, actor, now).await?;
    house.limits.take_user(actor.user.as_str()).inspect_err(|_| {
        house.metrics.rate_limited.inc();
    })?;
    house.records.refresh_parameters(now).await?;
    let purpose = purpose(&parts.headers, &actor)?;
    let request =
        RequestId::parse(arrival.request.as_str()).map_err(|e| galen_kernel::Fault::new("request id", e))?;
    Ok(Context { actor, purpose, at: now, request, client: arrival.address_text(), session, multi_factor })
}

/// Scopes speak of FHIR: with an application's token nothing else is done, least of all getting a token without scopes.
fn check_reach(actor: &Actor, path: &str) -> Result<(), Rejection> {
    match &actor.grant {
        Some(_) if dialect_of(path) != Dialect::Fhir => Err(insufficient("this address")),
        _ => Ok(()),
    }
}

/// The actor as they act for whom the request names. Who may not is told the same whether there is such a patient or not.
async fn acting_for(
    house: &House,
    headers: &HeaderMap,
    actor: Arc<Actor>,
    now: Instant,
) -> Result<Arc<Actor>, Refusal> {
    let Some(named) = headers.get(ACTING_FOR_HEADER) else { return Ok(actor) };
    let refusal = || {
        Rejection::new(RejectionKind::Forbidden, "not-proxy", "You cannot act for this person (any more)")
            .at("X-Acting-For")
            .next("Ask the clinic, or the person, to let you act for them")
    };
    let patient = named.to_str().ok().and_then(|id| PatientId::parse(id).ok()).ok_or_else(refusal)?;
    if actor.kind != ActorKind::Patient || actor.grant.is_some() {
        return Err(refusal().into());
    }
    Ok(house.access.acting_for(&actor, &patient, now).await?.ok_or_else(refusal)?)
}

fn unknown(house: &House, arrival: &Arrival, rejection: Rejection) -> Refusal {
    if let Some(address) = arrival.address
        && let Err(limited) = house.limits.take_anonymous(address)
    {
        house.metrics.rate_limited.inc();
        return limited.into();
    }
    rejection.into()
}

enum Credentials<'h> {
    Bearer(&'h str),
    Session(&'h str),
}

fn credentials(headers: &HeaderMap) -> Option<Credentials<'_>> {
    match authorization(headers).ok()? {
        None => cookie(headers, session::COOKIE).map(Credentials::Session),
        Some(value) => {
            let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| Credentials::Bearer(token.trim()))
        }
    }
}

/// More than one `Authorization` came with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeveralAuthorizations;

/// The only `Authorization` of a request, if it has one.
///
/// # Errors
/// It has several: a proxy before this server may have looked at another one than we would, so nobody is known (RFC 9110, 5.3).
pub fn authorization(headers: &HeaderMap) -> Result<Option<&HeaderValue>, SeveralAuthorizations> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    match (given.next(), given.next()) {
        (only, None) => Ok(only),
        (_, Some(_)) => Err(SeveralAuthorizations),
    }
}

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

async fn by_session(
    parts: &Parts,
    house: &House,
    arrival: &Arrival,
    cookie: &str,
    now: Instant,
) -> Result<(Arc<Actor>, String), Refusal> {
    let (actor, stored) = match house.access.actor_of_session(cookie, now).await? {
        Ok(found) => found,
        Err(rejection) => return Err(unknown(house, arrival, rejection)),
    };
    check_csrf(parts, stored.session.csrf.as_bytes())?;
    if stored.session.is_due(now) {
        let operations = vec![stored.touch(now)?];
        // Two requests at once may both want to write it; one is enough.
        let _either =
            house.store.commit(WriteSet { shard: ShardId(0), at: now, operations, journal: None }).await;
    }
    Ok((actor, stored.id))
}

/// A change must carry the session's token. A read need not, but one that carries another session's was meant for
/// another user: the page that sent it still shows somebody who signed in here before.
fn check_csrf(parts: &Parts, expected: &[u8]) -> Result<(), Rejection> {
    let changes = !matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let refusal = match parts.headers.get(CSRF_HEADER) {
        None if !changes => return Ok(()),
        None => Rejection::new(RejectionKind::Forbidden, "csrf-token-missing", "The CSRF token is missing"),
        Some(given)
            if aws_lc_rs::constant_time::verify_slices_are_equal(given.as_bytes(), expected).is_ok() =>
        {
            return Ok(());
        }
        Some(_) => Rejection::new(
            RejectionKind::Forbidden,
            "csrf-invalid",
            "The CSRF token is not this session's: somebody else has signed in here since",
        ),
    };
    Err(refusal.at("X-CSRF-Token").next("Send the csrf value of GET /api/session"))
}

fn not_signed_in() -> Rejection {
    Rejection::new(RejectionKind::Unauthenticated, "not-signed-in", "Nobody is signed in")
        .next("Sign in, or send an access token as 'Authorization: Bearer'")
}

fn purpose(headers: &HeaderMap, actor: &Actor) -> Result<PurposeOfUse, Rejection> {
    match headers.get(PURPOSE_HEADER) {
        None => Ok(actor.default_purpose()),
        Some(value) => value.to_str().ok().and_then(PurposeOfUse::parse).ok_or_else(|| {
            let known: Vec<&str> = PurposeOfUse::ALL.iter().map(|p| p.code()).collect();
            Rejection::new(RejectionKind::Malformed, "purpose-unknown", "The purpose of use is not known")
                .at("X-Purpose-Of-Use")
                .next(format!("Use one of {}", known.join(", ")))
        }),
    }
}

/// Hands a parsed body on, or records the refusal of one that could not be read: that request was an operation, too.
pub async fn parsed<T>(
    house: &House,
    context: &Context,
    operation: &str,
    interaction: Interaction,
    body: Result<T, Rejection>,
) -> Result<T, Refusal> {
    match body {
        Ok(body) => Ok(body),
        Err(rejection) => {
            Err(refused(house, Some(context), Draft::new(operation, interaction), rejection.into()).await)
        }
    }
}

//! Signing in, looking at one's session, signing out.

use crate::caller::{Caller, cookie};
use crate::house::House;
use crate::http::{Arrival, json, read_json};
use crate::observe::{Draft, looked, refused};
use crate::refusal::Refusal;
use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use galen_access::actor::Actor;
use galen_access::signin::{self, SignIn, Step};
use galen_access::user::{self, HOME, StoredUser};
use galen_access::{password, session};
use galen_audit::{AuditEntry, Interaction, JournalBody, Outcome};
use galen_kernel::{Fault, Instant, Phi, Rejection, RejectionKind};
use galen_store::{Operation, StoreError, WriteSet};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// What somebody who signs in sends.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code)] // the schema of `galen_access::signin::SignIn`, whose secrets have no schema of their own
pub struct SignInBody {
    name: String,
    password: String,
    code: Option<String>,
    new_password: Option<String>,
}

/// A session as its owner sees it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// Sign-in name.
    pub name: String,
    /// The account.
    pub user: String,
    /// Role codes.
    pub roles: Vec<String>,
    /// Activities, inclusions followed.
    pub activities: Vec<String>,
    /// The patient that it is, of patients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    /// What every change must carry in X-CSRF-Token; absent for tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csrf: Option<String>,
}

impl SessionView {
    fn new(actor: &Actor, csrf: Option<String>) -> Self {
        Self {
            name: actor.name.clone(),
            user: actor.user.as_str().to_owned(),
            roles: actor.roles().into_iter().map(str::to_owned).collect(),
            activities: actor.activities_at(None).into_iter().map(str::to_owned).collect(),
            patient: actor.patient.as_ref().map(|patient| patient.as_str().to_owned()),
            csrf,
        }
    }
}

/// What must happen before one is signed in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NextStep {
    /// `code`, `newPassword` or `enrolment`.
    next: &'static str,
    /// For enrolment: the address that a QR code shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    enrolment: Option<String>,
}

/// `POST /api/session`.
pub async fn sign_in(
    State(house): State<Arc<House>>,
    Extension(arrival): Extension<Arrival>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let now = house.clock.now();
    let outcome = attempt(&house, &arrival, &body, now).await;
    if let Err(refusal) = outcome {
        house.metrics.sign_ins_refused.inc();
        return Err(refused(&house, None, Draft::new("SignIn", Interaction::Execute), refusal).await);
    }
    outcome
}

async fn attempt(house: &House, arrival: &Arrival, body: &[u8], now: Instant) -> Result<Response, Refusal> {
    let attempt: SignIn = read_json(body)?;
    let Ok(name) = user::parse_name(&attempt.name) else { return Err(signin::refused().into()) };
    house.access.throttle.take(&name, &arrival.address_text(), now)?;
    let found = user::by_name(&house.store, &name, now).await?;
    let hash = found.as_ref().map(|f| f.user.password_hash.reveal().clone());
    let right = password::verify(attempt.password.reveal().clone(), hash).await?;
    if right {
        house.access.throttle.give_back(&arrival.address_text());
    }
    let new_hash = match (&attempt.new_password, right) {
        (Some(new), true) => {
            password::check_strength(new.reveal(), &name)?;
            if new == &attempt.password {
                return Err(same_password().into());
            }
            Some(password::hash(new.reveal().clone()).await?)
        }
        _ => None,
    };
    let fresh = house.entropy.thirty_two();
    let step = signin::decide(found.as_ref().map(|f| &f.user), right, &attempt, new_hash, now, fresh)??;
    let Some(found) = found else { return Err(signin::refused().into()) };
    match step {
        Step::NewPasswordNeeded => Ok(next_step("newPassword", None)),
        Step::CodeNeeded => Ok(next_step("code", None)),
        Step::EnrolmentNeeded(user, uri) => {
            let changed = StoredUser { user: *user, ..found };
            store(house, arrival, &changed, vec![changed.change()?], "EnrolAuthenticator", now).await?;
            Ok(next_step("enrolment", Some(uri)))
        }
        Step::Accepted(user) => {
            house.access.throttle.forgive(&name);
            let changed = StoredUser { user: *user, ..found };
            start_session(house, arrival, changed, now).await
        }
    }
}

async fn start_session(
    house: &House,
    arrival: &Arrival,
    user: StoredUser,
    now: Instant,
) -> Result<Response, Refusal> {
    let (token, session, put) =
        session::start(&user.id, now, house.entropy.thirty_two(), house.entropy.sixteen())?;
    store(house, arrival, &user, vec![user.change()?, put], "SignIn", now).await?;
    let view = SessionView::new(&user.actor(&house.access.catalogue), Some(session.csrf));
    let mut response = json(StatusCode::OK, &view);
    set_cookie(&mut response, &token, session::AGE_MICROS_MAX / galen_kernel::MICROS_PER_SECOND)?;
    Ok(response)
}

/// Commits a step of signing in with its audit entry. Somebody else's step in between means: start again.
async fn store(
    house: &House,
    arrival: &Arrival,
    user: &StoredUser,
    operations: Vec<Operation>,
    operation: &str,
    now: Instant,
) -> Result<(), Refusal> {
    let audit = AuditEntry {
        at: now,
        interaction: Interaction::Execute,
        operation: operation.to_owned(),
        outcome: Outcome::Done,
        user: user.id.as_str().to_owned(),
        name: user.user.name.clone(),
        roles: user.user.positions.iter().map(|p| p.role.clone()).collect(),
        purpose: String::new(),
        client: arrival.address_text(),
        request: arrival.request.clone(),
        patients: Vec::new(),
        entities: vec![format!("User/{}", user.id)],
        query: None,
        broken_glass: false,
    };
    let journal = Some(JournalBody { audit, events: Vec::new() }.to_bytes()?);
    match house.store.commit(WriteSet { shard: HOME, at: now, operations, journal }).await {
        Ok(_) => {
            house.access.forget(&user.id);
            Ok(())
        }
        Err(StoreError::Conflict(_)) => Err(signin::refused().into()),
        Err(error) => Err(error.into()),
    }
}

/// `GET /api/session`.
pub async fn own(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let csrf = match (&context.session, cookie(&headers, session::COOKIE)) {
        (Some(_), Some(token)) => session::by_token(&house.store, token).await?.map(|s| s.session.csrf),
        _ => None,
    };
    let view = SessionView::new(&context.actor, csrf);
    looked(&house, &context, Draft::new("ReadOwnSession", Interaction::Read)).await?;
    Ok(json(StatusCode::OK, &view))
}

/// `DELETE /api/session`.
pub async fn sign_out(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut change = galen_records::Change::new();
    if let Some(token) = cookie(&headers, session::COOKIE)
        && let Some(found) = session::by_token(&house.store, token).await?
    {
        change.push(HOME, found.end());
    }
    let draft = Draft::new("SignOut", Interaction::Execute);
    // A session that ended in the meantime is what was asked for.
    let _ended_either_way = crate::observe::commit(&house, &context, draft, change).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, "", 0)?;
    Ok(response)
}

fn set_cookie(response: &mut Response, token: &str, seconds: i64) -> Result<(), Fault> {
    let text =
        format!("{}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}", session::COOKIE);
    let value = HeaderValue::from_str(&text).map_err(|e| Fault::new("session cookie", e))?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}

fn next_step(next: &'static str, enrolment: Option<Phi<String>>) -> Response {
    json(StatusCode::ACCEPTED, &NextStep { next, enrolment: enrolment.map(Phi::into_inner) })
}

fn same_password() -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, "password-unchanged", "The new password is the old one")
        .at("newPassword")
}

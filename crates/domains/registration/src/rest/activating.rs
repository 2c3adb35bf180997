//! Accepting an invitation: with a new account by somebody who is nobody yet, or with the account one has.

use super::view::{ActivatedView, ProxyView};
use crate::commands::{AcceptProxy, ActivateAccount};
use crate::decide::inviting::{self, Tried};
use crate::store;
use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::response::Response;
use galen_access::actor::{ActorKind, Position};
use galen_access::invitation::{Invitation, Offer, Standing, StoredInvitation};
use galen_access::proxy::StoredProxy;
use galen_access::user::{self, HOME, StoredUser, User};
use galen_access::{Category, Context, Target, invitation, password, proxy};
use galen_audit::Interaction;
use galen_kernel::{Fault, Instant, Phi, Rejection, RejectionKind, RequestId, UserId};
use galen_records::Change;
use galen_service::accounts::users::account_exists;
use galen_service::http::{Arrival, json, read_json};
use galen_service::observe::{Draft, commit, refused};
use galen_service::{Caller, House, Refusal};
use galen_store::{Conflict, WriteSet};
use http::StatusCode;
use std::sync::Arc;

/// The role of a new account.
const ROLE: &str = "patient";

/// `POST /api/activations`.
pub(super) async fn activate(
    State(house): State<Arc<House>>,
    Extension(arrival): Extension<Arrival>,
    body: Bytes,
) -> Result<Response, Refusal> {
    match activated(&house, &arrival, &body).await {
        Ok(view) => Ok(json(StatusCode::CREATED, &view)),
        Err(refusal) => {
            Err(refused(&house, None, Draft::new("ActivateAccount", Interaction::Create), refusal).await)
        }
    }
}

async fn activated(house: &House, arrival: &Arrival, body: &[u8]) -> Result<ActivatedView, Refusal> {
    let wanted: ActivateAccount = read_json(body)?;
    let now = house.clock.now();
    let name = user::parse_name(&wanted.name)?;
    password::check_strength(wanted.password.reveal(), &name)?;
    let found = redeemed(house, &arrival.address_text(), &wanted.code, &wanted.birth_date, now).await?;
    let role =
        house.access.catalogue.find(ROLE).ok_or_else(|| Fault::new("activation", "no role for patients"))?;
    let position = Position { role: role.code().to_owned(), facility: None, added: Vec::new() };
    let hash = password::hash(wanted.password.reveal().clone()).await?;
    let mut account = User::new(name, ActorKind::Patient, position, hash, now);
    account.password_expired = false;
    if found.invitation.offer == Offer::Account {
        account.patient = Some(found.invitation.patient.clone());
    }
    let id = UserId::parse(new_id(house, now)).map_err(|e| Fault::new("user id", e))?;
    let account = StoredUser { id, version: 1, user: account };
    let context = own_context(house, arrival, &account, now)?;
    let mut change = Change::new();
    for operation in account.add()? {
        change.push(HOME, operation);
    }
    let given = inviting::accept(&found.invitation, &account.id, account.user.patient.as_ref(), &[], now)?;
    let mut draft = Draft::new("ActivateAccount", Interaction::Create);
    draft.entities = vec![format!("User/{}", account.id)];
    accepted(house, &found, &account.id, given, now, &mut draft, &mut change)?;
    match commit(house, &context, draft, change).await? {
        Ok(()) => Ok(ActivatedView { name: account.user.name }),
        Err(Conflict::Claimed { scope, .. }) if scope == user::NAME_SCOPE => Err(name_taken().into()),
        Err(Conflict::Claimed { .. }) => Err(account_exists().into()),
        Err(_) => Err(inviting::not_accepted().into()),
    }
}

/// `POST /api/proxies`.
pub(super) async fn accept_proxy(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut draft = Draft::new("AcceptProxy", Interaction::Create);
    match proxy_accepted(&house, &context, &body, &mut draft).await {
        Ok(view) => Ok(json(StatusCode::CREATED, &view)),
        Err(refusal) => Err(refused(&house, Some(&context), draft, refusal).await),
    }
}

async fn proxy_accepted(
    house: &House,
    context: &Context,
    body: &[u8],
    draft: &mut Draft,
) -> Result<ProxyView, Refusal> {
    draft.allow(house, context, "AcceptProxy", &Target::plain("Proxy", Category::Security)).await?;
    let wanted: AcceptProxy = read_json(body)?;
    let found = redeemed(house, &context.client, &wanted.code, &wanted.birth_date, context.at).await?;
    let holder = &context.actor.user;
    let held = proxy::of_holder(&house.store, holder, context.at).await?;
    let given =
        inviting::accept(&found.invitation, holder, context.actor.patient.as_ref(), &held, context.at)?;
    let mut change = Change::new();
    let Some(given) = accepted(house, &found, holder, given, context.at, draft, &mut change)? else {
        return Err(not_for_accounts().into());
    };
    match commit(house, context, draft.clone(), change).await? {
        Ok(()) => {
            house.access.forget(holder);
            Ok(ProxyView::new(&given))
        }
        Err(_) => Err(inviting::not_accepted().into()),
    }
}

/// The invitation of a good code and birth date. A wrong one costs the code a try and the address one of its own.
async fn redeemed(
    house: &House,
    address: &str,
    code: &Phi<String>,
    birth_date: &Phi<String>,
    now: Instant,
) -> Result<StoredInvitation, Refusal> {
    let id = invitation::id_of_code(code.reveal());
    let tries = format!("invitation:{id}");
    house.access.throttle.take(&tries, address, now)?;
    let found = invitation::by_id(&house.store, &id).await?;
    let born = match &found {
        Some(found) => match store::load(house, found.invitation.patient.as_str()).await {
            Ok(patient) if patient.demographics.replaced_by.is_none() => patient.demographics.birth_date,
            Ok(_) | Err(Refusal::Rejected(_)) => None,
            Err(fault) => return Err(fault),
        },
        None => None,
    };
    match (inviting::try_code(found.as_ref(), born.as_ref(), birth_date, now), found) {
        (Tried::Good(_), Some(found)) => {
            house.access.throttle.give_back(address);
            house.access.throttle.forgive(&tries);
            Ok(found)
        }
        (Tried::Refused(Some(spent)), _) => {
            let operations = vec![spent.change()?];
            // Of two wrong tries at once one may stay uncounted; the throttle counts both.
            let _either =
                house.store.commit(WriteSet { shard: HOME, at: now, operations, journal: None }).await;
            Err(inviting::not_accepted().into())
        }
        _ => Err(inviting::not_accepted().into()),
    }
}

/// Closes the invitation, and gives what it offered beside an account.
fn accepted(
    house: &House,
    found: &StoredInvitation,
    by: &UserId,
    given: Option<proxy::Proxy>,
    now: Instant,
    draft: &mut Draft,
    change: &mut Change,
) -> Result<Option<StoredProxy>, Fault> {
    let invitation = Invitation { standing: Standing::Accepted(by.clone()), ..found.invitation.clone() };
    let closed = StoredInvitation { invitation, ..found.clone() };
    change.push(HOME, closed.change()?);
    draft.patients = vec![found.invitation.patient.to_string()];
    draft.entities.push(format!("Invitation/{}", found.id));
    let Some(given) = given else { return Ok(None) };
    let given = StoredProxy { id: new_id(house, now), version: 1, proxy: given };
    change.push(HOME, given.add()?);
    draft.entities.push(format!("Proxy/{}", given.id));
    Ok(Some(given))
}

fn new_id(house: &House, now: Instant) -> String {
    house.store.new_id(HOME, now, house.entropy.sixteen())
}

/// The standing of somebody who is making their own account.
fn own_context(
    house: &House,
    arrival: &Arrival,
    account: &StoredUser,
    now: Instant,
) -> Result<Context, Fault> {
    let actor = Arc::new(account.actor(&house.access.catalogue));
    Ok(Context {
        purpose: actor.default_purpose(),
        actor,
        at: now,
        request: RequestId::parse(arrival.request.as_str()).map_err(|e| Fault::new("request id", e))?,
        client: arrival.address_text(),
        session: None,
        multi_factor: false,
    })
}

fn name_taken() -> Rejection {
    Rejection::new(RejectionKind::Conflict, "user-name-taken", "Somebody has this sign-in name")
        .at("name")
        .next("Choose another name")
}

fn not_for_accounts() -> Rejection {
    Rejection::new(
        RejectionKind::Unprocessable,
        "code-makes-account",
        "This code makes a patient's own account",
    )
    .at("code")
    .next("Sign out, and make the account with it")
}

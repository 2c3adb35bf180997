//! What a grant is answered with: an access token, and with it context, id token and refresh token; and their undoing.

use crate::endpoint::{Denial, Form, about};
use galen_access::Context;
use galen_access::actor::ActorKind;
use galen_access::smart::authorization::{
    self, ACCESS_MICROS, AGE_MICROS_MAX, Refresh, StoredAuthorization, seconds,
};
use galen_access::smart::identity::{self, IdClaims, IdentityKey};
use galen_access::smart::once::Presented;
use galen_access::smart::{Grant, OAuthError, Plain, Scopes, secret};
use galen_access::user::HOME;
use galen_access::{Actor, session};
use galen_kernel::{Fault, Instant};
use galen_records::Change;
use galen_service::House;
use galen_service::observe::{Draft, commit};
use galen_store::{Conflict, Operation, StoreError, WriteSet};
use serde::Serialize;

/// The refusal of a refresh token.
pub(crate) const NO_REFRESH: OAuthError =
    OAuthError::grant("The refresh token is not good for this client, or what it stands on has ended");

/// The answer to a grant (RFC 6749, 5.1; SMART App Launch 2.2, "Response").
#[derive(Debug, Serialize)]
pub(crate) struct Issued {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    patient: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encounter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    need_patient_banner: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    smart_style_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// A fresh access token for this grant, with the operation that makes it good.
pub(crate) fn access(house: &House, grant: &Grant) -> Result<(String, Operation), Fault> {
    let token = secret::text_of(&house.entropy.thirty_two());
    let operation = Presented::Access.issue(&token, grant, grant.expires)?;
    Ok((token, operation))
}

impl Issued {
    /// A token and nothing with it.
    pub(crate) fn bare(access_token: String, grant: &Grant) -> Self {
        Self {
            access_token,
            token_type: "Bearer",
            expires_in: seconds(grant.expires.since(grant.issued)),
            scope: grant.scopes.to_string(),
            patient: None,
            encounter: None,
            need_patient_banner: None,
            smart_style_url: None,
            id_token: None,
            refresh_token: None,
        }
    }
}

/// What is spent for new tokens.
pub(crate) struct Spending<'s> {
    /// What kind of thing.
    pub(crate) presented: Presented,
    /// The thing.
    pub(crate) secret: &'s str,
    /// How long its use is remembered.
    pub(crate) until: Instant,
}

/// Issues tokens on an authorization, in one commit with what is spent for them.
pub(crate) async fn issue(
    house: &House,
    form: &Form,
    (context, draft): (&Context, &mut Draft),
    (stored, scopes): (&StoredAuthorization, Scopes),
    spending: &Spending<'_>,
    nonce: Option<String>,
) -> Result<Issued, Denial> {
    let authorization = &stored.authorization;
    let grant = Grant {
        client: authorization.client.clone(),
        user: authorization.user.clone(),
        patient: authorization.patient.clone(),
        encounter: authorization.encounter.clone(),
        authorization: Some(stored.id.clone()),
        issued: form.at,
        expires: form.at.plus_micros(ACCESS_MICROS).min(authorization.expires()),
        scopes,
    };
    about(draft, &grant);
    let (token, make_good) = access(house, &grant)?;
    let Spending { presented, secret, until } = spending;
    let mut operations = vec![make_good, presented.end(secret), presented.spend(secret, &stored.id, *until)?];
    let mut issued = Issued::bare(token, &grant);
    issued.patient = grant.patient.as_ref().map(|patient| patient.as_str().to_owned());
    issued.encounter.clone_from(&grant.encounter);
    issued.need_patient_banner = issued.patient.is_some().then_some(true);
    issued.smart_style_url = Some(format!("{}/oauth/smart-style.json", house.origin));
    if authorization.lasts() {
        let refresh = secret_text(house);
        let value = Refresh { authorization: stored.id.clone(), client: authorization.client.clone() };
        operations.push(Presented::Refresh.issue(&refresh, &value, authorization.expires())?);
        issued.refresh_token = Some(refresh);
    }
    if grant.scopes.has(Plain::OpenId) {
        issued.id_token = Some(id_token(house, &context.actor, &grant, nonce).await?);
    }
    let mut change = Change::new();
    for operation in operations {
        change.push(HOME, operation);
    }
    match commit(house, context, draft.clone(), change).await? {
        Ok(()) => Ok(issued),
        Err(conflict) if presented.is_spent_by(&conflict) => {
            end(house, &stored.id, form.at).await?;
            Err(used_before().into())
        }
        Err(conflict) => Err(unexpected(&conflict).into()),
    }
}

pub(crate) fn secret_text(house: &House) -> String {
    secret::text_of(&house.entropy.thirty_two())
}

/// The refusal of a code or refresh token that was used before: all that came of it has ended.
pub(crate) const fn used_before() -> OAuthError {
    OAuthError::grant("It was used before, so all that was issued on it has ended: authorize again")
}

fn unexpected(conflict: &Conflict) -> Fault {
    Fault::new("issue token", format!("{conflict:?}"))
}

/// The authorization, while it, and the session that it lasts as long as, hold.
pub(crate) async fn standing(
    house: &House,
    id: &str,
    now: Instant,
) -> Result<Option<StoredAuthorization>, Fault> {
    let Some(stored) = authorization::by_id(&house.store, id).await? else { return Ok(None) };
    if !stored.authorization.is_live(now) {
        return Ok(None);
    }
    if let Some(session) = &stored.authorization.session {
        let found = session::by_id(&house.store, session).await?;
        if !found.is_some_and(|found| found.session.is_live(now)) {
            return Ok(None);
        }
    }
    Ok(Some(stored))
}

/// Ends an authorization and with it every token on it; one that has ended already is what was wanted.
pub(crate) async fn end(house: &House, id: &str, at: Instant) -> Result<(), Denial> {
    if let Some(stored) = authorization::by_id(&house.store, id).await? {
        let set = WriteSet { shard: HOME, at, operations: vec![stored.end()], journal: None };
        match house.store.commit(set).await {
            Ok(_) | Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    house.access.forget_grants();
    Ok(())
}

/// The client that a refresh token was issued to; of one that was used before, too, so that its second use is seen.
pub(crate) async fn holder(house: &House, refresh: &str, now: Instant) -> Result<Option<String>, Fault> {
    if let Some(found) = Presented::Refresh.find::<Refresh>(&house.store, refresh, now).await? {
        return Ok(Some(found.client));
    }
    let Some(id) = Presented::Refresh.spent::<String>(&house.store, refresh, now).await? else {
        return Ok(None);
    };
    Ok(authorization::by_id(&house.store, &id).await?.map(|stored| stored.authorization.client))
}

/// Until when a refresh token's use is remembered.
pub(crate) fn remembered(at: Instant) -> Instant {
    at.plus_micros(AGE_MICROS_MAX)
}

async fn id_token(
    house: &House,
    actor: &Actor,
    grant: &Grant,
    nonce: Option<String>,
) -> Result<String, Fault> {
    let key = signing_key(house, grant.issued).await?;
    let iat = grant.issued.unix_seconds();
    let who = grant.scopes.has(Plain::FhirUser) || grant.scopes.has(Plain::Profile);
    let fhir_user = fhir_user(house, actor).filter(|_| who);
    key.sign(&IdClaims {
        iss: house.origin.clone(),
        sub: actor.user.as_str().to_owned(),
        aud: grant.client.clone(),
        iat,
        exp: iat + identity::LIFE_SECONDS,
        nonce,
        profile: fhir_user.clone().filter(|_| grant.scopes.has(Plain::Profile)),
        fhir_user,
    })
}

/// The resource that says who a user is.
pub(crate) fn fhir_user(house: &House, actor: &Actor) -> Option<String> {
    let (kind, id) = match actor.kind {
        ActorKind::Patient => ("Patient", actor.patient.as_ref()?.as_str()),
        ActorKind::Staff | ActorKind::Service => ("Practitioner", actor.practitioner.as_ref()?.as_str()),
    };
    Some(format!("{}/{kind}/{id}", house.fhir_base()))
}

/// The newest key, or a new one when there is none that should still sign.
async fn signing_key(house: &House, now: Instant) -> Result<IdentityKey, Fault> {
    if let Some(key) = identity::list(&house.store).await?.into_iter().next().filter(|key| key.is_fresh(now))
    {
        return Ok(key);
    }
    let made = tokio::task::spawn_blocking(move || IdentityKey::generate(now)).await;
    let (key, put) = made.map_err(|e| Fault::new("make identity key", e))??;
    let set = WriteSet { shard: HOME, at: now, operations: vec![put], journal: None };
    house.store.commit(set).await?;
    Ok(key)
}

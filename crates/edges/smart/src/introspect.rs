//! `POST /oauth/introspect` (RFC 7662) and `POST /oauth/revoke` (RFC 7009): what a token is, and its end.

use crate::client_proof::client_of;
use crate::endpoint::{Denial, Form, about, deny, draft, fresh};
use crate::grants::{end, fhir_user, standing};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use galen_access::smart::authorization::Refresh;
use galen_access::smart::client::Authentication;
use galen_access::smart::once::Presented;
use galen_access::smart::request::Parameters;
use galen_access::smart::{Grant, OAuthError};
use galen_access::user::HOME;
use galen_access::{Actor, Category, Context, Decision, Target};
use galen_kernel::{PatientId, RequestId};
use galen_service::House;
use galen_service::caller::authorization;
use galen_service::observe::{Draft, looked};
use galen_store::WriteSet;
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// Answers whether a token is good.
pub(crate) async fn introspect(State(house): State<Arc<House>>, request: Request) -> Response {
    let mut draft = draft("IntrospectToken");
    let mut context = None;
    match told(&house, request, &mut draft, &mut context).await {
        Ok(told) => fresh(&told),
        Err(denial) => deny(&house, context.as_ref(), draft, denial).await,
    }
}

/// Who asks: a client about its own tokens, or a server of resources with an account that may ask about all.
async fn asking(house: &House, form: &Form) -> Result<Option<String>, Denial> {
    const NOT: OAuthError =
        OAuthError::client("Introspection is for confidential clients and permitted accounts");
    let given = authorization(&form.headers).map_err(|_| NOT)?;
    let bearer = given.and_then(|value| value.to_str().ok()?.split_once(' '));
    let Some((_, token)) = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) else {
        let client = client_of(house, form).await?;
        if client.client.authentication == Authentication::Nothing {
            return Err(NOT.into());
        }
        return Ok(Some(client.id));
    };
    let actor = house.access.actor_of_token(token.trim(), form.at).await?.map_err(|_| NOT)?;
    let context = standing_as(form, actor)?;
    let target = Target::plain("Authorization", Category::Security);
    match house.access.authorize(&context, "IntrospectToken", &target).await? {
        Decision::Allowed { .. } => Ok(None),
        Decision::Refused(_) => Err(NOT.into()),
    }
}

fn standing_as(form: &Form, actor: Arc<Actor>) -> Result<Context, Denial> {
    Ok(Context {
        purpose: actor.default_purpose(),
        actor,
        at: form.at,
        request: RequestId::parse(form.arrival.request.as_str())
            .map_err(|e| galen_kernel::Fault::new("request id", e))?,
        client: form.arrival.address_text(),
        session: None,
        multi_factor: false,
    })
}

async fn told(
    house: &House,
    request: Request,
    draft: &mut Draft,
    context: &mut Option<Context>,
) -> Result<Value, Denial> {
    let form = Form::read(house, request).await?;
    let parameters = Parameters::of(&form.pairs);
    parameters.check()?;
    let asking = asking(house, &form).await?;
    let text = parameters.get("token").ok_or(OAuthError::request("token is missing"))?;
    let own = |client: &str| asking.as_deref().is_none_or(|asking| asking == client);
    let told = match house.access.actor_of_token(text, form.at).await? {
        Ok(actor) => match actor.grant.clone().filter(|grant| own(&grant.client)) {
            Some(grant) => {
                about(draft, &grant);
                let told = active(house, &actor, &grant);
                *context = Some(standing_as(&form, actor)?);
                told
            }
            None => json!({ "active": false }),
        },
        Err(_) => refreshing(house, &form, text, own).await?,
    };
    let noted = std::mem::replace(draft, Draft::new("IntrospectToken", draft.interaction));
    match &*context {
        Some(context) => looked(house, context, noted).await?,
        None => {
            let nobody = galen_service::reaction::system_context(house, &form.arrival.request)?;
            looked(house, &nobody, noted).await?;
        }
    }
    Ok(told)
}

fn active(house: &House, actor: &Actor, grant: &Grant) -> Value {
    json!({
        "active": true,
        "token_type": "Bearer",
        "client_id": grant.client,
        "scope": grant.scopes.to_string(),
        "iss": house.origin,
        "sub": grant.user.as_str(),
        "username": actor.name,
        "iat": grant.issued.unix_seconds(),
        "exp": grant.expires.unix_seconds(),
        "patient": grant.patient.as_ref().map(PatientId::as_str),
        "encounter": grant.encounter,
        "fhirUser": fhir_user(house, actor),
    })
}

/// Whether a text is a refresh token that would be taken.
async fn refreshing(
    house: &House,
    form: &Form,
    text: &str,
    own: impl Fn(&str) -> bool,
) -> Result<Value, Denial> {
    let found = Presented::Refresh.find::<Refresh>(&house.store, text, form.at).await?;
    let Some(refresh) = found.filter(|refresh| own(&refresh.client)) else {
        return Ok(json!({ "active": false }));
    };
    Ok(match standing(house, &refresh.authorization, form.at).await? {
        None => json!({ "active": false }),
        Some(stored) => json!({
            "active": true,
            "token_type": "refresh_token",
            "client_id": refresh.client,
            "scope": stored.authorization.scopes.to_string(),
            "iss": house.origin,
            "sub": stored.authorization.user.as_str(),
            "exp": stored.authorization.expires().unix_seconds(),
        }),
    })
}

/// Ends a token. One that is not there has ended already.
pub(crate) async fn revoke(State(house): State<Arc<House>>, request: Request) -> Response {
    let mut draft = draft("RevokeToken");
    match revoked(&house, request, &mut draft).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(denial) => deny(&house, None, draft, denial).await,
    }
}

async fn revoked(house: &House, request: Request, draft: &mut Draft) -> Result<(), Denial> {
    let form = Form::read(house, request).await?;
    let parameters = Parameters::of(&form.pairs);
    parameters.check()?;
    let client = client_of(house, &form).await?;
    draft.entities = vec![format!("Client/{}", client.id)];
    let text = parameters.get("token").ok_or(OAuthError::request("token is missing"))?;
    let store = &house.store;
    if let Some(grant) = Presented::Access.find::<Grant>(store, text, form.at).await? {
        if grant.client == client.id {
            about(draft, &grant);
            let operations = vec![Presented::Access.end(text)];
            store.commit(WriteSet { shard: HOME, at: form.at, operations, journal: None }).await?;
            house.access.forget_grants();
        }
    } else if let Some(refresh) = Presented::Refresh.find::<Refresh>(store, text, form.at).await?
        && refresh.client == client.id
    {
        draft.entities.push(format!("Authorization/{}", refresh.authorization));
        end(house, &refresh.authorization, form.at).await?;
    }
    let nobody = galen_service::reaction::system_context(house, &form.arrival.request)?;
    looked(house, &nobody, draft.clone()).await?;
    Ok(())
}

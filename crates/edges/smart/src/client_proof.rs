//! Who the client is: by nothing (public), by the refresh token that a public client holds, by its secret (HTTP Basic), or
//! by an assertion signed with its key.

use crate::endpoint::{Denial, Form};
use crate::grants::{NO_REFRESH, holder};
use crate::keys;
use data_encoding::BASE64;
use galen_access::smart::OAuthError;
use galen_access::smart::assertion::{ASSERTION_TYPE, SKEW_SECONDS_MAX, Unverified};
use galen_access::smart::client::{self, Authentication, StoredClient};
use galen_access::smart::jwk::KeySet;
use galen_access::smart::once::Presented;
use galen_access::smart::request::Parameters;
use galen_access::user::HOME;
use galen_kernel::MICROS_PER_SECOND;
use galen_service::House;
use galen_service::caller::authorization;
use galen_store::{StoreError, WriteSet};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::sync::Arc;

/// Longest `Authorization` header that is looked at.
const BASIC_BYTES_MAX: usize = 1_024;

const UNKNOWN: OAuthError =
    OAuthError::client("The client is unknown or disabled, or did not prove that it is the one it says");

const TWICE: OAuthError = OAuthError::request("The client proves who it is in one way only");

/// How the client shows who it is.
enum Proof<'f> {
    Nothing(&'f str),
    /// A refresh token alone. `client_id` is required for codes only (RFC 6749, 4.1.3 and 6), and browser applications
    /// leave it out of refreshes.
    Refresh(&'f str),
    Secret(String, String),
    Assertion(&'f str),
}

fn proof(form: &Form) -> Result<Proof<'_>, OAuthError> {
    let parameters = Parameters::of(&form.pairs);
    let basic = authorization(&form.headers).map_err(|_| TWICE)?;
    let assertion = parameters.get("client_assertion");
    if basic.is_some() && assertion.is_some() {
        return Err(TWICE);
    }
    if parameters.get("client_secret").is_some() {
        return Err(OAuthError::client(
            "A client secret is sent as HTTP Basic authorization, not in the form",
        ));
    }
    if let Some(assertion) = assertion {
        if parameters.get("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(OAuthError::client("client_assertion_type must be that of a JWT bearer assertion"));
        }
        return Ok(Proof::Assertion(assertion));
    }
    if let Some(basic) = basic {
        let (id, secret) = read_basic(basic.as_bytes()).ok_or(UNKNOWN)?;
        return Ok(Proof::Secret(id, secret));
    }
    if let Some(id) = parameters.get("client_id") {
        return Ok(Proof::Nothing(id));
    }
    parameters
        .get("refresh_token")
        .filter(|_| parameters.get("grant_type") == Some("refresh_token"))
        .map(Proof::Refresh)
        .ok_or(OAuthError::client("The client does not say who it is"))
}

/// Reads HTTP Basic as OAuth writes it (RFC 6749, 2.3.1): both parts percent-encoded first.
fn read_basic(value: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(value).ok().filter(|text| text.len() <= BASIC_BYTES_MAX)?;
    let (scheme, rest) = text.split_once(' ')?;
    let bytes =
        BASE64.decode(rest.trim().as_bytes()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let pair = String::from_utf8(bytes).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned);
    Some((decoded(id)?, decoded(secret)?))
}

/// The client of a request, proven.
pub(crate) async fn client_of(house: &House, form: &Form) -> Result<StoredClient, Denial> {
    let proof = proof(form)?;
    let unverified = match &proof {
        Proof::Assertion(text) => Some(Unverified::read(text)?),
        _ => None,
    };
    let id = match (&proof, &unverified) {
        (Proof::Nothing(id), _) => (*id).to_owned(),
        // Of a token that nobody holds nothing is found below: the try counts all the same.
        (Proof::Refresh(text), _) => holder(house, text, form.at).await?.unwrap_or_default(),
        (Proof::Secret(id, _), _) => id.clone(),
        (Proof::Assertion(_), Some(unverified)) => unverified.client.clone(),
        (Proof::Assertion(_), None) => return Err(UNKNOWN.into()),
    };
    if Parameters::of(&form.pairs).get("client_id").is_some_and(|named| named != id) {
        return Err(
            OAuthError::client("client_id names another client than the one that proves who it is").into()
        );
    }
    // Tries are counted by client and address: nobody locks a client out by failing in its name.
    let address = form.arrival.address_text();
    let account = format!("client/{id}/{address}");
    house.access.throttle.take(&account, &address, form.at)?;
    let found = client::by_id(&house.store, &id).await?.filter(|found| !found.client.disabled);
    let unknown = if matches!(proof, Proof::Refresh(_)) { NO_REFRESH } else { UNKNOWN };
    let found = found.ok_or(unknown)?;
    match (&found.client.authentication, &proof, unverified) {
        (Authentication::Nothing, Proof::Nothing(_) | Proof::Refresh(_), _) => {}
        (Authentication::Secret { .. }, Proof::Secret(_, secret), _) if found.client.has_secret(secret) => {}
        (Authentication::Keys { .. } | Authentication::KeysAt { .. }, _, Some(unverified)) => {
            check(house, form, &found, &unverified).await?;
        }
        _ => return Err(UNKNOWN.into()),
    }
    house.access.throttle.forgive(&account);
    house.access.throttle.give_back(&address);
    Ok(found)
}

/// Verifies an assertion and spends it, at once: whatever comes of the request, it is good no second time.
async fn check(
    house: &House,
    form: &Form,
    found: &StoredClient,
    unverified: &Unverified<'_>,
) -> Result<(), Denial> {
    let (keys, address) = match &found.client.authentication {
        Authentication::Keys { jwks } => (Arc::new(KeySet::parse(jwks).map_err(OAuthError::client)?), None),
        Authentication::KeysAt { url } => {
            (keys::at(url).await.map_err(OAuthError::client)?, Some(url.as_str()))
        }
        _ => return Err(UNKNOWN.into()),
    };
    if unverified.jku().is_some_and(|jku| Some(jku) != address) {
        return Err(OAuthError::client(
            "The assertion's jku is not the address registered for the client's keys",
        )
        .into());
    }
    let assertion = unverified.verify(&keys, &token_endpoint(house), form.at)?;
    let name = format!("{}/{}", found.id, assertion.jti);
    let until = assertion.expires.plus_micros(SKEW_SECONDS_MAX * MICROS_PER_SECOND);
    let spend = Presented::Assertion.spend(&name, &found.id, until)?;
    let set = WriteSet { shard: HOME, at: form.at, operations: vec![spend], journal: None };
    match house.store.commit(set).await {
        Ok(_) => Ok(()),
        Err(StoreError::Conflict(conflict)) if Presented::Assertion.is_spent_by(&conflict) => {
            Err(OAuthError::client("The assertion was used before: its jti must be new each time").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The address that assertions are for.
pub(crate) fn token_endpoint(house: &House) -> String {
    format!("{}/oauth/token", house.origin)
}

//! What the server tells of itself: `.well-known/smart-configuration`, OpenID's discovery, the keys of id tokens, the style.

use axum::extract::State;
use axum::response::Response;
use galen_access::smart::identity;
use galen_access::smart::scope::Plain;
use galen_service::http::json;
use galen_service::{House, Refusal};
use http::StatusCode;
use serde_json::{Value, json as value};
use std::sync::Arc;

/// Methods by which a confidential client proves who it is.
const PROOFS: [&str; 2] = ["client_secret_basic", "private_key_jwt"];
/// Algorithms of assertions.
const ALGORITHMS: [&str; 2] = ["RS384", "ES384"];
/// What SMART App Launch 2.2 names and this server does.
const CAPABILITIES: [&str; 18] = [
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-style",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
];

fn endpoints(house: &House) -> Value {
    let at = |path: &str| format!("{}{path}", house.origin);
    let mut scopes: Vec<&str> = Plain::ALL.iter().map(|scope| scope.code()).collect();
    scopes.extend([
        "patient/*.cruds",
        "user/*.cruds",
        "system/*.cruds",
        "patient/*.*",
        "user/*.*",
        "system/*.*",
    ]);
    value!({
        "issuer": house.origin,
        "jwks_uri": at("/oauth/jwks"),
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "introspection_endpoint": at("/oauth/introspect"),
        "revocation_endpoint": at("/oauth/revoke"),
        "token_endpoint_auth_methods_supported": PROOFS,
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "scopes_supported": scopes,
    })
}

/// `GET /fhir/.well-known/smart-configuration`, and the same at the root.
pub(crate) async fn smart_configuration(State(house): State<Arc<House>>) -> Response {
    let mut told = endpoints(&house);
    if let Some(object) = told.as_object_mut() {
        object.insert("capabilities".to_owned(), value!(CAPABILITIES));
    }
    json(StatusCode::OK, &told)
}

/// `GET /.well-known/openid-configuration`.
pub(crate) async fn openid_configuration(State(house): State<Arc<House>>) -> Response {
    let mut told = endpoints(&house);
    if let Some(object) = told.as_object_mut() {
        object.insert("subject_types_supported".to_owned(), value!(["public"]));
        object.insert("id_token_signing_alg_values_supported".to_owned(), value!(["RS256"]));
        object.insert(
            "claims_supported".to_owned(),
            value!(["iss", "sub", "aud", "iat", "exp", "nonce", "fhirUser"]),
        );
    }
    json(StatusCode::OK, &told)
}

/// `GET /oauth/jwks`.
pub(crate) async fn jwks(State(house): State<Arc<House>>) -> Result<Response, Refusal> {
    let keys: Vec<Value> =
        identity::list(&house.store).await?.iter().map(identity::IdentityKey::jwk).collect();
    Ok(json(StatusCode::OK, &value!({ "keys": keys })))
}

/// `GET /oauth/smart-style.json`: the look that an application may take on.
pub(crate) async fn style() -> Response {
    json(
        StatusCode::OK,
        &value!({
            "color_background": "#ffffff",
            "color_error": "#b3261e",
            "color_highlight": "#0b7285",
            "color_modal_backdrop": "#00000080",
            "color_success": "#2b8a3e",
            "color_text": "#1a1b1e",
            "dim_border_radius": "4px",
            "dim_font_size": "16px",
            "dim_spacing_size": "16px",
            "font_family_body": "system-ui, sans-serif",
            "font_family_heading": "system-ui, sans-serif",
        }),
    )
}

//! OAuth's forms and answers, for the description of the API. What is in the forms is read by
//! `galen_access::smart::request`.

use serde_json::{Map, Value, json};

fn form(required: &[&str], fields: &[(&str, &str)]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|(name, about)| ((*name).to_owned(), json!({ "type": "string", "description": about })))
        .collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

/// What asks for authorization (RFC 6749, 4.1.1; RFC 7636; SMART App Launch 2.2).
pub(crate) fn authorize() -> Value {
    form(
        &[
            "response_type",
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "aud",
            "code_challenge",
            "code_challenge_method",
        ],
        &[
            ("response_type", "`code`"),
            ("client_id", "The application"),
            ("redirect_uri", "Where the answer goes, as it is registered"),
            ("scope", "What it asks for"),
            ("state", "Sent back with the answer"),
            ("aud", "The base address of the FHIR server"),
            ("code_challenge", "PKCE: the hash of a verifier"),
            ("code_challenge_method", "`S256`"),
            ("launch", "What an EHR launch brought"),
            ("nonce", "Goes into the id token"),
        ],
    )
}

const PROOF: [(&str, &str); 3] = [
    ("client_id", "The application, where nothing else says it"),
    ("client_assertion_type", "For an application that signs: that of a JWT bearer assertion"),
    ("client_assertion", "The assertion"),
];

/// What is given for tokens.
pub(crate) fn token() -> Value {
    let own = [
        ("grant_type", "`authorization_code`, `refresh_token` or `client_credentials`"),
        ("code", "The code"),
        ("redirect_uri", "As it was when the code was asked for"),
        ("code_verifier", "PKCE: the verifier"),
        ("refresh_token", "The refresh token"),
        ("scope", "Less than what was granted, or what a program asks for"),
    ];
    form(&["grant_type"], &[&own[..], &PROOF[..]].concat())
}

/// A token to be told about, or ended.
pub(crate) fn about_token() -> Value {
    let own = [("token", "The token"), ("token_type_hint", "What sort of token it is")];
    form(&["token"], &[&own[..], &PROOF[..]].concat())
}

/// Tokens (RFC 6749, 5.1; SMART App Launch 2.2).
pub(crate) fn tokens() -> Value {
    json!({
        "type": "object",
        "required": ["access_token", "token_type", "expires_in", "scope"],
        "properties": {
            "access_token": { "type": "string" },
            "token_type": { "const": "Bearer" },
            "expires_in": { "type": "integer", "description": "Its life in seconds" },
            "scope": { "type": "string", "description": "What was granted" },
            "refresh_token": { "type": "string" },
            "id_token": { "type": "string" },
            "patient": { "type": "string", "description": "The patient in context" },
            "encounter": { "type": "string", "description": "The encounter in context" },
            "need_patient_banner": { "type": "boolean" },
            "smart_style_url": { "type": "string" }
        }
    })
}

/// What a token is good for (RFC 7662).
pub(crate) fn introspected() -> Value {
    json!({
        "type": "object",
        "required": ["active"],
        "properties": { "active": { "type": "boolean" } }
    })
}

//! Authorization requests (RFC 6749, 4.1.1; RFC 7636; SMART App Launch 2.2): everything is checked before anybody is sent
//! anywhere. Pure.

use super::client::Client;
use super::error::{OAuthCode, OAuthError};
use super::scope::{Level, Plain, ResourceScope, Scopes};
use serde::{Deserialize, Serialize};

/// Longest `state` and `nonce`.
pub const STATE_CHARACTERS_MAX: usize = 1_000;
/// Characters of an S256 challenge.
const CHALLENGE_CHARACTERS: usize = 43;
/// Characters of a PKCE verifier (RFC 7636, 4.1).
const VERIFIER_CHARACTERS: std::ops::RangeInclusive<usize> = 43..=128;
/// Most parameters of one request.
const PARAMETERS_MAX: usize = 50;

/// A request that may be asked of the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The client.
    pub client: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Sent back with the answer.
    pub state: String,
    /// What it asks for, as far as it may.
    pub scopes: Scopes,
    /// PKCE: S256 of a verifier that the client keeps.
    pub challenge: String,
    /// An EHR's launch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch: Option<String>,
    /// Goes into the id token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

/// Why a request is not asked of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// It is not known to come from the client, so it is shown here and nobody is sent anywhere.
    Shown(OAuthError),
    /// The client is told, at its own address.
    Told {
        /// The address.
        redirect_uri: String,
        /// Its state.
        state: Option<String>,
        /// What is wrong.
        error: OAuthError,
    },
}

/// The parameters of a request, each at most once.
pub struct Parameters<'p>(&'p [(String, String)]);

impl<'p> Parameters<'p> {
    /// Of these pairs.
    pub const fn of(pairs: &'p [(String, String)]) -> Self {
        Self(pairs)
    }

    /// The value of a parameter; empty is absent (RFC 6749, 3.1).
    pub fn get(&self, name: &str) -> Option<&'p str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }

    /// Refuses what is said twice.
    pub fn once(&self, name: &str) -> Result<Option<&'p str>, OAuthError> {
        if self.0.iter().filter(|(key, _)| key == name).count() > 1 {
            return Err(OAuthError::request("A parameter is given twice"));
        }
        Ok(self.get(name))
    }

    /// Refuses requests in which anything is said twice, and those with too many parameters.
    pub fn check(&self) -> Result<(), OAuthError> {
        if self.0.len() > PARAMETERS_MAX {
            return Err(OAuthError::request("There are too many parameters"));
        }
        self.0.iter().try_for_each(|(name, _)| self.once(name).map(|_| ()))
    }
}

/// The client that a request names.
pub fn client_of<'p>(parameters: &Parameters<'p>) -> Result<&'p str, OAuthError> {
    parameters.once("client_id")?.ok_or(OAuthError::request("client_id is missing"))
}

/// Reads a request of this client. `audience` is the FHIR base; `fits` says whether a resource scope can be enforced here.
pub fn read(
    id: &str,
    client: &Client,
    parameters: &Parameters<'_>,
    audience: &str,
    fits: impl FnMut(&ResourceScope) -> bool,
) -> Result<AuthorizationRequest, Flaw> {
    let redirect_uri = parameters.once("redirect_uri").map_err(Flaw::Shown)?;
    let redirect_uri = redirect_uri.ok_or(Flaw::Shown(OAuthError::request("redirect_uri is missing")))?;
    if !client.redirects_to(redirect_uri) {
        return Err(Flaw::Shown(OAuthError::request("The redirect_uri is not registered for this client")));
    }
    let state = parameters.get("state").filter(|state| state.len() <= STATE_CHARACTERS_MAX);
    let told =
        |error| Flaw::Told { redirect_uri: redirect_uri.to_owned(), state: state.map(str::to_owned), error };
    parameters.check().map_err(told)?;
    check_form(parameters, audience).map_err(told)?;
    let state =
        state.ok_or_else(|| told(OAuthError::request("state is missing, or longer than 1000 characters")))?;
    let challenge = challenge(parameters).map_err(told)?;
    let launch = parameters.get("launch").map(str::to_owned);
    let scopes = scopes(client, parameters, launch.is_some(), fits).map_err(told)?;
    Ok(AuthorizationRequest {
        client: id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        state: state.to_owned(),
        scopes,
        challenge,
        launch,
        nonce: parameters.get("nonce").map(str::to_owned),
    })
}

fn check_form(parameters: &Parameters<'_>, audience: &str) -> Result<(), OAuthError> {
    if parameters.get("response_type") != Some("code") {
        let description = "response_type must be code";
        return Err(OAuthError::new(OAuthCode::UnsupportedResponseType, description));
    }
    if parameters.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(OAuthError::request("response_mode must be query"));
    }
    if parameters.get("request").is_some() || parameters.get("request_uri").is_some() {
        return Err(OAuthError::request("Request objects are not taken here"));
    }
    if parameters.get("aud").is_none_or(|aud| aud.trim_end_matches('/') != audience) {
        return Err(OAuthError::request("aud must be the base address of the FHIR server"));
    }
    if parameters.get("nonce").is_some_and(|nonce| nonce.len() > STATE_CHARACTERS_MAX) {
        return Err(OAuthError::request("nonce is longer than 1000 characters"));
    }
    Ok(())
}

fn challenge(parameters: &Parameters<'_>) -> Result<String, OAuthError> {
    if parameters.get("code_challenge_method") != Some("S256") {
        return Err(OAuthError::request("code_challenge_method must be S256"));
    }
    let is_challenge = |text: &&str| text.len() == CHALLENGE_CHARACTERS && text.bytes().all(is_base64url);
    let challenge = parameters.get("code_challenge").filter(is_challenge);
    challenge
        .map(str::to_owned)
        .ok_or(OAuthError::request("code_challenge must be the S256 hash of the verifier"))
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether a text can be a PKCE verifier.
pub fn is_verifier(text: &str) -> bool {
    VERIFIER_CHARACTERS.contains(&text.len())
        && text.bytes().all(|b| is_base64url(b) || matches!(b, b'.' | b'~'))
}

fn scopes(
    client: &Client,
    parameters: &Parameters<'_>,
    has_launch: bool,
    fits: impl FnMut(&ResourceScope) -> bool,
) -> Result<Scopes, OAuthError> {
    let asked = parameters.get("scope").unwrap_or_default();
    let asked = Scopes::parse(asked)
        .map_err(|_| OAuthError::new(OAuthCode::InvalidScope, "There are too many scopes"))?;
    if has_launch && !asked.has(Plain::Launch) {
        return Err(OAuthError::new(OAuthCode::InvalidScope, "A launch goes with the scope launch"));
    }
    let mut fits = fits;
    let granted = asked.within(&client.scopes).filtered(|scope| scope.level != Level::System && fits(scope));
    let granted = if has_launch { granted } else { granted.without(Plain::Launch) };
    if granted.is_empty() {
        return Err(OAuthError::new(
            OAuthCode::InvalidScope,
            "None of these scopes can be granted to this client",
        ));
    }
    Ok(granted)
}

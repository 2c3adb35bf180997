//! Client applications: what an administrator registers, and how they lie in the store.

use super::jwk::KeySet;
use super::scope::{Level, Scopes};
use super::secret;
use crate::user::HOME;
use crate::{CLIENT, document};
use galen_kernel::{Fault, Instant, Rejection, RejectionKind, UserId};
use galen_store::{Condition, Expected, IndexRows, Match, Operation, Order, Param, Scan, Store, TermMatch};
use serde::{Deserialize, Serialize};

/// Most characters of a client's name: it is shown to who is asked for consent.
pub const NAME_CHARACTERS_MAX: usize = 100;
/// Most redirect addresses of one client.
pub const REDIRECTS_MAX: usize = 20;
/// Longest address that is registered.
pub const ADDRESS_CHARACTERS_MAX: usize = 1_000;
/// Most clients that one listing shows.
pub const CLIENTS_LISTED_MAX: u32 = 1_000;

const PARAM_NAME: Param = Param(1);

/// How a client proves that it is who it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "by")]
pub enum Authentication {
    /// Not at all: it runs where nothing can be kept secret. PKCE ties its code to it.
    Nothing,
    /// By a secret of ours; its hash is kept.
    Secret {
        /// SHA-256.
        hash: String,
    },
    /// By assertions signed with one of these keys.
    Keys {
        /// A JSON Web Key Set.
        jwks: String,
    },
    /// By assertions signed with one of the keys at this address.
    KeysAt {
        /// An https address.
        url: String,
    },
}

/// A client as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    /// What people know it by.
    pub name: String,
    /// How it proves who it is.
    pub authentication: Authentication,
    /// Where answers may be sent; compared character by character.
    pub redirect_uris: Vec<String>,
    /// Where an EHR launch begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch_url: Option<String>,
    /// What it may ask for at most.
    pub scopes: Scopes,
    /// Whose rights its `system/` scopes are within: an account of a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<UserId>,
    /// Whether it gets nothing any more.
    pub disabled: bool,
    /// Tokens made before this are void.
    pub valid_from: Instant,
    /// When it was registered.
    pub created: Instant,
}

/// A client with its id and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredClient {
    /// Its `client_id`.
    pub id: String,
    /// Version of its document.
    pub version: u64,
    /// The client.
    pub client: Client,
}

fn refused(code: &'static str, message: &str, location: &str) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, code, message).at(location)
}

impl Client {
    /// Checks what was registered, before it is kept.
    pub fn check(&self) -> Result<(), Rejection> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARACTERS_MAX || name.chars().any(char::is_control)
        {
            return Err(refused("client-name-invalid", "A client's name has 1 to 100 characters", "name"));
        }
        if self.redirect_uris.len() > REDIRECTS_MAX || !self.redirect_uris.iter().all(|uri| is_redirect(uri))
        {
            return Err(refused(
                "redirect-uri-invalid",
                "A redirect address is https, http on this machine's loopback, or an app's own scheme with a dot in it",
                "redirectUris",
            )
            .next("Give whole addresses, without fragment, wildcard or user name"));
        }
        if self.launch_url.as_deref().is_some_and(|url| !is_web_address(url)) {
            return Err(refused(
                "launch-url-invalid",
                "A launch address is https, or http on loopback",
                "launchUrl",
            ));
        }
        self.check_scopes()?;
        match &self.authentication {
            Authentication::Keys { jwks } => {
                KeySet::registered(jwks).map_err(|why| refused("jwks-invalid", why, "jwks"))?;
            }
            Authentication::KeysAt { url } if !is_public_https(url) => {
                return Err(refused(
                    "jwks-uri-invalid",
                    "The keys' address is https and names a public host, not this machine or a private address",
                    "jwksUri",
                ));
            }
            _ => {}
        }
        Ok(())
    }

    fn check_scopes(&self) -> Result<(), Rejection> {
        if self.scopes.is_empty() {
            return Err(refused("scopes-missing", "A client may ask for at least one scope", "scopes")
                .next("Give scopes as 'launch/patient patient/*.rs openid fhirUser'"));
        }
        let is_backend = self.scopes.has_level(Level::System);
        let has_users = self.scopes.has_level(Level::User) || self.scopes.needs_patient();
        if has_users && self.redirect_uris.is_empty() {
            return Err(refused(
                "redirect-uri-missing",
                "A client with users needs a redirect address",
                "redirectUris",
            ));
        }
        if !is_backend {
            return Ok(());
        }
        if !matches!(self.authentication, Authentication::Keys { .. } | Authentication::KeysAt { .. }) {
            return Err(refused(
                "jwks-missing",
                "system/ scopes are for clients that sign with a key",
                "jwks",
            ));
        }
        if self.account.is_none() {
            return Err(refused(
                "account-missing",
                "system/ scopes need the account whose rights they are within",
                "user",
            )
            .next("Add one with the role integration, and name it"));
        }
        Ok(())
    }

    /// Whether its secret is this one.
    pub fn has_secret(&self, given: &str) -> bool {
        matches!(&self.authentication, Authentication::Secret { hash } if secret::is_of(given, hash))
    }

    /// The origins of its addresses, for browsers that ask from where it may be called.
    pub fn redirects_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|own| own == uri)
    }
}

impl StoredClient {
    /// The operation that registers it.
    pub fn add(&self) -> Result<Operation, Fault> {
        document::put(CLIENT, &self.id, Expected::Absent, &self.client, index(&self.client))
    }

    /// The operation that stores it as changed since it was read.
    pub fn change(&self) -> Result<Operation, Fault> {
        document::put(CLIENT, &self.id, Expected::Version(self.version), &self.client, index(&self.client))
    }
}

fn index(client: &Client) -> IndexRows {
    let name = client.name.to_lowercase().into_bytes();
    IndexRows { terms: vec![(PARAM_NAME, name)], ..IndexRows::default() }
}

/// The client with this id.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<StoredClient>, Fault> {
    if !galen_kernel::valid_id(id) {
        return Ok(None);
    }
    let Some(found) = store.get(HOME, CLIENT, id).await? else { return Ok(None) };
    let Some(client) = document::read(&found)? else { return Ok(None) };
    Ok(Some(StoredClient { id: found.id, version: found.version, client }))
}

/// All clients by name, up to [`CLIENTS_LISTED_MAX`].
pub async fn list(store: &Store) -> Result<Vec<StoredClient>, Fault> {
    let scan = Scan::new(
        CLIENT,
        vec![Condition::Any(vec![Match::Term(PARAM_NAME, TermMatch::Present)])],
        Order::Term { param: PARAM_NAME, descending: false },
        CLIENTS_LISTED_MAX,
    );
    let mut clients = Vec::new();
    for found in store.scan(HOME, &scan).await?.documents {
        if let Some(client) = document::read(&found)? {
            clients.push(StoredClient { id: found.id, version: found.version, client });
        }
    }
    Ok(clients)
}

/// The scheme, host and rest of an address that a client may register; `None` for what no browser reads one way only.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let is_plain = text.len() <= ADDRESS_CHARACTERS_MAX
        && text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'*' | b'#' | b'"' | b'<' | b'>'));
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    if !is_plain || !is_scheme {
        return None;
    }
    let Some(rest) = rest.strip_prefix("//") else { return Some((scheme, "", rest)) };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if authority.contains('@') || path.split('/').any(|part| part == "..") {
        return None;
    }
    Some((scheme, authority, path))
}

/// The host of an authority, without its port.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            (host, after.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    (is_port && !host.is_empty()).then_some(host)
}

fn is_web_address(text: &str) -> bool {
    let Some((scheme, authority, _)) = parts(text) else { return false };
    let Some(host) = host_of(authority) else { return false };
    match scheme {
        "https" => true,
        "http" => matches!(host, "localhost" | "127.0.0.1" | "::1"),
        _ => false,
    }
}

/// https, http on loopback (RFC 8252, 7.3), or an app's own scheme in reverse domain order (7.1).
fn is_redirect(text: &str) -> bool {
    let is_own_scheme = || parts(text).is_some_and(|(scheme, ..)| scheme.contains('.'));
    is_web_address(text) || is_own_scheme()
}

/// Whether this address may be fetched from: https, and no name or number of this machine or a private network. What a
/// name resolves to is checked again when it is fetched.
pub fn is_public_https(text: &str) -> bool {
    let Some(("https", authority, _)) = parts(text) else { return false };
    let Some(host) = host_of(authority) else { return false };
    match host.parse::<std::net::IpAddr>() {
        Ok(address) => is_public(address),
        Err(_) => {
            let is_number = host.split('.').next_back().is_some_and(|last| {
                last.is_empty() || last.starts_with("0x") || last.bytes().all(|b| b.is_ascii_digit())
            });
            let is_local = ["localhost", "local", "internal", "home.arpa"]
                .iter()
                .any(|name| host == *name || host.ends_with(&format!(".{name}")));
            host.contains('.') && !is_number && !is_local
        }
    }
}

/// Whether an address is one of the public internet.
pub fn is_public(address: std::net::IpAddr) -> bool {
    match address {
        std::net::IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 198 && matches!(b, 18 | 19))
                || (a == 192 && b == 0))
        }
        std::net::IpAddr::V6(v6) => {
            // Only global unicast; addresses that carry an IPv4 address inside are judged by that one.
            let first = v6.segments().first().copied().unwrap_or_default();
            match v6.to_ipv4_mapped() {
                Some(v4) => is_public(v4.into()),
                None => {
                    (0x2000..0x4000).contains(&first)
                        && first != 0x2002
                        && !v6.is_multicast()
                        && !is_special(v6)
                }
            }
        }
    }
}

/// Teredo, documentation and the like within global unicast.
fn is_special(address: std::net::Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    first == 0x2001 && (second < 0x0200 || second == 0x0db8)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_a_client_may_be_sent_to() {
        for good in [
            "https://app.example/cb",
            "https://app.example:8443/cb?x=1",
            "http://localhost:4000/",
            "http://127.0.0.1:9/cb",
            "http://[::1]:9/cb",
            "com.example.app:/cb",
            "com.example.app://cb",
        ] {
            assert!(is_redirect(good), "{good}");
        }
        for bad in [
            "",
            "http://app.example/cb",
            "https://",
            "https:///cb",
            "https://a@app.example/",
            "https://app.example/*",
            "https://app.example/#x",
            "https://app.example/a/../b",
            "https://app.example:99999/",
            "https://app.example\\@evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "HTTPS://app.example/cb",
            "myapp://cb",
            "https://app.example/a b",
            "http://127.0.0.1.evil.example/",
            "//app.example/cb",
        ] {
            assert!(!is_redirect(bad), "{bad}");
        }
    }

    #[test]
    fn keys_are_fetched_from_public_places_only() {
        for good in ["https://keys.example.org/jwks", "https://8.8.8.8/jwks", "https://[2606:4700::1]/jwks"] {
            assert!(is_public_https(good), "{good}");
        }
        for bad in [
            "http://keys.example.org/jwks",
            "https://localhost/jwks",
            "https://a.localhost/jwks",
            "https://127.0.0.1/jwks",
            "https://127.1/jwks",
            "https://0x7f.1/jwks",
            "https://2130706433/jwks",
            "https://10.0.0.1/jwks",
            "https://172.16.3.4/jwks",
            "https://192.168.1.1/jwks",
            "https://169.254.169.254/latest",
            "https://100.64.0.1/jwks",
            "https://0.0.0.0/jwks",
            "https://[::1]/jwks",
            "https://[::ffff:127.0.0.1]/jwks",
            "https://[fe80::1]/jwks",
            "https://[fd00::1]/jwks",
            "https://[64:ff9b::7f00:1]/jwks",
            "https://[2002:7f00:1::]/jwks",
            "https://intranet/jwks",
            "https://db.internal/jwks",
            "https://user@keys.example.org/jwks",
        ] {
            assert!(!is_public_https(bad), "{bad}");
        }
    }
}

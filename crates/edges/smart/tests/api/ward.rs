//! The testkit's house with this edge and FHIR in it, and the ways of an application through it.

use crate::jwt::Key;
use galen_service::Service;
use galen_testkit::ward::{ORIGIN, Reply};
use serde_json::{Value, json};
use std::cell::Cell;
use std::ops::Deref;

const SERVICES: &[&Service] =
    &[&galen_fhir_api::SERVICE, &galen_smart::SERVICE, &galen_service::accounts::SERVICE];

/// PKCE's pair of RFC 7636.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const REDIRECT: &str = "https://app.example/cb";

pub struct Ward {
    inner: galen_testkit::ward::Ward,
    number: Cell<u32>,
}

impl Deref for Ward {
    type Target = galen_testkit::ward::Ward;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

/// HTTP Basic of a client that keeps a secret.
pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", data_encoding::BASE64.encode(format!("{id}:{secret}").as_bytes()))
}

/// Pairs as a form or query.
pub fn form(pairs: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect()
    };
    pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

/// A parameter of an address.
pub fn parameter(address: &str, name: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let pairs = galen_fhir::bundle::query_pairs(query).unwrap();
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

impl Ward {
    pub async fn new() -> Self {
        Self { inner: galen_testkit::ward::Ward::new(SERVICES.to_vec()).await, number: Cell::new(0) }
    }

    /// Tries to prove who one is are counted by address; a table of bad ones would meet that limit, not its own checks.
    pub fn forget_tries(&self) {
        for _ in 0..galen_access::throttle::TRIES_PER_ADDRESS_MAX {
            self.house.access.throttle.give_back("");
        }
    }

    /// Registers a client and gives the answer.
    pub async fn register(&self, client: Value) -> Value {
        self.as_user("admin").post("/api/clients", &client).await.expect(201).json()
    }

    /// A public client with these scopes.
    pub async fn public_client(&self, scopes: &str) -> String {
        let body = json!({
            "name": "Growth chart", "redirectUris": [REDIRECT], "scopes": scopes,
            "launchUrl": "https://app.example/launch",
        });
        self.register(body).await["clientId"].as_str().unwrap().to_owned()
    }

    /// A client that signs, for the account `fhir`.
    pub async fn backend_client(&self, key: &Key, scopes: &str) -> String {
        let body = json!({ "name": "Loader", "scopes": scopes, "user": "fhir", "jwks": { "keys": [key.jwk("k1")] } });
        self.register(body).await["clientId"].as_str().unwrap().to_owned()
    }

    /// What a good assertion says now.
    pub fn claims(&self, client: &str) -> Value {
        self.number.set(self.number.get() + 1);
        let now = galen_kernel::Clock::now(&*self.clock).unix_seconds();
        json!({
            "iss": client, "sub": client, "aud": format!("{ORIGIN}/oauth/token"),
            "exp": now + 240, "jti": format!("jti-{}", self.number.get()),
        })
    }

    pub fn assertion(&self, key: &Key, client: &str) -> String {
        key.sign(&json!({ "alg": key.algorithm(), "typ": "JWT", "kid": "k1" }), &self.claims(client))
    }

    /// Posts a form to an OAuth endpoint, as nobody.
    pub async fn oauth(&self, path: &str, pairs: &[(&str, &str)]) -> Reply {
        self.oauth_with(path, &form(pairs), None).await
    }

    pub async fn oauth_with(&self, path: &str, body: &str, authorization: Option<&str>) -> Reply {
        let mut client = self.nobody().with("content-type", "application/x-www-form-urlencoded");
        if let Some(value) = authorization {
            client = client.with("authorization", value);
        }
        client.send("POST", path, body.as_bytes().to_vec()).await
    }

    /// A token of a program.
    pub async fn backend_token(&self, key: &Key, client: &str, scope: &str) -> Reply {
        let assertion = self.assertion(key, client);
        self.oauth("/oauth/token", &backend_form(&assertion, scope)).await
    }

    /// The parameters of a good authorization request.
    pub fn asking<'a>(client: &'a str, scope: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", REDIRECT),
            ("scope", scope),
            ("state", "s-1"),
            ("aud", "http://galen.test/fhir"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]
    }

    pub async fn authorize(&self, pairs: &[(&str, &str)]) -> Reply {
        self.nobody().get(&format!("/oauth/authorize?{}", form(pairs))).await
    }

    /// The request that the consent page is opened with.
    pub async fn request_of(&self, pairs: &[(&str, &str)]) -> String {
        let reply = self.authorize(pairs).await.expect(303);
        let location = reply.header("location");
        assert!(location.starts_with("/authorize?request="), "{location}");
        parameter(location, "request").unwrap()
    }

    /// A user allows all that is asked for; gives the code.
    pub async fn code(&self, user: &str, pairs: &[(&str, &str)], patient: Option<&str>) -> String {
        let request = self.request_of(pairs).await;
        let scope = pairs.iter().find(|(name, _)| *name == "scope").unwrap().1;
        let scopes: Vec<&str> = scope.split(' ').collect();
        let body = json!({ "request": request, "allow": true, "scopes": scopes, "patient": patient });
        let decided = self.as_user(user).post("/api/authorizations/request", &body).await.expect(200).json();
        let redirect = decided["redirect"].as_str().unwrap().to_owned();
        assert!(redirect.starts_with(REDIRECT), "{redirect}");
        assert_eq!(parameter(&redirect, "state").as_deref(), Some("s-1"));
        parameter(&redirect, "code").unwrap()
    }

    pub async fn exchange(&self, client: &str, code: &str) -> Reply {
        self.oauth("/oauth/token", &code_form(client, code)).await
    }

    /// The whole way: a public client, connected by this user.
    pub async fn connect(&self, user: &str, scope: &str, patient: Option<&str>) -> Value {
        let client = self.public_client(scope).await;
        let code = self.code(user, &Self::asking(&client, scope), patient).await;
        self.exchange(&client, &code).await.expect(200).json()
    }

    /// FHIR with an application's token.
    pub fn app(&self, token: &Value) -> galen_testkit::ward::Client<'_> {
        let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
        self.nobody().at("/fhir").with("authorization", &bearer)
    }
}

pub fn backend_form<'a>(assertion: &'a str, scope: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("grant_type", "client_credentials"),
        ("scope", scope),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ]
}

pub fn code_form<'a>(client: &'a str, code: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ]
}

/// Two patients with observations of two categories each; gives their ids.
pub async fn two_patients(ward: &Ward) -> (String, String) {
    let fhir = ward.as_user("fhir").at("/fhir");
    let mut ids = Vec::new();
    for name in ["Adams", "Brown"] {
        let patient = json!({ "resourceType": "Patient", "name": [{ "family": name, "given": ["Ann"] }], "birthDate": "1980-02-03" });
        let id = fhir.create(&patient).await;
        for category in ["laboratory", "vital-signs"] {
            fhir.create(&observation(&id, category)).await;
        }
        ids.push(id);
    }
    (ids.remove(0), ids.remove(0))
}

pub fn observation(patient: &str, category: &str) -> Value {
    json!({
        "resourceType": "Observation", "status": "final",
        "category": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": category }] }],
        "code": { "coding": [{ "system": "http://loinc.org", "code": "8867-4" }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "effectiveDateTime": "2026-01-01T10:00:00Z",
        "valueQuantity": { "value": 60, "unit": "/min" }
    })
}

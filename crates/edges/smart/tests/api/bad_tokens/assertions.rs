//! How a row's client assertion is made and sent.

use super::{Row, differs};
use crate::jwt::{Key, encode};
use crate::ward::{Ward, form};
use galen_testkit::ward::Reply;
use serde_json::{Value, json};
use std::rc::Rc;

/// Who signs.
#[derive(Clone, Copy)]
pub enum By {
    Ec,
    Rsa,
    /// A key of the client's set that is on another curve.
    P256,
    /// Keys of the client's set that say they are for something else.
    ForEncryption,
    ForWrapping,
    ForPs384,
    /// A key that nobody registered.
    Stranger,
    /// Another client's key.
    Other,
}

/// When an assertion is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    Once,
    /// After it was taken already.
    Again,
    /// After another with its number was taken already.
    AfterNamesake,
}

/// The keys and clients of a table.
pub struct Programs {
    pub ward: Ward,
    ec: Key,
    rsa: Key,
    p256: Key,
    for_encryption: Key,
    for_wrapping: Key,
    for_ps384: Key,
    stranger: Key,
    other: Key,
    /// Signs with RS384 or ES384.
    pub client: String,
    pub other_client: String,
    pub disabled: String,
    pub public: String,
}

/// An assertion being made.
pub struct Made {
    pub programs: Rc<Programs>,
    pub by: By,
    pub header: Value,
    pub claims: Value,
    /// Instead of the header, for what no JSON value can say.
    pub header_text: Option<String>,
    pub claims_text: Option<String>,
    /// Instead of the signature.
    pub signature: Option<fn(&Made, &str) -> Vec<u8>>,
    /// What happens to the whole.
    pub finish: fn(String) -> String,
    pub sent: Sent,
    /// Seconds between making and sending.
    pub wait: i64,
    pub kind: &'static str,
    pub scope: String,
    /// More fields of the form.
    pub more: Vec<(&'static str, String)>,
    pub authorization: Option<String>,
    pub content_type: &'static str,
}

impl Programs {
    pub async fn new() -> Self {
        use aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING;
        let ward = Ward::new().await;
        let (ec, rsa, p256) = (Key::es384(), Key::rs384(), Key::on_curve(&ECDSA_P256_SHA256_FIXED_SIGNING));
        let (for_encryption, for_wrapping, for_ps384) = (Key::es384(), Key::es384(), Key::rs384());
        let with = |key: &Key, kid: &str, name: &str, value: Value| {
            let mut jwk = key.jwk(kid);
            jwk[name] = value;
            jwk
        };
        let keys = json!([
            ec.jwk("k1"),
            rsa.jwk("rsa"),
            p256.jwk("p256"),
            with(&for_encryption, "enc", "use", json!("enc")),
            with(&for_wrapping, "wrap", "key_ops", json!(["wrapKey"])),
            with(&for_ps384, "ps384", "alg", json!("PS384")),
        ]);
        let register = |keys: Value| {
            let body = json!({
                "name": "Loader", "scopes": "system/Patient.rs system/Observation.rs", "user": "fhir",
                "jwks": { "keys": keys },
            });
            let ward = &ward;
            async move { ward.register(body).await["clientId"].as_str().unwrap().to_owned() }
        };
        let client = register(keys.clone()).await;
        let disabled = register(keys).await;
        let other = Key::es384();
        let other_client = register(json!([other.jwk("k1")])).await;
        let public = ward.public_client("patient/*.rs").await;
        let change = r#"{"change":"disable"}"#;
        let path = format!("/api/clients/{disabled}");
        ward.as_user("admin").send("PATCH", &path, change).await.expect(200);
        let stranger = Key::es384();
        Self {
            ward,
            ec,
            rsa,
            p256,
            for_encryption,
            for_wrapping,
            for_ps384,
            stranger,
            other,
            client,
            other_client,
            disabled,
            public,
        }
    }

    pub fn key(&self, by: By) -> &Key {
        match by {
            By::Ec => &self.ec,
            By::Rsa => &self.rsa,
            By::P256 => &self.p256,
            By::ForEncryption => &self.for_encryption,
            By::ForWrapping => &self.for_wrapping,
            By::ForPs384 => &self.for_ps384,
            By::Stranger => &self.stranger,
            By::Other => &self.other,
        }
    }

    fn usual(self: &Rc<Self>) -> Made {
        Made {
            programs: Rc::clone(self),
            by: By::Ec,
            header: json!({ "alg": "ES384", "typ": "JWT", "kid": "k1" }),
            claims: self.ward.claims(&self.client),
            header_text: None,
            claims_text: None,
            signature: None,
            finish: |text| text,
            sent: Sent::Once,
            wait: 0,
            kind: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            scope: "system/Patient.rs".to_owned(),
            more: Vec::new(),
            authorization: None,
            content_type: "application/x-www-form-urlencoded",
        }
    }
}

impl Made {
    pub fn now(&self) -> i64 {
        galen_kernel::Clock::now(&*self.programs.ward.clock).unix_seconds()
    }

    pub fn header(&mut self, name: &str, value: Value) {
        self.header[name] = value;
    }

    pub fn without_header(&mut self, name: &str) {
        self.header.as_object_mut().unwrap().remove(name);
    }

    pub fn claim(&mut self, name: &str, value: Value) {
        self.claims[name] = value;
    }

    pub fn without_claim(&mut self, name: &str) {
        self.claims.as_object_mut().unwrap().remove(name);
    }

    /// Signed by the client's RSA key.
    pub fn by_rsa(&mut self) {
        self.by = By::Rsa;
        self.header("alg", json!("RS384"));
        self.header("kid", json!("rsa"));
    }

    pub fn text(&self) -> String {
        let header = self.header_text.clone().unwrap_or_else(|| self.header.to_string());
        let claims = self.claims_text.clone().unwrap_or_else(|| self.claims.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = match self.signature {
            Some(made) => made(self, &signed),
            None => self.programs.key(self.by).signature(&signed),
        };
        (self.finish)(format!("{signed}.{}", encode(signature)))
    }

    async fn post(&self, assertion: &str) -> Reply {
        let mut pairs = vec![
            ("grant_type", "client_credentials"),
            ("scope", self.scope.as_str()),
            ("client_assertion_type", self.kind),
            ("client_assertion", assertion),
        ];
        pairs.extend(self.more.iter().map(|(name, value)| (*name, value.as_str())));
        pairs.retain(|(_, value)| !value.is_empty());
        let mut client = self.programs.ward.nobody().with("content-type", self.content_type);
        if let Some(value) = &self.authorization {
            client = client.with("authorization", value);
        }
        client.send("POST", "/oauth/token", form(&pairs)).await
    }

    async fn send(&mut self) -> Reply {
        let text = self.text();
        match self.sent {
            Sent::Once => {}
            Sent::Again => {
                self.post(&text).await.expect(200);
            }
            Sent::AfterNamesake => {
                let (exp, before) = (self.claims["exp"].clone(), json!(self.now() + 100));
                self.claim("exp", before);
                self.post(&self.text()).await.expect(200);
                self.claim("exp", exp);
            }
        }
        self.programs.ward.pass_seconds(self.wait);
        self.post(&text).await
    }
}

/// Tries every row: the twin is taken, the bad one is not. All that fail are told at once.
pub async fn check(rows: &[Row<Made>]) {
    let programs = Rc::new(Programs::new().await);
    let mut wrong = Vec::new();
    for row in rows {
        programs.ward.forget_tries();
        let mut twin = programs.usual();
        (row.both)(&mut twin);
        let taken = twin.send().await;
        wrong.extend(differs(row.name, "twin", &taken, (200, "")));
        let mut bad = programs.usual();
        (row.both)(&mut bad);
        (row.bad)(&mut bad);
        let refused = bad.send().await;
        wrong.extend(differs(row.name, "bad", &refused, (row.status, row.error)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

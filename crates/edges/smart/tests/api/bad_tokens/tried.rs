//! Applications that people connected, and one request with what they got.

use super::{Row, differs};
use crate::ward::{REDIRECT, VERIFIER, Ward, basic, form, two_patients};
use galen_access::actor::ActorKind;
use galen_testkit::ward::Reply;
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What applications of the table are allowed.
pub const SCOPE: &str = "openid launch/patient patient/Patient.rs patient/Observation.rs offline_access";

/// The fields of a form.
pub type Fields = Vec<(&'static str, String)>;

/// A house with patients, in which rows connect applications.
pub struct Stage {
    pub ward: Ward,
    pub patient: String,
    pub other_patient: String,
    number: Cell<u32>,
    other: RefCell<Option<(i64, Rc<App>)>>,
}

/// An application with what one user let it have.
#[derive(Debug, Clone)]
pub struct App {
    pub client: String,
    /// Of one that keeps a secret: how it says so.
    pub basic: Option<String>,
    pub user: String,
    /// A code that was not used.
    pub code: String,
    /// One that was, for these tokens.
    pub spent: String,
    pub access: String,
    pub refresh: String,
    pub id_token: String,
}

/// What happens before the request of a row.
#[derive(Debug, Clone)]
pub enum Step {
    Wait(i64),
    /// The request itself, which is taken.
    Send,
    /// A form that is taken.
    Post(&'static str, Fields),
    /// A form that is refused.
    Refused(&'static str, Fields),
    /// A refresh, whose new refresh token is sent instead.
    Renew,
    DisableClient,
    /// Switched off and on again.
    RestartClient,
    DisableUser,
    /// The user disconnects the application.
    Disconnect,
}

/// One request.
#[derive(Clone)]
pub struct Try {
    pub stage: Rc<Stage>,
    pub app: App,
    /// Another user's, of another client.
    pub other: Rc<App>,
    pub before: Vec<Step>,
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub fields: Fields,
}

impl Stage {
    pub async fn new() -> Rc<Self> {
        let ward = Ward::new().await;
        let (patient, other_patient) = two_patients(&ward).await;
        Rc::new(Self { ward, patient, other_patient, number: Cell::new(0), other: RefCell::new(None) })
    }

    pub fn number(&self) -> u32 {
        self.number.set(self.number.get() + 1);
        self.number.get()
    }

    /// A nurse whom no row met before.
    pub async fn nurse(&self) -> String {
        let name = format!("nurse-{}", self.number());
        self.ward.add_user(&name, ActorKind::Staff, "nurse", None).await;
        name
    }

    pub async fn connect(&self, has_secret: bool) -> App {
        let ward = &self.ward;
        let user = self.nurse().await;
        let (client, basic) = if has_secret {
            let body =
                json!({ "name": "Portal", "redirectUris": [REDIRECT], "scopes": SCOPE, "secret": true });
            let added = ward.register(body).await;
            let id = added["clientId"].as_str().unwrap().to_owned();
            let proof = basic(&id, added["clientSecret"].as_str().unwrap());
            (id, Some(proof))
        } else {
            (ward.public_client(SCOPE).await, None)
        };
        let asking = Ward::asking(&client, SCOPE);
        let first = ward.code(&user, &asking, Some(&self.patient)).await;
        let code = ward.code(&user, &asking, Some(&self.patient)).await;
        let fields = crate::ward::code_form(&client, &first);
        let tokens = ward.oauth_with("/oauth/token", &form(&fields), basic.as_deref()).await;
        let tokens = tokens.expect(200).json();
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        let (access, refresh, id_token) = (text("access_token"), text("refresh_token"), text("id_token"));
        App { client, basic, user, code, spent: first, access, refresh, id_token }
    }

    /// Another application, whose tokens are good now.
    async fn other(&self) -> Rc<App> {
        let now = galen_kernel::Clock::now(&*self.ward.clock).unix_seconds();
        let known = self.other.borrow().clone();
        match known {
            Some((at, app)) if at == now => app,
            _ => {
                let app = Rc::new(self.connect(false).await);
                self.other.replace(Some((now, Rc::clone(&app))));
                app
            }
        }
    }
}

impl Try {
    /// What is usual: nothing is sent with it yet.
    pub async fn new(stage: &Rc<Stage>, has_secret: bool) -> Self {
        let app = stage.connect(has_secret).await;
        Self {
            other: stage.other().await,
            stage: Rc::clone(stage),
            app,
            before: Vec::new(),
            method: "POST",
            path: "/oauth/token".to_owned(),
            headers: Vec::new(),
            fields: Vec::new(),
        }
    }

    /// The form that exchanges a code.
    pub fn code_fields(app: &App) -> Fields {
        vec![
            ("grant_type", "authorization_code".to_owned()),
            ("client_id", app.client.clone()),
            ("code", app.code.clone()),
            ("redirect_uri", REDIRECT.to_owned()),
            ("code_verifier", VERIFIER.to_owned()),
        ]
    }

    /// The form that refreshes.
    pub fn refresh_fields(app: &App) -> Fields {
        vec![
            ("grant_type", "refresh_token".to_owned()),
            ("client_id", app.client.clone()),
            ("refresh_token", app.refresh.clone()),
        ]
    }

    /// Before the request, the client revokes this token.
    pub fn revoke_first(&mut self, token: String) {
        let fields = vec![("token", token), ("client_id", self.app.client.clone())];
        self.before.push(Step::Post("/oauth/revoke", fields));
    }

    /// Before the request, the code that was used is sent again.
    pub fn spend_again_first(&mut self) {
        let mut fields = Self::code_fields(&self.app);
        fields.retain(|(name, _)| *name != "code");
        fields.push(("code", self.app.spent.clone()));
        self.before.push(Step::Refused("/oauth/token", fields));
    }

    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.fields.retain(|(known, _)| *known != name);
        self.fields.push((name, value.into()));
    }

    pub fn without(&mut self, name: &str) {
        self.fields.retain(|(known, _)| *known != name);
    }

    pub fn field(&self, name: &str) -> String {
        self.fields.iter().find(|(known, _)| *known == name).unwrap().1.clone()
    }

    /// The only `Authorization`.
    pub fn authorization(&mut self, value: impl Into<String>) {
        self.headers.retain(|(name, _)| *name != "authorization");
        self.headers.push(("authorization", value.into()));
    }

    pub async fn post(&self, path: &str, fields: &Fields) -> Reply {
        self.send("POST", path, &[], fields).await
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&'static str, String)],
        fields: &Fields,
    ) -> Reply {
        let mut client = self.stage.ward.nobody();
        if method == "POST" {
            client = client.with("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            client = client.with(name, value);
        }
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        client.send(method, path, form(&pairs)).await
    }

    async fn change_client(&self, change: &str) {
        let path = format!("/api/clients/{}", self.app.client);
        let body = format!(r#"{{"change":"{change}"}}"#);
        self.stage.ward.as_user("admin").send("PATCH", &path, body).await.expect(200);
    }

    async fn step(&mut self, step: &Step) {
        if matches!(step, Step::Renew) {
            let renewed =
                self.post("/oauth/token", &Self::refresh_fields(&self.app)).await.expect(200).json();
            self.set("refresh_token", renewed["refresh_token"].as_str().unwrap());
        }
        let ward = &self.stage.ward;
        match step {
            Step::Renew => {}
            Step::Wait(seconds) => ward.pass_seconds(*seconds),
            Step::Send => {
                self.request().await.expect(200);
            }
            Step::Post(path, fields) => {
                self.post(path, fields).await.expect(200);
            }
            Step::Refused(path, fields) => {
                self.post(path, fields).await.expect(400);
            }
            Step::DisableClient => {
                ward.pass_seconds(1);
                self.change_client("disable").await;
            }
            Step::RestartClient => {
                ward.pass_seconds(1);
                self.change_client("disable").await;
                self.change_client("enable").await;
            }
            Step::DisableUser => {
                let path = format!("/api/users/user-{}", self.app.user);
                ward.as_user("admin").send("PATCH", &path, r#"{"change":"disable"}"#).await.expect(200);
            }
            Step::Disconnect => {
                let user = ward.as_user(&self.app.user);
                for one in user.get("/api/authorizations").await.expect(200).json().as_array().unwrap() {
                    let path = format!("/api/authorizations/{}", one["id"].as_str().unwrap());
                    user.delete(&path).await.expect(204);
                }
            }
        }
    }

    async fn request(&self) -> Reply {
        self.send(self.method, &self.path, &self.headers, &self.fields).await
    }

    pub async fn run(&mut self) -> Reply {
        for step in std::mem::take(&mut self.before) {
            self.step(&step).await;
        }
        self.request().await
    }

    /// Whether the application still sees its patient.
    pub async fn sees(&self, access: &str) -> u16 {
        let bearer = format!("Bearer {access}");
        let path = format!("/fhir/Patient/{}", self.stage.patient);
        self.stage.ward.nobody().with("authorization", &bearer).get(&path).await.status.as_u16()
    }
}

/// Tries every row: the twin is taken, the bad one is not. `usual` makes the request good.
pub async fn check(rows: &[Row<Try>], usual: fn(&mut Try)) {
    let stage = Stage::new().await;
    let mut wrong = Vec::new();
    for row in rows {
        stage.ward.forget_tries();
        let mut twin = Try::new(&stage, false).await;
        usual(&mut twin);
        (row.both)(&mut twin);
        wrong.extend(differs(row.name, "twin", &twin.run().await, (200, "")));
        let mut bad = Try::new(&stage, false).await;
        usual(&mut bad);
        (row.both)(&mut bad);
        (row.bad)(&mut bad);
        wrong.extend(differs(row.name, "bad", &bad.run().await, (row.status, row.error)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

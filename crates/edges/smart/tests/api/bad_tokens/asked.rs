//! The whole way of an application from its request to its token, with one thing wrong on it.

use super::tried::Stage;
use super::{Row, error_of};
use crate::ward::{CHALLENGE, REDIRECT, code_form, form, parameter};
use serde_json::json;
use std::rc::Rc;

/// What an application on the way asks for.
pub const SCOPE: &str = "patient/Patient.rs patient/Observation.rs";

/// A way.
pub struct Way {
    pub stage: Rc<Stage>,
    pub client: String,
    pub other_client: String,
    /// Who launches it, and who decides.
    pub launcher: String,
    pub decider: String,
    /// Whether it is launched from the record, and on whose.
    pub launched: Option<String>,
    /// Instead of the launch that was made.
    pub launch: Option<String>,
    /// Which client the launch is for.
    pub launched_client: String,
    /// Seconds before the request, and before the decision.
    pub wait_to_ask: i64,
    pub wait_to_decide: i64,
    /// Whether the launch was used before.
    pub is_used: bool,
    pub query: Vec<(&'static str, String)>,
    /// Parameters after those, said again.
    pub more: Vec<(&'static str, String)>,
    /// What happens to the sealed request in the browser.
    pub carried: fn(String) -> String,
    /// What the user leaves switched on, and whom they choose.
    pub left: Vec<&'static str>,
    pub chosen: Option<String>,
    /// Whether the client is switched off before the decision.
    pub is_disabled: bool,
}

/// How far it got: the status and error that it ended with, or the patient of its token.
pub type End = Result<String, (u16, String)>;

impl Way {
    async fn new(stage: &Rc<Stage>) -> Self {
        let client = stage.ward.public_client(&format!("launch launch/patient {SCOPE}")).await;
        let other_client = stage.ward.public_client(&format!("launch launch/patient {SCOPE}")).await;
        let (launcher, patient) = (stage.nurse().await, stage.patient.clone());
        let query = [
            ("response_type", "code"),
            ("client_id", client.as_str()),
            ("redirect_uri", REDIRECT),
            ("scope", "launch/patient patient/Patient.rs patient/Observation.rs"),
            ("state", "s-1"),
            ("aud", "http://galen.test/fhir"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let query = query.map(|(name, value)| (name, value.to_owned())).to_vec();
        Self {
            launched_client: client.clone(),
            decider: launcher.clone(),
            query,
            more: Vec::new(),
            stage: Rc::clone(stage),
            client,
            other_client,
            launcher,
            launched: None,
            launch: None,
            wait_to_ask: 0,
            wait_to_decide: 0,
            is_used: false,
            carried: |text| text,
            left: vec!["launch/patient", "patient/Patient.rs", "patient/Observation.rs"],
            chosen: Some(patient),
            is_disabled: false,
        }
    }

    /// Launched from the record of the patient.
    pub fn launched(&mut self) {
        self.launched = Some(self.stage.patient.clone());
        self.chosen = None;
        self.set("scope", format!("launch {SCOPE}"));
        self.left = vec!["launch", "patient/Patient.rs", "patient/Observation.rs"];
    }

    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.without(name);
        self.query.push((name, value.into()));
    }

    pub fn without(&mut self, name: &str) {
        self.query.retain(|(known, _)| *known != name);
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        self.query.iter().chain(&self.more).map(|(name, value)| (*name, value.as_str())).collect()
    }

    async fn run(&mut self) -> End {
        let stage = Rc::clone(&self.stage);
        let ward = &stage.ward;
        if let Some(patient) = self.launched.clone() {
            let body = json!({ "client": self.launched_client, "patient": patient });
            let reply = ward.as_user(&self.launcher).post("/api/launches", &body).await.expect(201).json();
            let made = reply["launch"].as_str().unwrap().to_owned();
            let launch = self.launch.clone().unwrap_or(made);
            if !launch.is_empty() {
                self.set("launch", launch);
            }
        }
        ward.pass_seconds(self.wait_to_ask);
        if self.is_used {
            self.once().await.unwrap();
        }
        self.once().await
    }

    async fn once(&self) -> End {
        let ward = &self.stage.ward;
        let reply = ward.authorize(&self.pairs()).await;
        let location = reply.header("location").to_owned();
        let Some(request) = parameter(&location, "request") else {
            let told = parameter(&location, "error").unwrap_or_else(|| {
                let text = reply.text();
                text.split("<code>").nth(1).unwrap_or(&text).split('<').next().unwrap().to_owned()
            });
            return Err((reply.status.as_u16(), told));
        };
        if self.is_disabled {
            let path = format!("/api/clients/{}", self.client);
            ward.as_user("admin").send("PATCH", &path, r#"{"change":"disable"}"#).await.expect(200);
        }
        ward.pass_seconds(self.wait_to_decide);
        let body = json!({
            "request": (self.carried)(request), "allow": true, "scopes": self.left, "patient": self.chosen,
        });
        let decided = ward.as_user(&self.decider).post("/api/authorizations/request", &body).await;
        if decided.status.as_u16() != 200 {
            return Err((decided.status.as_u16(), error_of(&decided.json())));
        }
        let redirect = decided.json()["redirect"].as_str().unwrap().to_owned();
        let code = parameter(&redirect, "code").unwrap();
        let issued = ward.oauth_with("/oauth/token", &form(&code_form(&self.client, &code)), None).await;
        let issued = issued.expect(200).json();
        Ok(issued["patient"].as_str().unwrap_or_default().to_owned())
    }
}

/// Tries every row: the twin gets a token for the patient, the bad one none.
pub async fn check(rows: &[Row<Way>], usual: fn(&mut Way)) {
    let stage = Stage::new().await;
    let mut wrong = Vec::new();
    for row in rows {
        stage.ward.forget_tries();
        let mut twin = Way::new(&stage).await;
        usual(&mut twin);
        (row.both)(&mut twin);
        let taken = twin.run().await;
        if taken.as_ref() != Ok(&stage.patient) {
            wrong.push(format!("twin of '{}': {taken:?}", row.name));
        }
        let mut bad = Way::new(&stage).await;
        usual(&mut bad);
        (row.both)(&mut bad);
        (row.bad)(&mut bad);
        let refused = bad.run().await;
        if refused != Err((row.status, row.error.to_owned())) {
            wrong.push(format!("bad of '{}': {refused:?}", row.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

//! A house with subscriptions, and a hook that it may call.

use crate::hook::Hook;
use galen_service::Service;
use galen_subscriptions::Worker;
use galen_testkit::ward::{Client, Ward};
use serde_json::{Value, json};

const SERVICES: &[&Service] =
    &[&galen_fhir_api::SERVICE, &galen_service::accounts::SERVICE, &galen_subscriptions::SERVICE];

pub struct Scene {
    pub ward: Ward,
    pub hook: Hook,
}

impl Scene {
    pub async fn new() -> Self {
        let hook = Hook::new().await;
        let ward = Ward::calling(vec![hook.address.clone()], SERVICES.to_vec()).await;
        Self { ward, hook }
    }

    pub fn fhir(&self) -> Client<'_> {
        self.ward.as_user("fhir").at("/fhir")
    }

    /// A subscription with this payload.
    pub fn subscription(&self, criteria: &str, payload: Option<&str>) -> Value {
        let mut channel =
            json!({ "type": "rest-hook", "endpoint": self.hook.url(), "header": ["X-Secret: s3"] });
        if let Some(payload) = payload {
            channel["payload"] = payload.into();
        }
        json!({ "resourceType": "Subscription", "status": "requested", "reason": "test",
                "criteria": criteria, "channel": channel })
    }

    /// The id of an active subscription that wants the resources.
    pub async fn subscribed(&self, criteria: &str) -> String {
        let wanted = self.subscription(criteria, Some("application/fhir+json"));
        let id = self.fhir().create(&wanted).await;
        self.set_up().await;
        assert_eq!(self.status(&id).await.0, "active");
        id
    }

    /// Lets the worker set up what was requested.
    pub async fn set_up(&self) {
        self.ward.pass_seconds(3);
        self.work().await;
    }

    /// Lets the relay and the worker do all that is due now, as a process that was started for it.
    pub async fn work(&self) {
        self.ward.house.bus.relay_once().await.unwrap();
        let mut worker = Worker::new(&self.ward.house);
        worker.settle().await.unwrap();
        worker.stop().await.unwrap();
    }

    pub async fn status(&self, id: &str) -> (String, String) {
        let json = self.fhir().get(&format!("/Subscription/{id}")).await.expect(200).json();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        (text("status"), text("error"))
    }

    /// The row of the administrators' list.
    pub async fn row(&self, id: &str) -> Value {
        let list = self.ward.as_user("admin").get("/api/subscriptions").await.expect(200).json();
        list.as_array().unwrap().iter().find(|row| row["id"] == id).cloned().unwrap_or_default()
    }

    /// Paths that were notified since this was asked last.
    pub fn paths(&self) -> Vec<String> {
        self.hook.heard().into_iter().map(|heard| heard.path).collect()
    }
}

pub fn patient(family: &str) -> Value {
    json!({ "resourceType": "Patient", "name": [{ "family": family }], "gender": "female" })
}

pub fn observation(patient: &str, code: &str, status: &str) -> Value {
    json!({ "resourceType": "Observation", "status": status,
            "code": { "coding": [{ "system": "http://loinc.org", "code": code }] },
            "subject": { "reference": format!("Patient/{patient}") },
            "effectiveDateTime": "2026-01-01" })
}

pub fn labelled(mut resource: Value, label: &str) -> Value {
    resource["meta"] = json!({ "security": [{
        "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": label }] });
    resource
}

//! The testkit's house with this edge in it, clients below `/fhir`, and a few resources.

use galen_service::Service;
use galen_service::limits::LimitFigures;
use galen_service::strictness::FacilityStrictness;
pub use galen_testkit::ward::Client;
use serde_json::Value;
use std::ops::Deref;

const SERVICES: &[&Service] = &[&galen_fhir_api::SERVICE, &galen_service::accounts::SERVICE];

/// A house with the FHIR API.
pub struct Ward(galen_testkit::ward::Ward);

impl Deref for Ward {
    type Target = galen_testkit::ward::Ward;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Ward {
    pub async fn new() -> Self {
        Self::limited(LimitFigures::default()).await
    }

    pub async fn limited(limits: LimitFigures) -> Self {
        Self(galen_testkit::ward::Ward::of(limits, SERVICES.to_vec()).await)
    }

    /// One that checks what is written so strictly.
    pub async fn strict(strictness: FacilityStrictness) -> Self {
        Self(galen_testkit::ward::Ward::strict(strictness, SERVICES.to_vec()).await)
    }

    pub fn as_user(&self, name: &str) -> Client<'_> {
        self.0.as_user(name).at("/fhir")
    }

    pub fn nobody(&self) -> Client<'_> {
        self.0.nobody().at("/fhir")
    }

    /// A POST outside FHIR; gives the status.
    pub async fn post_api(&self, name: &str, path: &str, body: &Value) -> u16 {
        self.0.as_user(name).with("content-type", "application/json").post(path, body).await.status.as_u16()
    }
}

/// A patient.
pub fn patient(family: &str, given: &str, birth_date: &str) -> Value {
    serde_json::json!({
        "resourceType": "Patient",
        "identifier": [{ "system": "urn:test:mrn", "value": format!("{family}-{given}") }],
        "name": [{ "family": family, "given": [given] }],
        "birthDate": birth_date,
        "gender": "female"
    })
}

/// An observation with a value in mmol/L.
pub fn observation(patient: &str, code: &str, when: &str, value: f64) -> Value {
    serde_json::json!({
        "resourceType": "Observation",
        "status": "final",
        "category": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory" }] }],
        "code": { "coding": [{ "system": "http://loinc.org", "code": code }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "effectiveDateTime": when,
        "valueQuantity": { "value": value, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L" }
    })
}

/// The same, labelled.
pub fn labelled(mut resource: Value, label: &str) -> Value {
    resource["meta"] = serde_json::json!({
        "security": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": label }]
    });
    resource
}

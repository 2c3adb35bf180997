//! The rows of results in the authorization matrix.

use super::authorization::{Case, Expected, case};
use super::fhir_oracle::SEES_CLINICAL;
use http::Method;
use serde_json::{Value, json};

const WRITES_CLINICAL: &[&str] =
    &["doctor", "nurse", "nurse-manager", "health-professional", "midwife", "midwife-manager"];

/// All of them.
pub fn rows() -> Vec<Case> {
    vec![
        case(
            Method::POST,
            "/api/results/{type}/{id}/release",
            "/api/results/Observation/none/release",
            json!({ "version": 1 }),
            Expected::Only(WRITES_CLINICAL),
        ),
        case(
            Method::GET,
            "/api/patients/{id}/results/held",
            "/api/patients/matrix/results/held",
            Value::Null,
            Expected::Only(SEES_CLINICAL),
        ),
    ]
}

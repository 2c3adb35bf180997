//! What registration tells the others.

use galen_kernel::{Contract, PatientId};
use serde::{Deserialize, Serialize};

/// A patient was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PatientRegisteredV1 {
    /// The patient.
    #[cfg_attr(test, schemars(with = "String"))]
    pub patient: PatientId,
    /// Patients that look like the same person: somebody should compare them.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub possible_duplicates: Vec<PatientId>,
}

/// A patient's demographics changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PatientAmendedV1 {
    /// The patient.
    #[cfg_attr(test, schemars(with = "String"))]
    pub patient: PatientId,
    /// The version that the amendment made.
    pub version: u64,
}

/// A duplicate was merged into a surviving record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PatientsMergedV1 {
    /// The record that goes on.
    #[cfg_attr(test, schemars(with = "String"))]
    pub survivor: PatientId,
    /// The record that was replaced.
    #[cfg_attr(test, schemars(with = "String"))]
    pub duplicate: PatientId,
}

/// A merge was undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PatientsUnmergedV1 {
    /// The record that had survived.
    #[cfg_attr(test, schemars(with = "String"))]
    pub survivor: PatientId,
    /// The record that is its own again.
    #[cfg_attr(test, schemars(with = "String"))]
    pub duplicate: PatientId,
}

impl Contract for PatientRegisteredV1 {
    const NAME: &'static str = "registration.PatientRegisteredV1";
    fn subject(&self) -> String {
        format!("Patient/{}", self.patient)
    }
}

impl Contract for PatientAmendedV1 {
    const NAME: &'static str = "registration.PatientAmendedV1";
    fn subject(&self) -> String {
        format!("Patient/{}", self.patient)
    }
}

impl Contract for PatientsMergedV1 {
    const NAME: &'static str = "registration.PatientsMergedV1";
    fn subject(&self) -> String {
        format!("Patient/{}", self.survivor)
    }
}

impl Contract for PatientsUnmergedV1 {
    const NAME: &'static str = "registration.PatientsUnmergedV1";
    fn subject(&self) -> String {
        format!("Patient/{}", self.survivor)
    }
}

//! Patients and merges as the API shows them.

use crate::model::{Demographics, MRN_SYSTEM, Merge, NHS_NUMBER_SYSTEM};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A patient.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatientView {
    /// The id.
    pub id: String,
    /// The version, to send back when amending.
    pub version: u64,
    /// MRN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mrn: Option<String>,
    /// NHS number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nhs_number: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Given names.
    pub given: Vec<String>,
    /// Administrative gender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// Birth date, as well as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// The record that replaced this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
}

/// A page of patients.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatientPage {
    /// The patients.
    pub patients: Vec<PatientView>,
    /// Token of the next page, to send as `page`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A merge.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MergeView {
    /// Its id, to undo it.
    pub id: String,
    /// The record that goes on.
    pub survivor: String,
    /// The record that was replaced.
    pub duplicate: String,
    /// How many records moved.
    pub moved: usize,
    /// Whether it was undone.
    pub undone: bool,
}

impl PatientView {
    /// Of a patient's demographics.
    pub fn new(id: &str, version: u64, who: &Demographics) -> Self {
        Self {
            id: id.to_owned(),
            version,
            mrn: who.identifier(MRN_SYSTEM).map(str::to_owned),
            nhs_number: who.identifier(NHS_NUMBER_SYSTEM).map(str::to_owned),
            family: who.family.first().map(|name| name.reveal().clone()),
            given: who.given.iter().map(|name| name.reveal().clone()).collect(),
            gender: who.gender.clone(),
            birth_date: who.birth_date.as_ref().map(|date| date.reveal().clone()),
            replaced_by: who.replaced_by.as_ref().map(ToString::to_string),
        }
    }
}

impl MergeView {
    /// Of a merge.
    pub fn new(id: &str, merge: &Merge) -> Self {
        Self {
            id: id.to_owned(),
            survivor: merge.survivor.to_string(),
            duplicate: merge.duplicate.to_string(),
            moved: merge.moved.len(),
            undone: merge.undone,
        }
    }
}

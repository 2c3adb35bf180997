//! Patients and merges as the API shows them.

use crate::model::{Demographics, Merge, NHS_NUMBER_SYSTEM};
use galen_kernel::Phi;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Other names and other scripts, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_names: Vec<String>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Lines of the home address, the last one the postcode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub address: Vec<String>,
    /// When the patient died, or `true` when that alone is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased: Option<String>,
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

fn revealed(text: Option<&Phi<String>>) -> Option<String> {
    text.map(|text| text.reveal().clone())
}

fn all_revealed(texts: &[Phi<String>]) -> Vec<String> {
    texts.iter().map(|text| text.reveal().clone()).collect()
}

impl PatientView {
    /// Of a patient's demographics.
    pub fn new(id: &str, version: u64, who: &Demographics) -> Self {
        Self {
            id: id.to_owned(),
            version,
            mrn: who.mrn().map(str::to_owned),
            nhs_number: who.identifier(NHS_NUMBER_SYSTEM).map(str::to_owned),
            family: revealed(who.shown.family.as_ref()),
            given: all_revealed(&who.shown.given),
            gender: who.gender.clone(),
            birth_date: revealed(who.birth_date.as_ref()),
            other_names: all_revealed(&who.other_names),
            phone: revealed(who.phone.as_ref()),
            email: revealed(who.email.as_ref()),
            address: all_revealed(&who.address),
            deceased: revealed(who.deceased.as_ref()),
            replaced_by: who.replaced_by.as_ref().map(ToString::to_string),
        }
    }
}

/// What a merge would do: nothing is changed by asking.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MergePreview {
    /// The record that would go on.
    pub survivor: PatientView,
    /// The record that would be replaced.
    pub duplicate: PatientView,
    /// How many records of each type would move.
    pub records: BTreeMap<String, usize>,
    /// Why it would be refused now; empty when it would not.
    pub blockers: Vec<String>,
}

/// The merges into a patient.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MergePage {
    /// The merges, the latest first.
    pub merges: Vec<MergeView>,
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

//! What one may ask of registration.

use galen_kernel::Phi;
use schemars::JsonSchema;
use serde::Deserialize;

/// Registers a patient.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterPatient {
    /// Who it is.
    pub demographics: Details,
    /// Whether the patient cannot say who they are (emergency): no name is needed then.
    #[serde(default)]
    pub unidentified: bool,
    /// Ids of likely duplicates that somebody has looked at and found to be other people.
    #[serde(default)]
    pub not_same_as: Vec<String>,
}

/// Changes a patient's demographics: what is given replaces what is there.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AmendPatient {
    /// The patient, from the address.
    #[serde(skip)]
    pub id: String,
    /// The version that the caller saw.
    pub version: u64,
    /// What to replace.
    pub demographics: Details,
}

/// Demographics as a form has them. When amending, what is absent stays; birth date, NHS number, telephone number, e-mail
/// address and address are removed by empty text (for the address, one empty line).
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Details {
    /// Family name.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub family: Option<Phi<String>>,
    /// Given names, first one first.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub given: Vec<Phi<String>>,
    /// `male`, `female`, `other` or `unknown`.
    #[serde(default)]
    pub gender: Option<String>,
    /// Birth date: `1970`, `1970-02` or `1970-02-28`, as well as it is known.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub birth_date: Option<Phi<String>>,
    /// NHS number.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub nhs_number: Option<Phi<String>>,
    /// Telephone number.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub phone: Option<Phi<String>>,
    /// E-mail address.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub email: Option<Phi<String>>,
    /// Address lines, the last one the postcode.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub address: Vec<Phi<String>>,
}

/// Merges a duplicate into this patient.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MergePatients {
    /// The record that goes on, from the address.
    #[serde(skip)]
    pub survivor: String,
    /// The record that is replaced.
    pub duplicate: String,
}

/// Undoes a merge.
#[derive(Debug, Clone)]
pub struct UnmergePatients {
    /// The merge.
    pub merge: String,
}

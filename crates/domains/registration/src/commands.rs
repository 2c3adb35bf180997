//! What one may ask of registration.

use crate::decide::consenting::Contents;
use galen_access::proxy::{Kinship, ProxyScope};
use galen_kernel::Phi;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// Invites a patient to an account, or somebody to act for the patient.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InvitePatient {
    /// The patient, from the address.
    #[serde(skip)]
    pub id: String,
    /// Who is to act for the patient, and how far; absent for the patient's own account.
    #[serde(default)]
    pub proxy: Option<ProxyWanted>,
}

/// Who is to act for a patient.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProxyWanted {
    /// Their name.
    #[schemars(with = "String")]
    pub name: Phi<String>,
    /// How they are related to the patient (HL7 v3 RoleCode).
    pub kinship: Kinship,
    /// What they may do.
    pub scopes: Vec<ProxyScope>,
    /// Last day, `2027-02-28`: five years at most, and not beyond a child's 16th birthday.
    pub until: String,
}

/// Withdraws an invitation that nobody accepted yet.
#[derive(Debug, Clone)]
pub struct WithdrawInvitation {
    /// The invitation.
    pub id: String,
}

/// Ends a proxy at once.
#[derive(Debug, Clone)]
pub struct EndProxy {
    /// The proxy.
    pub id: String,
}

/// Makes a new account by the code of an invitation.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivateAccount {
    /// The code, as the letter has it.
    #[schemars(with = "String")]
    pub code: Phi<String>,
    /// The patient's birth date, `1970-02-28`.
    #[schemars(with = "String")]
    pub birth_date: Phi<String>,
    /// Sign-in name of the new account.
    pub name: String,
    /// Its password.
    #[schemars(with = "String")]
    pub password: Phi<String>,
}

/// Accepts, with the account that one has, to act for a patient.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceptProxy {
    /// The code.
    #[schemars(with = "String")]
    pub code: Phi<String>,
    /// The patient's birth date, `1970-02-28`.
    #[schemars(with = "String")]
    pub birth_date: Phi<String>,
}

/// What a patient may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ConsentChoice {
    /// One person who works here does not see it.
    WithholdFromPerson,
    /// Nobody who works here sees it, but for some.
    WithholdFromEverybody,
    /// Nothing is used for research.
    NoResearch,
}

/// Records what a patient withholds.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordConsent {
    /// The patient, from the address.
    #[serde(skip)]
    pub id: String,
    /// The choice.
    pub choice: ConsentChoice,
    /// The Practitioner from whom it is withheld, for `withholdFromPerson`.
    #[serde(default)]
    pub practitioner: Option<String>,
    /// The Practitioners who see it nevertheless, for `withholdFromEverybody`.
    #[serde(default)]
    pub except: Vec<String>,
    /// How much is withheld.
    #[serde(default)]
    pub contents: Contents,
}

/// Withdraws a consent.
#[derive(Debug, Clone)]
pub struct WithdrawConsent {
    /// The Consent.
    pub id: String,
}

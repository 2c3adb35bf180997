//! Patients and merges as the API shows them.

use crate::model::{Demographics, Merge, NHS_NUMBER_SYSTEM};
use crate::queries::accesses::{Accessed, Person};
use galen_access::actor::ActorKind;
use galen_access::invitation::{Offer, StoredInvitation};
use galen_access::proxy::{Kinship, ProxyScope, StoredProxy};
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

/// An invitation that nobody accepted yet.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationView {
    /// Its id, to withdraw it.
    pub id: String,
    /// About whom.
    pub patient: String,
    /// Who is to act for the patient; absent for the patient's own account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<ProxyOffered>,
    /// When it was issued.
    pub issued: String,
    /// Until when its code is good.
    pub until: String,
}

/// What an invitation lets somebody do for a patient.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProxyOffered {
    /// Who is invited.
    pub name: String,
    /// How they are related to the patient (HL7 v3 RoleCode).
    pub kinship: Kinship,
    /// What they may do.
    pub scopes: Vec<ProxyScope>,
    /// Until when.
    pub until: String,
}

impl InvitationView {
    /// Of an invitation.
    pub fn new(stored: &StoredInvitation) -> Self {
        let invitation = &stored.invitation;
        let proxy = match &invitation.offer {
            Offer::Account => None,
            Offer::Proxy { name, kinship, scopes, until } => Some(ProxyOffered {
                name: name.reveal().clone(),
                kinship: *kinship,
                scopes: scopes.clone(),
                until: until.to_string(),
            }),
        };
        Self {
            id: stored.id.clone(),
            patient: invitation.patient.to_string(),
            proxy,
            issued: invitation.issued.to_string(),
            until: invitation.until.to_string(),
        }
    }
}

/// A new invitation.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationIssuedView {
    /// The code, shown once: for a letter, or to be told.
    pub code: String,
    /// The invitation.
    #[serde(flatten)]
    pub invitation: InvitationView,
}

/// The invitations about a patient that are open.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationPage {
    /// The invitations, the latest first.
    pub invitations: Vec<InvitationView>,
}

/// A new account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivatedView {
    /// Its sign-in name.
    pub name: String,
}

/// Somebody's right to act for a patient.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProxyView {
    /// Its id, to end it.
    pub id: String,
    /// Who acts.
    pub name: String,
    /// For whom.
    pub patient: String,
    /// How they are related to the patient (HL7 v3 RoleCode).
    pub kinship: Kinship,
    /// What they may do.
    pub scopes: Vec<ProxyScope>,
    /// Since when.
    pub from: String,
    /// Until when.
    pub until: String,
}

impl ProxyView {
    /// Of a proxy.
    pub fn new(stored: &StoredProxy) -> Self {
        let proxy = &stored.proxy;
        Self {
            id: stored.id.clone(),
            name: proxy.name.reveal().clone(),
            patient: proxy.patient.to_string(),
            kinship: proxy.kinship,
            scopes: proxy.scopes.clone(),
            from: proxy.from.to_string(),
            until: proxy.until.to_string(),
        }
    }
}

/// Who acts for a patient.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProxyPage {
    /// The proxies in force.
    pub proxies: Vec<ProxyView>,
}

/// Somebody for whom the caller may act: send the id as X-Acting-For.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActedForView {
    /// The proxy.
    #[serde(flatten)]
    pub proxy: ProxyView,
    /// The patient's family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// The patient's given names.
    pub given: Vec<String>,
    /// The patient's birth date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
}

/// The people for whom the caller may act.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActedForPage {
    /// One for each.
    pub people: Vec<ActedForView>,
}

/// In what capacity somebody sees a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Capacity {
    /// The patient.
    Patient,
    /// Somebody who acts for the patient.
    Proxy,
    /// Somebody who works here.
    Staff,
    /// A program, or nobody who is known.
    Program,
}

/// One look at a record, or one change of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessView {
    /// Id of its AuditEvent.
    pub id: String,
    /// When.
    pub at: String,
    /// Who, by name; absent for somebody who is no practitioner here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The Practitioner they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<String>,
    /// Their roles.
    pub roles: Vec<String>,
    /// In what capacity.
    pub by: Capacity,
    /// `read`, `create`, `update`, `delete` or `execute`.
    pub interaction: String,
    /// What was done: a FHIR interaction or a command's name.
    pub operation: String,
    /// Types of what was touched.
    pub types: Vec<String>,
    /// Why (v3-ActReason code).
    pub purpose: String,
    /// Whether a sealed record was opened in an emergency.
    pub broken_glass: bool,
    /// Whether it was refused: nothing was shown then.
    pub refused: bool,
}

/// Who saw a record, the latest first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessPage {
    /// What was done.
    pub accesses: Vec<AccessView>,
    /// Token of the next page, to send as `page`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl AccessView {
    /// Of an access, by somebody.
    pub fn new(access: Accessed, who: Option<&Person>) -> Self {
        let by = match who.map(|who| who.kind) {
            Some(ActorKind::Staff) => Capacity::Staff,
            Some(ActorKind::Patient)
                if who.is_some_and(|who| who.patient.as_ref() == Some(&access.patient)) =>
            {
                Capacity::Patient
            }
            Some(ActorKind::Patient) => Capacity::Proxy,
            Some(ActorKind::Service) | None => Capacity::Program,
        };
        Self {
            id: access.id,
            at: access.at,
            name: who.and_then(|who| who.name.clone()),
            practitioner: who.and_then(|who| who.practitioner.as_ref()).map(ToString::to_string),
            roles: who.map(|who| who.roles.clone()).unwrap_or_default(),
            by,
            interaction: access.interaction,
            operation: access.operation,
            types: access.types,
            purpose: access.purpose,
            broken_glass: access.broken_glass,
            refused: access.refused,
        }
    }
}

//! Who may act for a patient: a parent, a carer. A request says for whom it acts; what it may do then is what the patient
//! may do, as far as the proxy covers it, and never with what is sealed.

use crate::actor::Actor;
use crate::target::{Category, Label, Target};
use crate::user::HOME;
use crate::{PROXY, document};
use galen_kernel::{Fault, Instant, PatientId, Phi, UserId};
use galen_store::{
    Condition, Document, Expected, IndexRows, Match, Operation, Order, Param, Scan, Store, TermMatch,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most people that one account acts for: a children's home has more and needs accounts of its own.
pub const PROXIES_OF_USER_MAX: u32 = 50;
/// Most proxies of one patient that are listed.
pub const PROXIES_OF_PATIENT_MAX: u32 = 50;

const PARAM_HOLDER: Param = Param(1);
const PARAM_PATIENT: Param = Param(2);
const PARAM_PERIOD: Param = Param(3);

/// What a proxy covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ProxyScope {
    /// Appointments and the messages about them.
    Appointments,
    /// The health record: results, medicines, documents, who saw it.
    Record,
}

/// How somebody is related to the patient (HL7 v3 RoleCode).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Kinship {
    /// Parent.
    #[serde(rename = "PRN")]
    Parent,
    /// Guardian.
    #[serde(rename = "GUARD")]
    Guardian,
    /// Spouse or partner.
    #[serde(rename = "SPS")]
    Spouse,
    /// Child.
    #[serde(rename = "CHILD")]
    Child,
    /// Brother or sister.
    #[serde(rename = "SIB")]
    Sibling,
    /// Another member of the family.
    #[serde(rename = "FAMMEMB")]
    FamilyMember,
    /// Friend or carer.
    #[serde(rename = "FRND")]
    Friend,
    /// Holder of a lasting power of attorney for health.
    #[serde(rename = "HPOWATT")]
    Attorney,
}

/// One person's right to act for one patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proxy {
    /// The account that acts.
    pub holder: UserId,
    /// The holder's name, as whoever gave the right wrote it.
    pub name: Phi<String>,
    /// For whom.
    pub patient: PatientId,
    /// How they are related.
    pub kinship: Kinship,
    /// What it covers.
    pub scopes: Vec<ProxyScope>,
    /// Since when.
    pub from: Instant,
    /// Until when: brought forward when somebody ends it.
    pub until: Instant,
    /// Who gave it.
    pub given_by: UserId,
}

/// A proxy with its id and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProxy {
    /// Its id.
    pub id: String,
    /// Version of its document.
    pub version: u64,
    /// The proxy.
    pub proxy: Proxy,
}

/// By which proxy an actor acts for somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// The proxy's id.
    pub proxy: String,
    /// What it covers.
    pub scopes: Vec<ProxyScope>,
}

/// What nobody does for somebody else: the address of a calendar is a key that would outlive the proxy.
const FOR_ONESELF: [&str; 1] = ["CreateCalendarFeed"];
/// Kinds that belong to appointments; what else is of a patient is the record.
const OF_APPOINTMENTS: [&str; 6] =
    ["Appointment", "AppointmentResponse", "Schedule", "Slot", "HealthcareService", "Message"];

impl Acting {
    /// Whether the proxy covers this. Accounts, proxies and consents are the patient's own affair; what is sealed is for
    /// the patient's eyes.
    pub fn covers(&self, action: &str, target: &Target) -> bool {
        target.label == Label::Normal
            && !FOR_ONESELF.contains(&action)
            && match target.category {
                Category::Directory | Category::Conformance | Category::Demographic => true,
                Category::Security => target.kind == "Session",
                _ if OF_APPOINTMENTS.contains(&target.kind) => self.has(ProxyScope::Appointments),
                _ => self.has(ProxyScope::Record),
            }
    }

    fn has(&self, scope: ProxyScope) -> bool {
        self.scopes.contains(&scope)
    }
}

impl StoredProxy {
    /// The operation that stores it anew.
    pub fn add(&self) -> Result<Operation, Fault> {
        document::put(PROXY, &self.id, Expected::Absent, &self.proxy, index(&self.proxy))
    }

    /// The operation that stores it as changed since it was read.
    pub fn change(&self) -> Result<Operation, Fault> {
        document::put(PROXY, &self.id, Expected::Version(self.version), &self.proxy, index(&self.proxy))
    }

    /// The holder as they act for the patient.
    pub fn actor(&self, holder: &Actor) -> Actor {
        let acting = Acting { proxy: self.id.clone(), scopes: self.proxy.scopes.clone() };
        Actor { patient: Some(self.proxy.patient.clone()), acting: Some(acting), ..holder.clone() }
    }
}

fn index(proxy: &Proxy) -> IndexRows {
    IndexRows {
        terms: vec![
            (PARAM_HOLDER, proxy.holder.as_str().as_bytes().to_vec()),
            (PARAM_PATIENT, proxy.patient.as_str().as_bytes().to_vec()),
        ],
        spans: vec![(PARAM_PERIOD, proxy.from.micros(), proxy.until.micros())],
        ..IndexRows::default()
    }
}

fn stored(found: Document) -> Result<Option<StoredProxy>, Fault> {
    Ok(document::read(&found)?.map(|proxy| StoredProxy { id: found.id, version: found.version, proxy }))
}

/// The proxy with this id.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<StoredProxy>, Fault> {
    match store.get(HOME, PROXY, id).await? {
        Some(found) => stored(found),
        None => Ok(None),
    }
}

/// The proxies by which `holder` acts at `now`.
pub async fn of_holder(store: &Store, holder: &UserId, now: Instant) -> Result<Vec<StoredProxy>, Fault> {
    in_force(store, PARAM_HOLDER, holder.as_str(), now, PROXIES_OF_USER_MAX).await
}

/// The proxies of `patient` at `now`.
pub async fn of_patient(store: &Store, patient: &PatientId, now: Instant) -> Result<Vec<StoredProxy>, Fault> {
    in_force(store, PARAM_PATIENT, patient.as_str(), now, PROXIES_OF_PATIENT_MAX).await
}

async fn in_force(
    store: &Store,
    param: Param,
    value: &str,
    now: Instant,
    most: u32,
) -> Result<Vec<StoredProxy>, Fault> {
    let scan = Scan::new(
        PROXY,
        vec![
            Condition::Any(vec![Match::Term(param, TermMatch::Equals(value.as_bytes().to_vec()))]),
            document::in_force(PARAM_PERIOD, now),
        ],
        Order::Key { descending: true },
        most,
    );
    let documents = store.scan(HOME, &scan).await?.documents;
    documents.into_iter().filter_map(|found| stored(found).transpose()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &'static str) -> Target {
        Target::plain(kind, Category::of_type(kind))
    }

    #[test]
    fn a_proxy_covers_its_scopes_and_never_what_is_sealed_or_the_patients_own_affair() {
        let appointments = Acting { proxy: "p".into(), scopes: vec![ProxyScope::Appointments] };
        let record = Acting { proxy: "p".into(), scopes: vec![ProxyScope::Record] };
        for kind in ["Appointment", "Slot"] {
            assert!(
                appointments.covers("FhirRead", &of(kind)) && !record.covers("FhirRead", &of(kind)),
                "{kind}"
            );
        }
        for kind in ["Observation", "DiagnosticReport", "MedicationRequest", "AuditEvent", "Communication"] {
            assert!(
                record.covers("FhirRead", &of(kind)) && !appointments.covers("FhirRead", &of(kind)),
                "{kind}"
            );
        }
        for kind in ["Patient", "Practitioner", "Questionnaire"] {
            assert!(
                record.covers("FhirRead", &of(kind)) && appointments.covers("FhirRead", &of(kind)),
                "{kind}"
            );
        }
        for label in [Label::Restricted, Label::VeryRestricted] {
            assert!(!record.covers("FhirRead", &of("Observation").labelled(label)));
        }
        for kind in ["Proxy", "Invitation", "User"] {
            let target = Target::plain(kind, Category::Security);
            assert!(!record.covers("Any", &target) && !appointments.covers("Any", &target), "{kind}");
        }
        let message = Target::plain("Message", Category::Administrative);
        assert!(appointments.covers("ListMessages", &message));
        assert!(!appointments.covers("CreateCalendarFeed", &message));
    }
}

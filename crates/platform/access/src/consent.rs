//! What patients withhold, from whom: the part of their consents that decisions obey. A directive is the enforceable form of
//! one FHIR Consent, written with it in one commit; it takes rights away and never gives any.

use crate::actor::{Actor, ActorKind, PurposeOfUse};
use crate::target::Target;
use crate::user::HOME;
use crate::{CONSENT, document};
use galen_kernel::{Fault, Instant, PatientId, PractitionerId};
use galen_store::{Condition, Expected, IndexRows, Match, Operation, Order, Param, Scan, Store, TermMatch};
use serde::{Deserialize, Serialize};

/// With this many patients who withhold something from one user for one purpose, what must hide them fails rather than shows
/// them.
pub const WITHHOLDING_MAX: u32 = 1_000;

const PARAM_RECIPIENT: Param = Param(1);
const PARAM_PERIOD: Param = Param(2);
/// The recipient of what is withheld from everybody who works here.
const EVERYBODY: &str = "everybody";

/// Somebody whom a consent names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Recipient {
    /// One person who works here.
    Practitioner(PractitionerId),
    /// Those who work at one facility (the id of its Organization), and at no other.
    Organization(String),
}

/// One thing that is withheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Denial {
    /// From whom; empty = from everybody who works here, programs included.
    pub recipients: Vec<Recipient>,
    /// Who may nevertheless.
    pub except: Vec<Recipient>,
    /// Categories of records (their codes) or resource types; empty = everything, the patient's being here included.
    pub contents: Vec<String>,
    /// For which purposes; empty = for any.
    pub purposes: Vec<PurposeOfUse>,
    /// Since when; `None` = always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// Until when; `None` = for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

/// What one Consent withholds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Directive {
    /// Whose record.
    pub patient: PatientId,
    /// All of it.
    pub denials: Vec<Denial>,
}

/// What is withheld from whoever asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Whose record.
    pub patient: PatientId,
    /// As in [`Denial::contents`].
    contents: Vec<String>,
    until: Option<Instant>,
}

impl Withheld {
    /// Whether it holds for this kind of thing at `now`.
    pub fn covers(&self, target: &Target, now: Instant) -> bool {
        let is_named = |content: &String| content == target.category.code() || content == target.kind;
        self.until.is_none_or(|until| now < until)
            && (self.contents.is_empty() || self.contents.iter().any(is_named))
    }
}

impl Recipient {
    fn key(&self) -> String {
        match self {
            Self::Practitioner(id) => format!("Practitioner/{id}"),
            Self::Organization(id) => format!("Organization/{id}"),
        }
    }
}

impl Denial {
    fn keys(&self) -> Vec<Vec<u8>> {
        let everybody = self.recipients.is_empty().then(|| EVERYBODY.to_owned());
        let recipients: Vec<String> = self.recipients.iter().map(Recipient::key).chain(everybody).collect();
        let purposes: Vec<&str> = match self.purposes.as_slice() {
            [] => vec![""],
            some => some.iter().map(|purpose| purpose.code()).collect(),
        };
        let pairs = recipients.iter().flat_map(|who| purposes.iter().map(move |why| key(who, why)));
        pairs.collect()
    }

    /// Whether it withholds from this actor, for this purpose, at `now`.
    fn meets(&self, actor: &Actor, purpose: PurposeOfUse, now: Instant) -> bool {
        let is_person = |one: &Recipient| matches!(one, Recipient::Practitioner(id) if actor.practitioner.as_ref() == Some(id));
        let is_at = |facility: &Option<String>, list: &[Recipient]| {
            let is_it =
                |one: &Recipient| matches!(one, Recipient::Organization(id) if Some(id) == facility.as_ref());
            list.iter().any(is_it)
        };
        let mut facilities = actor.positions.iter().map(|position| &position.facility);
        let is_denied = self.recipients.is_empty()
            || self.recipients.iter().any(is_person)
            || !actor.positions.is_empty() && facilities.clone().all(|one| is_at(one, &self.recipients));
        is_denied
            && !self.except.iter().any(is_person)
            && !facilities.any(|one| is_at(one, &self.except))
            && (self.purposes.is_empty() || self.purposes.contains(&purpose))
            && self.from.is_none_or(|from| from <= now)
            && self.until.is_none_or(|until| now < until)
    }
}

fn key(recipient: &str, purpose: &str) -> Vec<u8> {
    format!("{recipient}|{purpose}").into_bytes()
}

impl Directive {
    fn index(&self) -> IndexRows {
        let mut index = IndexRows::default();
        for denial in &self.denials {
            index.terms.extend(denial.keys().into_iter().map(|key| (PARAM_RECIPIENT, key)));
            let from = denial.from.map_or(i64::MIN, Instant::micros);
            index.spans.push((PARAM_PERIOD, from, denial.until.map_or(i64::MAX, Instant::micros)));
        }
        index.terms.sort_unstable();
        index.terms.dedup();
        index
    }

    /// What it withholds from this actor.
    fn against(self, actor: &Actor, purpose: PurposeOfUse, now: Instant) -> impl Iterator<Item = Withheld> {
        let Self { patient, denials } = self;
        denials.into_iter().filter(move |denial| denial.meets(actor, purpose, now)).map(move |denial| {
            Withheld { patient: patient.clone(), contents: denial.contents, until: denial.until }
        })
    }
}

/// What is stored for a Consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    version: u64,
    is_gone: bool,
}

/// What is stored for the Consent with this id, if anything ever was.
pub async fn kept(store: &Store, consent: &str) -> Result<Option<Kept>, Fault> {
    let found = store.get(HOME, CONSENT, consent).await?;
    Ok(found.map(|found| Kept { version: found.version, is_gone: found.deleted }))
}

/// The operation (on [`HOME`]) after which this directive, or none, is in force for the Consent with this id.
pub fn keep(
    consent: &str,
    directive: Option<&Directive>,
    kept: Option<Kept>,
) -> Result<Option<Operation>, Fault> {
    match (directive, kept) {
        (Some(directive), kept) => {
            let expected = kept.map_or(Expected::Absent, |kept| Expected::Version(kept.version));
            document::put(CONSENT, consent, expected, directive, directive.index()).map(Some)
        }
        (None, Some(Kept { version, is_gone: false })) => {
            Ok(Some(Operation::Delete { kind: CONSENT, id: consent.to_owned(), expected: version }))
        }
        (None, _) => Ok(None),
    }
}

/// What patients withhold from an actor for a purpose at `now`. From patients' own accounts nothing is withheld: what
/// they may see of others is what proxies give.
pub async fn against(
    store: &Store,
    actor: &Actor,
    purpose: PurposeOfUse,
    now: Instant,
) -> Result<Vec<Withheld>, Fault> {
    if actor.kind == ActorKind::Patient {
        return Ok(Vec::new());
    }
    let person = actor.practitioner.clone().map(Recipient::Practitioner);
    let facilities = actor.positions.iter().filter_map(|position| position.facility.clone());
    let mut recipients: Vec<String> =
        facilities.map(Recipient::Organization).chain(person).map(|one| one.key()).collect();
    recipients.push(EVERYBODY.to_owned());
    recipients.sort_unstable();
    recipients.dedup();
    let keys = recipients.iter().flat_map(|who| [key(who, ""), key(who, purpose.code())]);
    let scan = Scan::new(
        CONSENT,
        vec![
            Condition::Any(keys.map(|key| Match::Term(PARAM_RECIPIENT, TermMatch::Equals(key))).collect()),
            document::in_force(PARAM_PERIOD, now),
        ],
        Order::Key { descending: false },
        WITHHOLDING_MAX,
    );
    let documents = store.scan(HOME, &scan).await?.documents;
    if documents.len() >= WITHHOLDING_MAX as usize {
        return Err(Fault::new("consents", "more patients withhold their records than can be hidden"));
    }
    let mut withheld = Vec::new();
    for found in documents {
        if let Some(directive) = document::read::<Directive>(&found)? {
            withheld.extend(directive.against(actor, purpose, now));
        }
    }
    Ok(withheld)
}

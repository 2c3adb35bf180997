//! Invitations: a code, given by letter or across the desk, that makes an account for a patient or lets somebody act for
//! one. The store keeps only the code's hash.

use crate::proxy::{Kinship, ProxyScope};
use crate::user::HOME;
use crate::{INVITATION, document};
use aws_lc_rs::digest;
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use galen_kernel::{Fault, Instant, MICROS_PER_DAY, PatientId, Phi, UserId};
use galen_store::{
    Condition, Document, Expected, IndexRows, Match, Operation, Order, Param, Scan, Store, TermMatch,
};
use serde::{Deserialize, Serialize};

/// How long a code is good: a letter may lie for weeks.
pub const AGE_MICROS_MAX: i64 = 30 * MICROS_PER_DAY;
/// Wrong birth dates that one code survives.
pub const TRIES_MAX: u8 = 5;
/// Most invitations of one patient that are listed.
pub const INVITATIONS_LISTED_MAX: u32 = 100;
/// Characters of a code: 20 of 32 are 100 bits.
const CODE_CHARACTERS: usize = 20;
const GROUP_CHARACTERS: usize = 5;

const PARAM_PATIENT: Param = Param(1);

/// What whoever accepts gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Offer {
    /// The patient's own account.
    Account,
    /// The right to act for the patient.
    Proxy {
        /// Who is invited.
        name: Phi<String>,
        /// How they are related.
        kinship: Kinship,
        /// What they may do.
        scopes: Vec<ProxyScope>,
        /// Until when.
        until: Instant,
    },
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// Nothing yet.
    Open,
    /// This account accepted it.
    Accepted(UserId),
    /// Somebody withdrew it, or another took its place.
    Withdrawn,
}

/// An invitation as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// About whom.
    pub patient: PatientId,
    /// What it offers.
    pub offer: Offer,
    /// Who issued it.
    pub issued_by: UserId,
    /// When.
    pub issued: Instant,
    /// Until when the code is good.
    pub until: Instant,
    /// How many wrong birth dates it survives yet.
    pub tries_left: u8,
    /// What became of it.
    pub standing: Standing,
}

impl Invitation {
    /// Whether its code is good.
    pub fn is_open(&self, now: Instant) -> bool {
        self.standing == Standing::Open && now < self.until && self.tries_left > 0
    }
}

/// An invitation with its id and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredInvitation {
    /// Hash of its code.
    pub id: String,
    /// Version of its document.
    pub version: u64,
    /// The invitation.
    pub invitation: Invitation,
}

/// A code of this chance, in groups that one can read out: letters and the digits 2 to 7.
pub fn code(chance: [u8; 32]) -> String {
    let text = BASE32_NOPAD.encode(&chance).to_lowercase();
    let characters: Vec<char> = text.chars().take(CODE_CHARACTERS).collect();
    let groups: Vec<String> =
        characters.chunks(GROUP_CHARACTERS).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// The id under which a code's invitation is stored. Case, spaces and dashes do not count, and digits that a code never
/// has are read as the letters they look like.
pub fn id_of_code(code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '0' => 'o',
            '1' => 'l',
            '8' => 'b',
            other => other,
        })
        .collect();
    HEXLOWER.encode(digest::digest(&digest::SHA256, plain.as_bytes()).as_ref())
}

impl StoredInvitation {
    /// The operation that stores it anew.
    pub fn add(&self) -> Result<Operation, Fault> {
        document::put(INVITATION, &self.id, Expected::Absent, &self.invitation, index(&self.invitation))
    }

    /// The operation that stores it as changed since it was read.
    pub fn change(&self) -> Result<Operation, Fault> {
        let expected = Expected::Version(self.version);
        document::put(INVITATION, &self.id, expected, &self.invitation, index(&self.invitation))
    }
}

fn index(invitation: &Invitation) -> IndexRows {
    let patient = invitation.patient.as_str().as_bytes().to_vec();
    IndexRows { terms: vec![(PARAM_PATIENT, patient)], ..IndexRows::default() }
}

fn stored(found: Document) -> Result<Option<StoredInvitation>, Fault> {
    let read = document::read(&found)?;
    Ok(read.map(|invitation| StoredInvitation { id: found.id, version: found.version, invitation }))
}

/// The invitation with this id.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<StoredInvitation>, Fault> {
    match store.get(HOME, INVITATION, id).await? {
        Some(found) => stored(found),
        None => Ok(None),
    }
}

/// The invitations about a patient, the latest first.
pub async fn of_patient(store: &Store, patient: &PatientId) -> Result<Vec<StoredInvitation>, Fault> {
    let wanted = TermMatch::Equals(patient.as_str().as_bytes().to_vec());
    let scan = Scan::new(
        INVITATION,
        vec![Condition::Any(vec![Match::Term(PARAM_PATIENT, wanted)])],
        Order::Updated { descending: true },
        INVITATIONS_LISTED_MAX,
    );
    let documents = store.scan(HOME, &scan).await?.documents;
    documents.into_iter().filter_map(|found| stored(found).transpose()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let code = code([0x5a; 32]);
        assert_eq!(code.len(), 23, "{code}");
        let typed = code.to_uppercase().replace('-', " ");
        assert_eq!(id_of_code(&code), id_of_code(&typed));
        assert_eq!(id_of_code("OLB22"), id_of_code("018-22"));
        assert_ne!(id_of_code(&code), id_of_code(&super::code([0x5b; 32])));
    }
}

//! Messages, preferences, feeds, templates and answers in the store. All that is a patient's lies with the patient and is
//! sealed by their key: erasing the patient destroys it.

use crate::model::templates::Template;
use crate::model::{Language, Message, Preferences, Purpose};
use aws_lc_rs::digest::{SHA256, digest};
use galen_kernel::{Fault, Instant, PatientId, Rejection, RejectionKind};
use galen_service::{House, Refusal};
use galen_store::{Document, Expected, IndexRows, Kind, Operation, Param, Put, ShardId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Messages.
pub const MESSAGE: Kind = Kind(1151);
/// Preferences, one for a patient, under the patient's id.
pub const PREFERENCES: Kind = Kind(1152);
/// Calendar feeds.
pub const FEED: Kind = Kind(1153);
/// Texts that staff wrote.
pub const TEMPLATE: Kind = Kind(1154);
/// Answers to reminders, under the reminder's id.
pub const ANSWER: Kind = Kind(1155);

/// When an open message is due.
pub(crate) const DUE: Param = Param(1);
/// Whose it is.
pub(crate) const PATIENT: Param = Param(2);
/// The appointment that it is about.
pub(crate) const APPOINTMENT: Param = Param(3);
/// How it fares.
pub(crate) const STATE: Param = Param(4);
/// The fingerprint of the number from which an answer may come.
pub(crate) const ANSWERS_FROM: Param = Param(5);

/// Where what belongs to no patient lies.
const HOME: ShardId = ShardId(0);

/// A document read, with its place.
#[derive(Debug, Clone)]
pub struct Stored<T> {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u64,
    /// What it says.
    pub value: T,
}

pub(crate) fn read<T: DeserializeOwned>(found: Document) -> Result<Option<Stored<T>>, Fault> {
    let Some(body) = found.body else { return Ok(None) };
    let value = serde_json::from_slice(&body).map_err(|e| Fault::new("read message document", e))?;
    Ok(Some(Stored { id: found.id, version: found.version, value }))
}

fn put<T: Serialize>(
    kind: Kind,
    id: &str,
    expected: Expected,
    owner: &str,
    value: &T,
    index: IndexRows,
) -> Result<Operation, Fault> {
    let body = serde_json::to_vec(value).map_err(|e| Fault::new("write message document", e))?;
    Ok(Operation::Put(Put { kind, id: id.to_owned(), expected, owner: owner.to_owned(), body, index }))
}

async fn get<T: DeserializeOwned>(
    house: &House,
    shard: ShardId,
    kind: Kind,
    id: &str,
) -> Result<Option<Stored<T>>, Fault> {
    match house.store.get(shard, kind, id).await? {
        Some(found) => read(found),
        None => Ok(None),
    }
}

/// The id of a message that an event makes: the same event makes the same id, on the patient's shard.
pub fn message_id(house: &House, patient: &PatientId, delivery: &str, at: Instant, part: &str) -> String {
    let hash = digest(&SHA256, format!("message/{delivery}/{part}").as_bytes());
    let mut chance = [0; 16];
    chance.copy_from_slice(hash.as_ref().get(..16).unwrap_or(&[0; 16]));
    house.store.new_id(shard_of(house, patient), at, chance)
}

/// Where all that is a patient's lies.
pub fn shard_of(house: &House, patient: &PatientId) -> ShardId {
    house.records.shard_of(patient.as_str())
}

/// The operation that writes a message.
pub fn put_message(id: &str, expected: Expected, message: &Message) -> Result<Operation, Fault> {
    let owner = message.patient.as_str();
    let mut index = IndexRows {
        terms: vec![
            (PATIENT, owner.as_bytes().to_vec()),
            (APPOINTMENT, message.appointment.as_bytes().to_vec()),
            (STATE, message.state().code().as_bytes().to_vec()),
        ],
        ..IndexRows::default()
    };
    if let Some(number) = &message.answers_from {
        index.terms.push((ANSWERS_FROM, number.as_bytes().to_vec()));
    }
    if message.state().is_open() {
        let due = message.due.micros();
        index.spans.push((DUE, due, due.saturating_add(1)));
    }
    put(MESSAGE, id, expected, owner, message, index)
}

/// A message; none where there is none, or it was erased.
pub async fn message(house: &House, id: &str) -> Result<Option<Stored<Message>>, Fault> {
    let Some(shard) = house.store.shard_of_id(id) else { return Ok(None) };
    get(house, shard, MESSAGE, id).await
}

/// A message; a refusal when there is none.
pub async fn load_message(house: &House, id: &str) -> Result<Stored<Message>, Refusal> {
    let missing = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such message");
    Ok(message(house, id).await?.ok_or_else(missing)?)
}

/// What a patient prefers, with the version; the usual at version 0 where they said nothing.
pub async fn preferences(house: &House, patient: &PatientId) -> Result<(u64, Preferences), Fault> {
    let found = get(house, shard_of(house, patient), PREFERENCES, patient.as_str()).await?;
    Ok(found.map_or_else(Default::default, |one: Stored<Preferences>| (one.version, one.value)))
}

/// The operation that writes preferences over that version.
pub fn put_preferences(
    patient: &PatientId,
    version: u64,
    preferences: &Preferences,
) -> Result<Operation, Fault> {
    let id = patient.as_str();
    put(PREFERENCES, id, expected(version), id, preferences, IndexRows::default())
}

/// What a caller expects who saw this version; 0 is nothing.
pub fn expected(version: u64) -> Expected {
    if version == 0 { Expected::Absent } else { Expected::Version(version) }
}

/// A text that staff wrote; none inside where they went back to the built-in one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Override {
    /// The text.
    pub template: Option<Template>,
}

fn template_id(purpose: Purpose, language: Language) -> String {
    format!("{}.{}", purpose.code(), language.code())
}

/// The text that holds, with the version of its override (0 where there never was one), and whether it is the built-in one.
pub async fn template(
    house: &House,
    purpose: Purpose,
    language: Language,
) -> Result<(u64, Template, bool), Fault> {
    let id = template_id(purpose, language);
    let found: Option<Stored<Override>> = get(house, HOME, TEMPLATE, &id).await?;
    let version = found.as_ref().map_or(0, |one| one.version);
    Ok(match found.and_then(|one| one.value.template) {
        Some(own) => (version, own, false),
        None => (version, Template::built_in(purpose, language), true),
    })
}

/// The operation that writes an override over that version, and where.
pub fn put_template(
    purpose: Purpose,
    language: Language,
    version: u64,
    template: Option<&Template>,
) -> Result<(ShardId, Operation), Fault> {
    let value = Override { template: template.cloned() };
    let id = template_id(purpose, language);
    Ok((HOME, put(TEMPLATE, &id, expected(version), "", &value, IndexRows::default())?))
}

/// A feed: whose, and the hash of the secret that opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Whose appointments.
    pub patient: PatientId,
    /// SHA-256 of the secret, in hex. The secret itself is shown once and kept nowhere.
    pub hash: String,
    /// When it was made.
    pub at: Instant,
}

/// The operation that writes a feed.
pub fn put_feed(id: &str, feed: &Feed) -> Result<Operation, Fault> {
    let owner = feed.patient.as_str();
    let index = IndexRows { terms: vec![(PATIENT, owner.as_bytes().to_vec())], ..IndexRows::default() };
    put(FEED, id, Expected::Absent, owner, feed, index)
}

/// A feed; none where there is none (any more).
pub async fn feed(house: &House, id: &str) -> Result<Option<Stored<Feed>>, Fault> {
    let Some(shard) = house.store.shard_of_id(id) else { return Ok(None) };
    get(house, shard, FEED, id).await
}

/// The operation that closes a feed.
pub fn delete_feed(stored: &Stored<Feed>) -> Operation {
    Operation::Delete { kind: FEED, id: stored.id.clone(), expected: stored.version }
}

/// What a patient answered to a reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The appointment.
    pub appointment: String,
    /// Whose.
    pub patient: PatientId,
    /// Whether they come.
    pub accepted: bool,
    /// When they said so.
    pub at: Instant,
}

/// The answer to a reminder.
pub async fn answer(
    house: &House,
    patient: &PatientId,
    reminder: &str,
) -> Result<Option<Stored<Answer>>, Fault> {
    get(house, shard_of(house, patient), ANSWER, reminder).await
}

/// The operation that writes an answer.
pub fn put_answer(reminder: &str, expected: Expected, answer: &Answer) -> Result<Operation, Fault> {
    let owner = answer.patient.as_str();
    let index = IndexRows {
        terms: vec![
            (PATIENT, owner.as_bytes().to_vec()),
            (APPOINTMENT, answer.appointment.as_bytes().to_vec()),
        ],
        ..IndexRows::default()
    };
    put(ANSWER, reminder, expected, owner, answer, index)
}

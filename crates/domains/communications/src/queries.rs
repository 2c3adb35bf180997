//! The read side: threads for who may read them, with names and words.

use crate::fhir::words;
use crate::model::{Line, Side, StoredThread, Topic};
use galen_fhir::{Json, spoken_name};
use galen_kernel::{Fault, PractitionerId};
use galen_service::House;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A thread in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThreadView {
    /// Its id.
    pub id: String,
    /// Whose.
    pub patient: String,
    /// The patient's name, for the staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient_name: Option<String>,
    /// The patient's birth date, for the staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// About what.
    pub topic: Topic,
    /// In a few words.
    pub subject: String,
    /// When something was written last.
    pub last: String,
    /// By which side.
    pub last_by: Side,
    /// How many messages there are: sent with an answer, so that none is missed.
    pub messages: usize,
    /// Messages that the caller's side has not read.
    pub unread: usize,
    /// Whether it waits for an answer of the staff.
    pub awaits_staff: bool,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
}

/// A page of threads.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThreadPage {
    /// A patient's: the latest first. The inbox: who waits longest first.
    pub threads: Vec<ThreadView>,
    /// Whether there are more than are listed.
    pub is_cut: bool,
}

/// One message.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThreadMessageView {
    /// Its Communication.
    pub id: String,
    /// When it was sent.
    pub at: String,
    /// By whom.
    pub by: Side,
    /// Who of the staff, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it says.
    pub text: String,
}

/// A thread with its messages.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConversationView {
    /// The thread.
    #[serde(flatten)]
    pub thread: ThreadView,
    /// The messages, the first one first.
    pub lines: Vec<ThreadMessageView>,
}

impl ThreadView {
    /// As `side` sees it.
    pub fn new(stored: &StoredThread, side: Side) -> Option<Self> {
        let thread = &stored.thread;
        let last = thread.last()?;
        Some(Self {
            id: stored.id.clone(),
            patient: thread.patient.to_string(),
            patient_name: None,
            birth_date: None,
            topic: thread.topic,
            subject: thread.subject.reveal().clone(),
            last: last.at.to_string(),
            last_by: last.side,
            messages: thread.lines.len(),
            unread: thread.unread(side),
            awaits_staff: thread.awaits_staff(),
            closed: thread.closed.map(|closed| closed.to_string()),
        })
    }
}

/// Threads as `side` sees them; for the staff with the patients' names.
pub async fn views(house: &House, threads: &[StoredThread], side: Side) -> Result<Vec<ThreadView>, Fault> {
    let mut views: Vec<ThreadView> = threads.iter().filter_map(|one| ThreadView::new(one, side)).collect();
    if side != Side::Staff {
        return Ok(views);
    }
    let patient = galen_records::resource_type("Patient")?;
    let ids: BTreeSet<String> = views.iter().map(|view| view.patient.clone()).collect();
    let wanted: Vec<_> = ids.into_iter().map(|id| (patient, id)).collect();
    let mut people = BTreeMap::new();
    for stored in house.records.get_many(&wanted).await? {
        if let Some(resource) = stored.resource()? {
            let json = resource.json();
            let born = json.str("birthDate").map(str::to_owned);
            people.insert(stored.document.id.clone(), (spoken_name(json), born));
        }
    }
    for view in &mut views {
        if let Some((name, born)) = people.get(&view.patient) {
            (view.patient_name, view.birth_date) = (name.clone(), born.clone());
        }
    }
    Ok(views)
}

/// The messages of a thread, with the names of the staff.
pub async fn lines(house: &House, lines: &[Line]) -> Result<Vec<ThreadMessageView>, Fault> {
    let communication = galen_records::resource_type("Communication")?;
    let practitioner = galen_records::resource_type("Practitioner")?;
    let people: BTreeSet<&str> =
        lines.iter().filter_map(|line| line.practitioner.as_ref()).map(PractitionerId::as_str).collect();
    let messages = lines.iter().map(|line| (communication, line.communication.clone()));
    let wanted: Vec<_> = messages.chain(people.iter().map(|id| (practitioner, (*id).to_owned()))).collect();
    let (mut texts, mut names) = (BTreeMap::new(), BTreeMap::new());
    for stored in house.records.get_many(&wanted).await? {
        let Some(resource) = stored.resource()? else { continue };
        let json: &Json = resource.json();
        if stored.resource_type == practitioner {
            names.extend(spoken_name(json).map(|name| (stored.document.id.clone(), name)));
        } else {
            texts.extend(words(&resource).map(|text| (stored.document.id.clone(), text)));
        }
    }
    let view = |line: &Line| {
        let text = texts.get(&line.communication).cloned();
        Ok(ThreadMessageView {
            id: line.communication.clone(),
            at: line.at.to_string(),
            by: line.side,
            name: line.practitioner.as_ref().and_then(|id| names.get(id.as_str()).cloned()),
            text: text.ok_or_else(|| Fault::new("thread", "a message of it is not there"))?,
        })
    };
    lines.iter().map(view).collect()
}

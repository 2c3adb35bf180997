//! One interaction, wherever it came from (a request or a batch entry): performed with exactly one audit entry.

use crate::answer::{About, Answer};
use crate::failure::Failure;
use crate::history::history;
use crate::read::{Unless, read, vread};
use crate::search::search;
use crate::wish::{Give, Wish};
use crate::write::{Mode, Outcome, alone, sole, write};
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::bundle::{BundleKind, Method, RequestBundle, RequestEntry, Target};
use galen_fhir::{Issue, Resource, ResourceType, operation_outcome, validate};
use galen_service::House;
use galen_service::observe::Draft;
use http::StatusCode;

/// What is asked for.
#[derive(Debug)]
pub(crate) enum Ask {
    /// The current version.
    Read(ResourceType, String, Unless),
    /// One version.
    Vread(ResourceType, String, String),
    /// All versions.
    History(ResourceType, String, Vec<(String, String)>),
    /// A search of one type.
    Search(ResourceType, Vec<(String, String)>),
    /// A create, update or delete.
    Write(Box<RequestEntry>),
}

impl Ask {
    /// The FHIR interaction and its class.
    pub(crate) fn operation(&self) -> (&'static str, Interaction) {
        match self {
            Self::Read(..) => ("read", Interaction::Read),
            Self::Vread(..) => ("vread", Interaction::Read),
            Self::History(..) => ("history-instance", Interaction::Read),
            Self::Search(..) => ("search-type", Interaction::Execute),
            Self::Write(entry) => operation_of(entry.method),
        }
    }

    /// What a batch entry asks for.
    pub(crate) fn of_entry(mut entry: RequestEntry) -> Result<Self, Failure> {
        entry.index = 0;
        match entry.method {
            Method::Post | Method::Put | Method::Delete if entry.target.operation.is_none() => {
                Ok(Self::Write(Box::new(entry)))
            }
            Method::Get | Method::Head => Self::of_get(entry),
            _ => Err(crate::failure::not_yet("This kind of entry")),
        }
    }

    fn of_get(entry: RequestEntry) -> Result<Self, Failure> {
        let Target { resource_type, id, history, version, operation, query } = entry.target;
        let Some(resource_type) = resource_type.filter(|_| operation.is_none()) else {
            return Err(crate::failure::not_yet("Reading above a type, or an operation,"));
        };
        Ok(match (id, history, version) {
            (Some(id), true, Some(version)) => Self::Vread(resource_type, id, version),
            (Some(id), true, None) => Self::History(resource_type, id, query),
            (Some(id), false, _) => {
                let unless =
                    Unless { none_match: entry.if_none_match, modified_since: entry.if_modified_since };
                Self::Read(resource_type, id, unless)
            }
            (None, false, _) => Self::Search(resource_type, query),
            (None, true, _) => return Err(crate::failure::not_yet("The history of a type")),
        })
    }
}

/// The interaction of a write.
fn operation_of(method: Method) -> (&'static str, Interaction) {
    match method {
        Method::Post => ("create", Interaction::Create),
        Method::Delete => ("delete", Interaction::Delete),
        Method::Put => ("update", Interaction::Update),
        _ => ("operation", Interaction::Execute),
    }
}

/// Performs it.
pub(crate) async fn perform(
    house: &House,
    context: &Context,
    ask: Ask,
    wish: Wish,
) -> Result<Answer, Failure> {
    let (operation, interaction) = ask.operation();
    let mut draft = Draft::new(operation, interaction);
    let done = match ask {
        Ask::Read(t, id, unless) => read(house, context, &mut draft, (t, &id), &unless).await,
        Ask::Vread(t, id, version) => vread(house, context, &mut draft, (t, &id), &version).await,
        Ask::History(t, id, pairs) => history(house, context, &mut draft, (t, &id), &pairs).await,
        Ask::Search(t, pairs) => search(house, context, &mut draft, t, pairs, wish).await,
        Ask::Write(entry) => write_one(house, context, &mut draft, *entry, wish).await,
    };
    match done {
        Ok(answer) => Ok(answer),
        Err(failure) => Err(failure.recorded(house, context, draft).await),
    }
}

async fn write_one(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    entry: RequestEntry,
    wish: Wish,
) -> Result<Answer, Failure> {
    let type_name = entry.target.resource_type.map_or("Resource", ResourceType::name);
    let mut notes = Vec::new();
    if wish.give == Some(Give::Outcome)
        && let Some(resource) = &entry.resource
    {
        notes = validate(resource);
    }
    // Writing consumes the entry, and a clash needs it again.
    let again = || Ok(RequestBundle { kind: BundleKind::Transaction, entries: vec![entry.clone()] });
    let outcome: Result<Outcome, Failure> = write(house, context, draft, Mode::Alone, again).await;
    let written = outcome.and_then(sole).map_err(|f| f.relocate(|place| alone(place, type_name)))?;
    notes.extend(written.warnings);
    Ok(answer_of(written.status, written.about, written.body, &notes, wish))
}

fn answer_of(
    status: StatusCode,
    about: Option<About>,
    body: Option<Vec<u8>>,
    notes: &[Issue],
    wish: Wish,
) -> Answer {
    let is_located = status == StatusCode::CREATED || status == StatusCode::OK;
    if status == StatusCode::NO_CONTENT {
        return Answer { status, about, is_located: false, body: None, is_outcome: false };
    }
    match wish.give {
        Some(Give::Minimal) => Answer { status, about, is_located, body: None, is_outcome: false },
        Some(Give::Outcome) => {
            let done = Issue::information("Done");
            let all: Vec<Issue> = if notes.is_empty() { vec![done] } else { notes.to_vec() };
            let body = Some(operation_outcome(&all).to_bytes());
            Answer { status, about, is_located, body, is_outcome: true }
        }
        Some(Give::Representation) | None => Answer { status, about, is_located, body, is_outcome: false },
    }
}

/// An entry for a write that comes by itself.
pub(crate) fn entry_of(method: Method, target: Target, resource: Option<Resource>) -> RequestEntry {
    RequestEntry {
        index: 0,
        method,
        target,
        full_url: None,
        if_none_exist: None,
        if_match: None,
        if_none_match: None,
        if_modified_since: None,
        resource,
    }
}

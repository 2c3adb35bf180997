//! One interaction, wherever it came from (a request or a bundle's entry): performed with exactly one audit entry.

use crate::answer::{About, Answer};
use crate::capability::capabilities;
use crate::failure::Failure;
use crate::history::history;
use crate::operations::{self, Call};
use crate::read::{Unless, read, vread};
use crate::search::search;
use crate::several::delete_several;
use crate::wish::{Give, Wish};
use crate::write::{Mode, Outcome, alone, sole, write};
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::bundle::{Member, Method, RequestBundle, RequestEntry, Target};
use galen_fhir::{Issue, Resource, ResourceType, Subset, operation_outcome, validate};
use galen_service::House;
use galen_service::observe::Draft;
use http::StatusCode;

/// Whose versions a history tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Span {
    /// One resource's.
    Instance(ResourceType, String),
    /// All of a type.
    Type(ResourceType),
    /// All that there is.
    System,
}

/// What is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// One type.
    Type(ResourceType),
    /// Every type, or those of `_type`.
    System,
    /// What is in the compartment of one resource.
    Compartment {
        /// Its type.
        compartment: ResourceType,
        /// Its id.
        id: String,
        /// Which of what is in it.
        member: Member,
    },
}

/// What is asked for.
#[derive(Debug)]
pub(crate) enum Ask {
    /// What this server does.
    Capabilities,
    /// The current version.
    Read(ResourceType, String, Unless, Subset),
    /// One version.
    Vread(ResourceType, String, String, Subset),
    /// Versions, by time.
    History(Span, Vec<(String, String)>),
    /// A search.
    Search(Scope, Vec<(String, String)>),
    /// A create, update, patch or delete.
    Write(Box<RequestEntry>),
    /// An operation.
    Operate(Box<Call>),
}

impl Ask {
    /// The FHIR interaction and its class.
    pub(crate) fn operation(&self) -> (&'static str, Interaction) {
        match self {
            Self::Capabilities => ("capabilities", Interaction::Read),
            Self::Read(..) => ("read", Interaction::Read),
            Self::Vread(..) => ("vread", Interaction::Read),
            Self::History(Span::Instance(..), _) => ("history-instance", Interaction::Read),
            Self::History(Span::Type(_), _) => ("history-type", Interaction::Read),
            Self::History(Span::System, _) => ("history-system", Interaction::Read),
            Self::Search(Scope::System, _) => ("search-system", Interaction::Execute),
            Self::Search(..) => ("search-type", Interaction::Execute),
            Self::Write(entry) => operation_of(entry.method),
            Self::Operate(call) => (call.operation.audited, call.operation.class),
        }
    }
}

/// The interaction of a write.
fn operation_of(method: Method) -> (&'static str, Interaction) {
    match method {
        Method::Post => ("create", Interaction::Create),
        Method::Delete => ("delete", Interaction::Delete),
        Method::Put => ("update", Interaction::Update),
        Method::Patch => ("patch", Interaction::Update),
        Method::Get | Method::Head => ("operation", Interaction::Execute),
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
        Ask::Capabilities => capabilities(house, context, &mut draft).await,
        Ask::Read(t, id, unless, how) => read(house, context, &mut draft, (t, &id), &unless, &how).await,
        Ask::Vread(t, id, version, how) => vread(house, context, &mut draft, (t, &id), &version, &how).await,
        Ask::History(span, pairs) => history(house, context, &mut draft, &span, pairs).await,
        Ask::Search(scope, pairs) => search(house, context, &mut draft, &scope, pairs, wish).await,
        Ask::Write(entry) => write_one(house, context, &mut draft, *entry, wish).await,
        Ask::Operate(call) => operations::operate(house, context, &mut draft, *call, wish).await,
    };
    match done {
        Ok(answer) => Ok(answer),
        Err(failure) => Err(failure.recorded(house, context, draft).await),
    }
}

/// One create, update, patch or delete, as a transaction of one.
pub(crate) async fn write_one(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    entry: RequestEntry,
    wish: Wish,
) -> Result<Answer, Failure> {
    if entry.method == Method::Delete && entry.target.query.iter().any(|(name, _)| name == "_count") {
        return delete_several(house, context, draft, entry).await;
    }
    let type_name = entry.target.resource_type.map_or("Resource", ResourceType::name);
    let mut notes = Vec::new();
    if wish.give == Some(Give::Outcome)
        && let Some(resource) = &entry.resource
    {
        notes = validate(resource);
    }
    // Writing consumes the entry, and a clash needs it again.
    let again = || Ok(RequestBundle::transaction(vec![entry.clone()]));
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
    let bare = Answer { about, ..Answer::empty(status) };
    if status == StatusCode::NO_CONTENT {
        return bare;
    }
    match wish.give {
        Some(Give::Minimal) => Answer { is_located, ..bare },
        Some(Give::Outcome) => {
            let done = Issue::information("Done");
            let all: Vec<Issue> = if notes.is_empty() { vec![done] } else { notes.to_vec() };
            let body = Some(operation_outcome(&all).to_bytes());
            Answer { is_located, body, is_outcome: true, ..bare }
        }
        Some(Give::Representation) | None => Answer { is_located, body, ..bare },
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
        patch: None,
    }
}

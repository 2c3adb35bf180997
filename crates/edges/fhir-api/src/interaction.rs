//! The one table of what this edge does: method and address, of a request or of a bundle's entry, to what is asked for.

use crate::ask::{Ask, Scope, Span};
use crate::failure::Failure;
use crate::operations;
use crate::read::Unless;
use crate::wish::take_subset;
use bytes::Bytes;
use galen_fhir::ResourceType;
use galen_fhir::bundle::{Method, RequestEntry, Target, TargetFault};
use galen_fhir::{Issue, IssueCode};
use galen_kernel::{Rejection, RejectionKind};

/// A request or an entry of a bundle, read as far as its body.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// Method, address, conditions, resource.
    pub(crate) entry: RequestEntry,
    /// A body of lines, for the operations that take one.
    pub(crate) lines: Option<Bytes>,
}

impl From<RequestEntry> for Incoming {
    fn from(entry: RequestEntry) -> Self {
        Self { entry, lines: None }
    }
}

/// What a method does at an address.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Interaction {
    /// The CapabilityStatement.
    Capabilities,
    /// A transaction or batch.
    Bundle,
    /// The current version.
    Read,
    /// One version.
    Vread,
    /// Versions, by time.
    History,
    /// A search, with its parameters in the address.
    Search,
    /// A search, with parameters in the body, too.
    SearchByForm,
    /// A create.
    Create,
    /// An update; conditional without an id.
    Update,
    /// A patch; conditional without an id.
    Patch,
    /// A delete; conditional without an id.
    Delete,
    /// An operation.
    Operate(&'static operations::Operation),
}

/// Where an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    System,
    Type,
    Instance,
    Compartment,
}

fn place_of(target: &Target) -> Place {
    match (target.resource_type, &target.id, target.member) {
        (None, ..) => Place::System,
        (_, None, _) => Place::Type,
        (_, _, None) => Place::Instance,
        _ => Place::Compartment,
    }
}

/// What `method` does at `target`.
pub(crate) fn interaction(method: Method, target: &Target) -> Result<Interaction, Failure> {
    use Method::{Delete, Get, Head, Patch, Post, Put};
    if target.operation.is_some() {
        return operations::find(method, target).map(Interaction::Operate);
    }
    let place = place_of(target);
    Ok(match (method, place) {
        (Get | Head, _) if target.metadata => Interaction::Capabilities,
        (_, _) if target.metadata => return Err(not_allowed("Metadata is only read")),
        (Get | Head, Place::System | Place::Type | Place::Compartment) if target.search => {
            Interaction::Search
        }
        (Post, Place::System | Place::Type | Place::Compartment) if target.search => {
            Interaction::SearchByForm
        }
        (Get | Head, Place::Instance) if target.version.is_some() => Interaction::Vread,
        (Get | Head, Place::System | Place::Type | Place::Instance) if target.history => Interaction::History,
        (_, _) if target.history => return Err(history_kept()),
        (_, _) if target.search => return Err(not_allowed("There is no search of one resource")),
        (Post, Place::System) => Interaction::Bundle,
        (Get | Head, Place::System | Place::Type | Place::Compartment) => Interaction::Search,
        (Get | Head, Place::Instance) => Interaction::Read,
        (Post, Place::Type) => Interaction::Create,
        (Put, Place::Type | Place::Instance) => Interaction::Update,
        (Patch, Place::Type | Place::Instance) => Interaction::Patch,
        (Delete, Place::Type | Place::Instance) => Interaction::Delete,
        (Post | Put | Patch | Delete, _) => {
            return Err(not_allowed("This method is not supported at this address"));
        }
    })
}

/// The same, as the audit calls it when the request could not be read.
pub(crate) fn name_of(interaction: Interaction, target: &Target) -> &'static str {
    match interaction {
        Interaction::Capabilities => "capabilities",
        Interaction::Bundle => "batch",
        Interaction::Read => "read",
        Interaction::Vread => "vread",
        Interaction::History => match place_of(target) {
            Place::System => "history-system",
            Place::Type => "history-type",
            _ => "history-instance",
        },
        Interaction::Search | Interaction::SearchByForm => match place_of(target) {
            Place::System => "search-system",
            _ => "search-type",
        },
        Interaction::Create => "create",
        Interaction::Update => "update",
        Interaction::Patch => "patch",
        Interaction::Delete => "delete",
        Interaction::Operate(operation) => operation.audited,
    }
}

fn not_allowed(message: &str) -> Failure {
    Rejection::new(RejectionKind::NotSupported, "not-supported", message)
        .next("See /fhir/metadata for what is")
        .into()
}

fn history_kept() -> Failure {
    let message = "The history of a resource is never changed or deleted";
    Rejection::new(RejectionKind::NotSupported, "history-kept", message).into()
}

/// The refusal of an address that is none.
pub(crate) fn no_such_address(fault: &TargetFault) -> Failure {
    let (kind, code) = match fault {
        TargetFault::NoSuchType(_) => (RejectionKind::NotFound, "no-such-type"),
        TargetFault::BadId => (RejectionKind::Malformed, "id-invalid"),
        TargetFault::BadQuery => (RejectionKind::Malformed, "query-invalid"),
        TargetFault::NotRelative => (RejectionKind::Malformed, "address-invalid"),
        TargetFault::NotUnderstood(_) => (RejectionKind::NotFound, "no-such-address"),
    };
    let issue_code = match kind {
        RejectionKind::NotFound => IssueCode::NotFound,
        _ => IssueCode::Value,
    };
    Failure::of_issues(kind, code, vec![Issue::error(issue_code, fault.to_string()).at("url")])
}

/// Reads what is asked for out of a request or an entry; bundles and metadata are the caller's.
pub(crate) fn ask_of(interaction: Interaction, incoming: Incoming) -> Result<Ask, Failure> {
    let Incoming { mut entry, lines } = incoming;
    entry.index = 0;
    let target = &mut entry.target;
    Ok(match interaction {
        Interaction::Capabilities => Ask::Capabilities,
        Interaction::Bundle => return Err(not_allowed("A bundle holds no bundles to be processed")),
        Interaction::Read => {
            let how = take_subset(&mut target.query)?;
            let unless = Unless { none_match: entry.if_none_match, modified_since: entry.if_modified_since };
            let (resource_type, id) = instance(&entry.target)?;
            Ask::Read(resource_type, id, unless, how)
        }
        Interaction::Vread => {
            let how = take_subset(&mut target.query)?;
            let version = target.version.take().unwrap_or_default();
            let (resource_type, id) = instance(&entry.target)?;
            Ask::Vread(resource_type, id, version, how)
        }
        Interaction::History => {
            let span = match (target.resource_type, target.id.take()) {
                (None, _) => Span::System,
                (Some(resource_type), None) => Span::Type(resource_type),
                (Some(resource_type), Some(id)) => Span::Instance(resource_type, id),
            };
            Ask::History(span, std::mem::take(&mut target.query))
        }
        Interaction::Search | Interaction::SearchByForm => {
            let scope = match (target.resource_type, target.id.take(), target.member) {
                (None, ..) => Scope::System,
                (Some(compartment), Some(id), Some(member)) => Scope::Compartment { compartment, id, member },
                (Some(resource_type), ..) => Scope::Type(resource_type),
            };
            Ask::Search(scope, std::mem::take(&mut target.query))
        }
        Interaction::Create | Interaction::Update | Interaction::Patch | Interaction::Delete => {
            if let Some(resource_type) = target.resource_type {
                crate::admit::writable(resource_type)?;
            }
            if target.id.is_none() && !matches!(interaction, Interaction::Create) && target.query.is_empty() {
                return Err(condition_empty());
            }
            if target.id.is_some() || matches!(interaction, Interaction::Create) {
                target.query.clear();
            }
            Ask::Write(Box::new(entry))
        }
        Interaction::Operate(operation) => {
            Ask::Operate(Box::new(operations::Call::read(operation, entry, lines)?))
        }
    })
}

fn instance(target: &Target) -> Result<(ResourceType, String), Failure> {
    match (target.resource_type, &target.id) {
        (Some(resource_type), Some(id)) => Ok((resource_type, id.clone())),
        _ => Err(not_allowed("A read names a type and an id")),
    }
}

fn condition_empty() -> Failure {
    let message = "A conditional write needs a condition, or an id in the address";
    Rejection::new(RejectionKind::PreconditionFailed, "condition-empty", message).at("url").into()
}

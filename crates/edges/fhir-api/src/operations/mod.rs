//! Operations (<https://hl7.org/fhir/R4/operations.html>): one list, from which routing, the CapabilityStatement and the
//! OperationDefinitions come.

mod appointments;
mod bulk;
mod definition;
mod document;
mod everything;
mod lastn;
mod matching;
mod meta;
pub(crate) mod parameters;
mod printing;
mod terminology;
mod validation;
mod views;

pub(crate) use bulk::{BULK_JOB, PREPARE};
pub(crate) use definition::definition_of;
pub(crate) use parameters::Parameters;
pub(crate) use validation::looked_at;

use crate::answer::Answer;
use crate::failure::{Failure, not_yet};
use crate::wish::{BodyFormat, Wish};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::ResourceType;
use galen_fhir::bundle::{Method, RequestEntry, Target};
use galen_kernel::{Rejection, RejectionKind};
use galen_service::House;
use galen_service::observe::Draft;

/// Where an operation may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// `[base]/$op`.
    System,
    /// `[base]/Type/$op`.
    Type,
    /// `[base]/Type/id/$op`.
    Instance,
}

/// Which types an operation is of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of {
    /// Every type.
    Every,
    /// These.
    Only(&'static [&'static str]),
}

/// A parameter, as its definition tells it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: &'static str,
    /// Whether it comes in; otherwise it goes out.
    pub(crate) is_in: bool,
    /// Whether it is required.
    pub(crate) is_required: bool,
    /// Most occurrences: `1` or `*`.
    pub(crate) max: &'static str,
    /// Its type.
    pub(crate) kind: &'static str,
    /// What it does.
    pub(crate) about: &'static str,
}

/// An incoming parameter that may be left out.
pub(crate) const fn optional(name: &'static str, kind: &'static str, about: &'static str) -> Parameter {
    Parameter { name, is_in: true, is_required: false, max: "1", kind, about }
}

/// An incoming parameter that must be there.
pub(crate) const fn required(name: &'static str, kind: &'static str, about: &'static str) -> Parameter {
    Parameter { is_required: true, ..optional(name, kind, about) }
}

/// What comes out.
pub(crate) const fn returned(kind: &'static str, about: &'static str) -> Parameter {
    Parameter { name: "return", is_in: false, is_required: true, max: "1", kind, about }
}

/// An operation.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its code, without the sign.
    pub(crate) code: &'static str,
    /// Id of its definition.
    pub(crate) id: &'static str,
    /// Canonical url of its definition; empty for the addresses that answers of another lead to, which have none.
    pub(crate) canonical: &'static str,
    /// One line about it.
    pub(crate) title: &'static str,
    /// Where it may be asked for.
    pub(crate) levels: &'static [Level],
    /// Of which types.
    pub(crate) of: Of,
    /// How it may be asked for.
    pub(crate) methods: &'static [Method],
    /// Whether it changes something.
    pub(crate) affects_state: bool,
    /// In which formats its input comes.
    pub(crate) formats: &'static [BodyFormat],
    /// Most parts of its address after its name.
    pub(crate) rest_max: usize,
    /// What goes in and out.
    pub(crate) parameters: &'static [Parameter],
    /// What the audit calls it.
    pub(crate) audited: &'static str,
    /// Its class for the audit.
    pub(crate) class: Interaction,
    /// What answers.
    pub(crate) handler: Handler,
}

impl Operation {
    /// Whether it answers in formats of its own, which its parameter `_format` names.
    pub(crate) fn has_own_formats(&self) -> bool {
        self.parameters.iter().any(|one| one.name == "_format")
    }
}

/// Answers an operation; it writes its own audit entry when it succeeds.
pub(crate) type Handler = for<'c> fn(&'c House, &'c Context, &'c mut Draft, Call, Wish) -> Later<'c>;

/// An answer on its way.
pub(crate) type Later<'c> = BoxFuture<'c, Result<Answer, Failure>>;

/// How most operations are asked for.
pub(crate) const GET_OR_POST: &[Method] = &[Method::Get, Method::Head, Method::Post];

/// All of them.
pub(crate) static ALL: &[&Operation] = &[
    &validation::VALIDATE,
    &meta::META,
    &meta::META_ADD,
    &meta::META_DELETE,
    &everything::EVERYTHING,
    &everything::OF_ENCOUNTER,
    &printing::PRINT,
    &document::DOCUMENT,
    &lastn::LASTN,
    &matching::MATCH,
    &appointments::FIND,
    &appointments::HOLD,
    &appointments::BOOK,
    &terminology::EXPAND,
    &terminology::IN_VALUE_SET,
    &terminology::IN_SYSTEM,
    &terminology::LOOKUP,
    &terminology::SUBSUMES,
    &terminology::TRANSLATE,
    &bulk::EXPORT,
    &bulk::EXPORT_OF_PATIENTS,
    &bulk::EXPORT_OF_GROUP,
    &bulk::IMPORT,
    &bulk::STATUS,
    &bulk::FILE,
    &views::RUN,
];

/// A request for an operation.
#[derive(Debug)]
pub(crate) struct Call {
    /// Which.
    pub(crate) operation: &'static Operation,
    /// How it is asked for.
    pub(crate) method: Method,
    /// Of which type.
    pub(crate) resource_type: Option<ResourceType>,
    /// Of which resource.
    pub(crate) id: Option<String>,
    /// What follows its name in the address.
    pub(crate) rest: Vec<String>,
    /// Its input.
    pub(crate) parameters: Parameters,
    /// A body of lines.
    pub(crate) lines: Option<Bytes>,
    /// `If-Match`.
    pub(crate) if_match: Option<String>,
}

impl Call {
    /// Reads an entry that asks for an operation.
    pub(crate) fn read(
        operation: &'static Operation,
        entry: RequestEntry,
        lines: Option<Bytes>,
    ) -> Result<Self, Failure> {
        let Target { resource_type, id, rest, query, .. } = entry.target;
        let parameters = Parameters::read(operation, query, entry.resource)?;
        let (method, if_match) = (entry.method, entry.if_match);
        Ok(Self { operation, method, resource_type, id, rest, parameters, lines, if_match })
    }

    /// The resource that it is of.
    pub(crate) fn instance(&self) -> Result<(ResourceType, &str), Failure> {
        match (self.resource_type, &self.id) {
            (Some(resource_type), Some(id)) => Ok((resource_type, id)),
            _ => Err(not_yet("This operation without a resource")),
        }
    }
}

/// The operation that `target` names, if `method` may ask for it there.
pub(crate) fn find(method: Method, target: &Target) -> Result<&'static Operation, Failure> {
    let code = target.operation.as_deref().unwrap_or_default();
    let level = match (target.resource_type, &target.id) {
        (None, _) => Level::System,
        (Some(_), None) => Level::Type,
        (Some(_), Some(_)) => Level::Instance,
    };
    let fits = |one: &&&'static Operation| {
        let of = match (one.of, target.resource_type) {
            (Of::Only(types), Some(resource_type)) => types.contains(&resource_type.name()),
            _ => true,
        };
        one.code == code && one.levels.contains(&level) && of && target.rest.len() <= one.rest_max
    };
    let Some(found) = ALL.iter().find(fits) else {
        let plain: String =
            code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
        let message = format!("There is no operation '${plain}' here");
        return Err(Rejection::new(RejectionKind::NotFound, "no-such-operation", message)
            .at("url")
            .next("See /fhir/metadata for those that are")
            .into());
    };
    if !found.methods.contains(&method) {
        let message = format!("${} is not asked for by this method", found.code);
        return Err(Rejection::new(RejectionKind::NotSupported, "method-not-supported", message).into());
    }
    Ok(found)
}

/// Performs it.
pub(crate) async fn operate(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: Call,
    wish: Wish,
) -> Result<Answer, Failure> {
    (call.operation.handler)(house, context, draft, call, wish).await
}

/// The operations of a type, or of the system, that a client is told of: code and canonical.
pub(crate) fn told_of(resource_type: Option<ResourceType>) -> Vec<(String, String)> {
    let is_of = |one: &&&'static Operation| match resource_type {
        None => one.levels.contains(&Level::System),
        Some(resource_type) => {
            let named = match one.of {
                Of::Every => true,
                Of::Only(types) => types.contains(&resource_type.name()),
            };
            named && (one.levels.contains(&Level::Type) || one.levels.contains(&Level::Instance))
        }
    };
    let told = ALL.iter().filter(|one| !one.canonical.is_empty()).filter(is_of);
    told.map(|one| (one.code.to_owned(), one.canonical.to_owned())).collect()
}

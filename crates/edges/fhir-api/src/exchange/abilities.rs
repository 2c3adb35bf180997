//! What a partner says that it does, in its CapabilityStatement.

use super::remote::{Asked, Remote};
use crate::failure::Failure;
use galen_fhir::json::parse;
use galen_fhir::{Json, ResourceType};
use std::collections::HashMap;

/// What a server that answers everything else may say when it is asked to tell of itself.
const UNTOLD: [&str; 2] = ["partner-refuses", "partner-answer-too-large"];

/// Why a type is not pushed: its code, and the reason for people.
pub(super) type Unable = (&'static str, String);

/// What a partner says of each type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Abilities {
    /// Nothing where it says nothing: then all is tried.
    types: Option<HashMap<String, Ability>>,
}

/// What a partner says of a type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ability {
    creates: bool,
    tells_history: bool,
    /// Whether it makes a resource only once, where it says so either way.
    creates_once: Option<bool>,
}

impl Abilities {
    /// Asks for them. Not every server tells of itself, and none has to: only one that cannot be reached is an error.
    pub(super) async fn ask(remote: &mut Remote<'_>) -> Result<Self, Failure> {
        let to = remote.below("metadata")?;
        match remote.ask(&to, &Asked::get()).await {
            Ok(answer) if answer.status.is_success() => Ok(Self::read(&answer.body)),
            Ok(_) => Ok(Self::default()),
            Err(failure) if UNTOLD.contains(&failure.refusal.code()) => Ok(Self::default()),
            Err(failure) => Err(failure),
        }
    }

    /// Reads a CapabilityStatement.
    pub(super) fn read(body: &[u8]) -> Self {
        let statement = parse(body).ok();
        let is_one = |json: &&Json| json.str("resourceType") == Some("CapabilityStatement");
        let servers = statement.as_ref().filter(is_one).map(|statement| {
            statement
                .list("rest")
                .filter(|rest| rest.str("mode") == Some("server"))
                .flat_map(types_of)
                .collect()
        });
        // A statement that lists no types speaks of something else.
        Self { types: servers.filter(|types: &HashMap<_, _>| !types.is_empty()) }
    }

    /// Whether it tells what was deleted: nobody is asked for a history who does not say that there is one.
    pub(super) fn tells_history(&self, resource_type: ResourceType) -> bool {
        self.of(resource_type).is_some_and(|one| one.tells_history)
    }

    /// Why nothing of a type can be pushed there, if so: what is pushed must be found again by our identifier, and must be
    /// made only once although an answer is lost.
    pub(super) fn refuses(&self, resource_type: ResourceType) -> Option<Unable> {
        let element = resource_type.structure().and_then(|all| all.element("identifier"));
        let is_found = galen_fhir::search_parameter(resource_type, "identifier").is_some();
        if !(is_found && element.is_some_and(|element| element.many)) {
            let message = format!(
                "{resource_type} has no identifiers by which it could be found again there; let the partner pull it"
            );
            return Some(("no-identifier", message));
        }
        let says = self.of(resource_type)?;
        if !says.creates {
            let message = format!("The partner says that it creates no {resource_type}; leave the type out");
            return Some(("partner-creates-none", message));
        }
        let message = format!(
            "The partner says that it has no conditional create of {resource_type}, so that a lost answer would make it \
             twice; let the partner pull it"
        );
        let is_once = says.creates_once.unwrap_or(true);
        (!is_once).then_some(("partner-creates-twice", message))
    }

    /// What it says of a type; nothing where it says nothing at all. A type that it leaves out it does nothing with.
    fn of(&self, resource_type: ResourceType) -> Option<Ability> {
        self.types.as_ref().map(|types| types.get(resource_type.name()).copied().unwrap_or_default())
    }
}

fn types_of(rest: &Json) -> impl Iterator<Item = (String, Ability)> {
    rest.list("resource").filter_map(|one| {
        let does = |code: &str| one.list("interaction").any(|each| each.str("code") == Some(code));
        let ability = Ability {
            creates: does("create"),
            tells_history: does("history-type"),
            creates_once: one.get("conditionalCreate").and_then(Json::as_bool),
        };
        Some((one.str("type")?.to_owned(), ability))
    })
}

//! The few facts of a question that policies look at, and how they are put to them.

use crate::actor::{Actor, Context};
use crate::policy::Policies;
use crate::target::{Category, Label, Target};
use cedar_policy::{Decision, Entities, Entity, EntityUid, Request, RestrictedExpression};
use galen_kernel::{Fault, UserId};
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

/// The few facts that policies look at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(clippy::struct_excessive_bools)] // each is one fact that policies read by its name
pub struct Facts {
    /// Who.
    pub user: UserId,
    /// Version of the account: a change of rights makes another question of it.
    pub version: u64,
    /// What is to be done.
    pub action: &'static str,
    /// To what kind of thing.
    pub kind: &'static str,
    /// Of which category.
    pub category: Category,
    /// How sensitive it is.
    pub label: Label,
    /// Whether it is the actor's own.
    pub own: bool,
    /// Whether it is in a patient's record at all.
    pub of_patient: bool,
    /// Whether the actor cares for the patient.
    pub relationship: bool,
    /// Whether the patient withholds it from the actor.
    pub withheld: bool,
    /// Whether it is held back from the patient for now.
    pub held: bool,
    /// Whether the actor broke the glass.
    pub broken_glass: bool,
    /// At which facility.
    pub facility: Option<String>,
    /// Why.
    pub purpose: &'static str,
    /// Whether the sign-in had two factors.
    pub multi_factor: bool,
}

impl Facts {
    /// Of an action by this context; of relationships, consents and broken glass nothing is known yet.
    pub fn of(context: &Context, action: &'static str, target: &Target, own: bool) -> Self {
        Self {
            user: context.actor.user.clone(),
            version: context.actor.version,
            action,
            kind: target.kind,
            category: target.category,
            label: target.label,
            own,
            of_patient: !target.patients.is_empty(),
            relationship: false,
            withheld: false,
            held: target.release.is_some_and(|release| context.at < release),
            broken_glass: false,
            facility: target.facility.clone(),
            purpose: context.purpose.code(),
            multi_factor: context.multi_factor,
        }
    }

    /// What the policies say to these facts about an actor.
    pub fn ask(&self, policies: &Policies, actor: &Actor) -> Result<bool, Fault> {
        let fault = |e: String| Fault::new("policy decision", e);
        let principal = uid("User", self.user.as_str())?;
        let action = uid("Action", self.action)?;
        let resource = uid("Record", self.kind)?;
        let activities = actor.activities_at(self.facility.as_deref());
        let user_attributes = HashMap::from([
            ("kind".to_owned(), text(actor.kind.code())),
            ("roles".to_owned(), texts(actor.roles())),
            ("activities".to_owned(), texts(activities)),
        ]);
        let record_attributes = HashMap::from([
            ("kind".to_owned(), text(self.kind)),
            ("category".to_owned(), text(self.category.code())),
            ("label".to_owned(), text(self.label.code())),
            ("own".to_owned(), RestrictedExpression::new_bool(self.own)),
            ("ofPatient".to_owned(), RestrictedExpression::new_bool(self.of_patient)),
            ("relationship".to_owned(), RestrictedExpression::new_bool(self.relationship)),
            ("held".to_owned(), RestrictedExpression::new_bool(self.held)),
            ("withheld".to_owned(), RestrictedExpression::new_bool(self.withheld)),
        ]);
        let entities = [
            Entity::new(principal.clone(), user_attributes, HashSet::new())
                .map_err(|e| fault(e.to_string()))?,
            Entity::new(resource.clone(), record_attributes, HashSet::new())
                .map_err(|e| fault(e.to_string()))?,
        ];
        let context = cedar_policy::Context::from_pairs([
            ("purpose".to_owned(), text(self.purpose)),
            ("breakGlass".to_owned(), RestrictedExpression::new_bool(self.broken_glass)),
            ("multiFactor".to_owned(), RestrictedExpression::new_bool(self.multi_factor)),
        ])
        .map_err(|e| fault(e.to_string()))?;
        let schema = Some(&policies.schema);
        let entities = Entities::from_entities(entities, schema).map_err(|e| fault(e.to_string()))?;
        let request =
            Request::new(principal, action, resource, context, schema).map_err(|e| fault(e.to_string()))?;
        let answer = policies.authorizer.is_authorized(&request, &policies.set, &entities);
        if let Some(error) = answer.diagnostics().errors().next() {
            return Err(fault(error.to_string()));
        }
        Ok(answer.decision() == Decision::Allow)
    }
}

fn uid(kind: &str, id: &str) -> Result<EntityUid, Fault> {
    let name = cedar_policy::EntityTypeName::from_str(&format!("Galen::{kind}"))
        .map_err(|e| Fault::new("policy entity", e))?;
    Ok(EntityUid::from_type_name_and_id(name, cedar_policy::EntityId::new(id)))
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> RestrictedExpression {
    RestrictedExpression::new_set(values.into_iter().map(text))
}

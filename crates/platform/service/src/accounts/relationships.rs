//! Declaring care relationships.

use crate::caller::{Caller, parsed};
use crate::command::{Command, Facts, Saved};
use crate::execute::execute;
use crate::house::House;
use crate::http::{json, read_json};
use crate::refusal::Refusal;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use galen_access::relationship::{self, Relationship};
use galen_access::user::{self, HOME};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{Fault, Instant, MICROS_PER_DAY, PatientId, Rejection, RejectionKind, UserId};
use galen_records::Change;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Longest relationship that is declared at once.
const DAYS_MAX: i64 = 366;

/// Declares a relationship from now on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeclareRelationship {
    /// Sign-in name of who cares.
    pub user: String,
    /// The patient's id.
    pub patient: String,
    /// For how many days, 1 to 366.
    pub days: i64,
}

/// A relationship.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelationshipView {
    /// Its id.
    pub id: String,
    /// Until when it holds.
    pub until: String,
}

impl Command for DeclareRelationship {
    type Loaded = (UserId, PatientId);
    type Event = Relationship;
    type Answer = RelationshipView;
    const NAME: &'static str = "DeclareRelationship";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = ("Relationship", Category::Security);

    async fn load(&self, house: &House, context: &Context) -> Result<Self::Loaded, Refusal> {
        let missing = |what: &str| {
            Rejection::new(RejectionKind::Unprocessable, "not-found", format!("There is no such {what}"))
                .at(what)
        };
        let name = user::parse_name(&self.user)?;
        let found = user::by_name(&house.store, &name, context.at).await?.ok_or_else(|| missing("user"))?;
        let patient = PatientId::parse(self.patient.clone()).map_err(|_| missing("patient"))?;
        Ok((found.id, patient))
    }

    fn target(&self, _: &Self::Loaded) -> Target {
        Target::plain("Relationship", Category::Security)
    }

    fn decide(&self, (user, patient): &Self::Loaded, facts: &Facts) -> Result<Vec<Relationship>, Rejection> {
        if !(1..=DAYS_MAX).contains(&self.days) {
            let message = "A relationship is declared for 1 to 366 days";
            return Err(Rejection::new(RejectionKind::Unprocessable, "days-out-of-range", message).at("days"));
        }
        if *user == facts.actor {
            return Err(Rejection::new(
                RejectionKind::Forbidden,
                "own-relationship",
                "Nobody declares the own relationship to a patient",
            )
            .next("Ask a colleague, or open the record by break-glass if care cannot wait"));
        }
        let until: Instant = facts.now.plus_micros(self.days * MICROS_PER_DAY);
        let declared_by = facts.actor.clone();
        Ok(vec![Relationship {
            user: user.clone(),
            patient: patient.clone(),
            from: facts.now,
            until,
            declared_by,
        }])
    }

    fn save(
        &self,
        house: &House,
        _: Self::Loaded,
        events: Vec<Relationship>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<RelationshipView>, Fault> {
        let Some(made) = events.into_iter().next() else {
            return Err(Fault::new("relationship", "nothing decided"));
        };
        let id = data_encoding::HEXLOWER.encode(&facts.chance_for_id());
        change.push(HOME, relationship::add(&id, &made)?);
        house.access.forget(&made.user);
        let mut saved = Saved::new(
            RelationshipView { id: id.clone(), until: made.until.to_string() },
            vec![format!("Relationship/{id}")],
        );
        saved.patients = vec![made.patient.to_string()];
        Ok(saved)
    }
}

/// `POST /api/access/relationships`.
pub async fn declare(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    body: Bytes,
) -> Result<Response, Refusal> {
    let command: DeclareRelationship =
        parsed(&house, &context, DeclareRelationship::NAME, Interaction::Create, read_json(&body)).await?;
    Ok(json(StatusCode::CREATED, &execute(&house, &context, &command, None).await?))
}

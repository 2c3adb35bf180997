//! Opening a sealed record, the alert that follows, the review that must.

use crate::caller::{Caller, parsed};
use crate::command::{Command, Facts, Saved};
use crate::execute::execute;
use crate::house::House;
use crate::http::{json, read_json};
use crate::observe::{Draft, looked, refused};
use crate::reaction::Reaction;
use crate::refusal::Refusal;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use galen_access::break_glass::{self, BreakGlassOpenedV1, Grant, Review, StoredGrant};
use galen_access::user::HOME;
use galen_access::{Category, Context, Decision, Target};
use galen_audit::Interaction;
use galen_fhir::{Resource, ResourceType, array, object};
use galen_kernel::{Contract, Fault, PatientId, Rejection, RejectionKind};
use galen_records::Change;
use galen_store::Expected;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Hears of openings and raises the alert.
pub const ALERT: Reaction = Reaction {
    name: "accounts-break-glass-alert",
    events: &[BreakGlassOpenedV1::NAME],
    react: |house, delivery| {
        Box::pin(async move {
            if let Some(opened) = BreakGlassOpenedV1::read(&delivery.envelope) {
                house.metrics.break_glass_opened.inc();
                tracing::warn!(
                    alert = "break-glass", user.id = %opened.user, patient.id = %opened.patient, task = opened.task,
                    "a sealed record was opened by break-glass"
                );
            }
            Ok(None)
        })
    },
};

/// Opens a record.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenBreakGlass {
    /// The patient's id.
    pub patient: String,
    /// Why, in 10 to 1000 characters.
    pub reason: String,
}

/// What a reviewer says.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReviewBody {
    /// Whether it was right to open the record.
    pub justified: bool,
}

/// A grant as a reviewer sees it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantView {
    /// Its id.
    pub id: String,
    /// Who opened it.
    pub user: String,
    /// Whose record.
    pub patient: String,
    /// Why; for reviewers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Since when.
    pub from: String,
    /// Until when.
    pub until: String,
    /// `pending`, `justified` or `unjustified`.
    pub review: String,
}

fn view(id: &str, grant: &Grant, reason: bool) -> GrantView {
    GrantView {
        id: id.to_owned(),
        user: grant.user.to_string(),
        patient: grant.patient.to_string(),
        reason: reason.then(|| grant.reason.reveal().clone()),
        from: grant.from.to_string(),
        until: grant.until.to_string(),
        review: match grant.review {
            Review::Pending => "pending",
            Review::Justified { .. } => "justified",
            Review::Unjustified { .. } => "unjustified",
        }
        .to_owned(),
    }
}

fn target() -> Target {
    Target::plain("BreakGlass", Category::Security)
}

impl Command for OpenBreakGlass {
    type Loaded = PatientId;
    type Event = Grant;
    type Answer = GrantView;
    const NAME: &'static str = "OpenBreakGlass";
    const INTERACTION: Interaction = Interaction::Execute;
    const ABOUT: (&'static str, Category) = ("BreakGlass", Category::Security);

    async fn load(&self, house: &House, _: &Context) -> Result<PatientId, Refusal> {
        let missing =
            || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such patient").at("patient");
        let patient = PatientId::parse(self.patient.clone()).map_err(|_| missing())?;
        let resource_type = ResourceType::parse("Patient").ok_or_else(missing)?;
        match house.records.get(resource_type, patient.as_str()).await? {
            Some(found) if !found.document.deleted => Ok(patient),
            _ => Err(missing().into()),
        }
    }

    fn target(&self, _: &PatientId) -> Target {
        target()
    }

    fn decide(&self, patient: &PatientId, facts: &Facts) -> Result<Vec<Grant>, Rejection> {
        let task = data_encoding::HEXLOWER.encode(&facts.chance_for_id());
        break_glass::open(facts.actor.clone(), patient.clone(), &self.reason, facts.now, task)
            .map(|grant| vec![grant])
    }

    fn save(
        &self,
        house: &House,
        _: PatientId,
        events: Vec<Grant>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<GrantView>, Fault> {
        let Some(grant) = events.into_iter().next() else {
            return Err(Fault::new("break-glass", "nothing decided"));
        };
        let id = grant.task.clone();
        change.push(HOME, break_glass::add(&id, &grant)?);
        let mut task = review_task(&id, &grant)?;
        change.put(&house.records, &mut task, Expected::Absent, facts.now);
        change.event(&BreakGlassOpenedV1 {
            user: grant.user.clone(),
            patient: grant.patient.clone(),
            until: grant.until,
            task: id.clone(),
        });
        house.access.forget(&grant.user);
        let mut saved = Saved::new(view(&id, &grant, false), vec![format!("Task/{id}")]);
        saved.patients = vec![grant.patient.to_string()];
        Ok(saved)
    }
}

/// The Task that asks a reviewer to look at an opening.
fn review_task(id: &str, grant: &Grant) -> Result<Resource, Fault> {
    let json = object! {
        "resourceType" => "Task",
        "id" => id,
        "status" => "requested",
        "intent" => "order",
        "priority" => "urgent",
        "code" => object! {
            "coding" => array![object! {
                "system" => "https://galen.health/CodeSystem/task",
                "code" => "review-break-glass",
            }],
            "text" => "Review an opening by break-glass",
        },
        "for" => object! { "reference" => format!("Patient/{}", grant.patient) },
        "authoredOn" => grant.from.to_string(),
        "requester" => object! {
            "identifier" => object! {
                "system" => "https://galen.health/user", "value" => grant.user.as_str(),
            },
        },
    };
    Resource::from_json(json).map_err(|issue| Fault::new("review task", issue.message))
}

/// Closes a review.
#[derive(Debug, Clone)]
pub struct ReviewBreakGlass {
    /// Which opening.
    pub id: String,
    /// The judgement.
    pub justified: bool,
}

impl Command for ReviewBreakGlass {
    type Loaded = (StoredGrant, Option<(Resource, u64)>);
    type Event = Grant;
    type Answer = GrantView;
    const NAME: &'static str = "ReviewBreakGlass";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("BreakGlass", Category::Security);

    async fn load(&self, house: &House, _: &Context) -> Result<Self::Loaded, Refusal> {
        let Some(grant) = break_glass::by_id(&house.store, &self.id).await? else {
            return Err(
                Rejection::new(RejectionKind::NotFound, "not-found", "There is no such opening").into()
            );
        };
        let mut task = None;
        if let Some(task_type) = ResourceType::parse("Task")
            && let Some(found) = house.records.get(task_type, &grant.grant.task).await?
            && let Some(resource) = found.resource()?
        {
            task = Some((resource, found.document.version));
        }
        Ok((grant, task))
    }

    fn target(&self, _: &Self::Loaded) -> Target {
        target()
    }

    fn decide(&self, (stored, _): &Self::Loaded, facts: &Facts) -> Result<Vec<Grant>, Rejection> {
        break_glass::review(&stored.grant, facts.actor.clone(), self.justified, facts.now)
            .map(|grant| vec![grant])
    }

    fn save(
        &self,
        house: &House,
        (stored, task): Self::Loaded,
        events: Vec<Grant>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<GrantView>, Fault> {
        let Some(grant) = events.into_iter().next() else {
            return Err(Fault::new("review", "nothing decided"));
        };
        change.push(HOME, stored.change(&grant)?);
        if let Some((mut task, version)) = task {
            if let Some(object) = task.json_mut().as_object_mut() {
                object.insert("status", "completed");
            }
            change.put(&house.records, &mut task, Expected::Version(version), facts.now);
        }
        let mut saved = Saved::new(view(&stored.id, &grant, true), vec![format!("Task/{}", grant.task)]);
        saved.patients = vec![grant.patient.to_string()];
        Ok(saved)
    }
}

/// `POST /api/access/break-glass`.
pub async fn open(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    body: Bytes,
) -> Result<Response, Refusal> {
    let command: OpenBreakGlass =
        parsed(&house, &context, OpenBreakGlass::NAME, Interaction::Execute, read_json(&body)).await?;
    let view = execute(&house, &context, &command, None).await?;
    house.access.forget(&context.actor.user);
    Ok(json(StatusCode::CREATED, &view))
}

/// `POST /api/access/break-glass/{id}/review`.
pub async fn review(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: ReviewBody =
        parsed(&house, &context, ReviewBreakGlass::NAME, Interaction::Update, read_json(&body)).await?;
    let command = ReviewBreakGlass { id, justified: body.justified };
    Ok(json(StatusCode::OK, &execute(&house, &context, &command, None).await?))
}

/// `GET /api/access/break-glass`.
pub async fn pending(State(house): State<Arc<House>>, Caller(context): Caller) -> Result<Response, Refusal> {
    let mut draft = Draft::new("ReviewBreakGlass", Interaction::Read);
    if let Decision::Refused(rejection) =
        house.access.authorize(&context, "ReviewBreakGlass", &target()).await?
    {
        return Err(refused(&house, Some(&context), draft, rejection.into()).await);
    }
    let grants = break_glass::pending(&house.store).await?;
    draft.patients = grants.iter().map(|g| g.grant.patient.to_string()).collect();
    looked(&house, &context, draft).await?;
    let views: Vec<GrantView> = grants.iter().map(|g| view(&g.id, &g.grant, true)).collect();
    Ok(json(StatusCode::OK, &views))
}

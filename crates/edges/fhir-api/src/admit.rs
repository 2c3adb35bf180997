//! One planned entry on its way into a change: permitted, past its type's guard, put.

use crate::answer::About;
use crate::failure::{Failure, broken};
use crate::sights::{permit_write, plain, target_of};
use crate::strict::faults;
use galen_access::{Context, Label};
use galen_fhir::{Issue, Resource, ResourceType};
use galen_kernel::{MICROS_PER_SECOND, Rejection, RejectionKind};
use galen_records::{Change, Planned, PlannedEntry, PlannedPatch, SealedPatients, Stored, label_of};
use galen_service::guard::{Passed, Proposal};
use galen_service::observe::Draft;
use galen_service::{House, Refusal};
use galen_store::{Expected, Operation};
use http::StatusCode;

/// The type that is a view of the journal.
const AUDIT_EVENT: &str = "AuditEvent";
/// Scope of the claims by which two conditional creates at once do not both create.
pub(crate) const CONDITION_SCOPE: &str = "fhir-condition";
/// How long such a claim is kept: longer than two requests can overlap.
const CONDITION_SECONDS: i64 = 10;

/// What an entry came to.
#[derive(Debug)]
pub(crate) struct Written {
    /// Its place in the bundle.
    pub(crate) index: usize,
    /// What a client is told.
    pub(crate) status: StatusCode,
    /// The version it made or found.
    pub(crate) about: Option<About>,
    /// The resource, as stored.
    pub(crate) body: Option<Vec<u8>>,
    /// What should be heard although it is done.
    pub(crate) warnings: Vec<Issue>,
}

/// Whether the conditions on the current version hold: said only to who may write it.
type Held = Result<(), Rejection>;

/// What admitting needs from outside.
pub(crate) struct Admission<'a> {
    pub(crate) house: &'a House,
    pub(crate) context: &'a Context,
    pub(crate) sealed: &'a SealedPatients,
    /// Whether conditions that found nothing are claimed: not when the claim itself was what clashed.
    pub(crate) claims_conditions: bool,
    /// What the entries before it change.
    pub(crate) earlier: &'a Change,
}

impl Admission<'_> {
    /// Adds what the entry does to `change`; `None` for what is answered later.
    pub(crate) async fn admit(
        &self,
        entry: PlannedEntry,
        change: &mut Change,
        draft: &mut Draft,
    ) -> Result<Option<Written>, Failure> {
        let index = entry.index;
        let condition = entry.condition;
        let held = entry.refusal.map_or(Ok(()), Err);
        let written = match entry.planned {
            Planned::Create(resource) => self.put(resource, None, held, change, draft).await?,
            Planned::Update(resource, current) => {
                self.put(resource, Some(*current), held, change, draft).await?
            }
            Planned::Patch(patch) => self.patch(*patch, entry.resource_type, held, change, draft).await?,
            Planned::Exists(stored) => self.exists(&stored, draft).await?,
            Planned::Delete(None) => self.delete_nothing(entry.resource_type, held, draft).await?,
            Planned::Delete(Some(current)) => self.delete(*current, held, change, draft).await?,
            Planned::Same(_) | Planned::Read => return Ok(None),
        };
        if let (Some(value), true, Some(about)) = (condition, self.claims_conditions, &written.about) {
            let until = Some(self.context.at.plus_micros(CONDITION_SECONDS * MICROS_PER_SECOND));
            let holder = about.id.as_bytes().to_vec();
            // Not where the resource lies: both of two creates at once must ask the same shard.
            let shard = self.house.store.shard_of_hash(&value);
            change.push(shard, Operation::Claim { scope: CONDITION_SCOPE, value, holder, until });
        }
        Ok(Some(Written { index, ..written }))
    }

    async fn put(
        &self,
        resource: Resource,
        current: Option<Stored>,
        held: Held,
        change: &mut Change,
        draft: &mut Draft,
    ) -> Result<Written, Failure> {
        let resource_type = resource.resource_type();
        writable(resource_type)?;
        let expected = current.as_ref().map_or(Expected::Absent, |c| Expected::Version(c.document.version));
        let id = resource.id().ok_or_else(|| broken("a resource without id was planned"))?.to_owned();
        draft.entities.push(format!("{}/{id}", resource_type.name()));
        let live = match current {
            Some(stored) if !stored.document.deleted => stored.resource()?,
            _ => None,
        };
        let action = if live.is_some() { "FhirUpdate" } else { "FhirCreate" };
        let target = target_of(self.context, &resource, self.sealed);
        if let Some(live) = &live {
            // Taking a seal off, or moving a resource to another patient, needs a right to what it was, too.
            let before = target_of(self.context, live, self.sealed);
            if before != target {
                permit_write(self.house, self.context, action, &before, draft).await?;
            }
        }
        permit_write(self.house, self.context, action, &target, draft).await?;
        held?;
        let status = if live.is_some() { StatusCode::OK } else { StatusCode::CREATED };
        let (Some(mut resource), warnings) =
            self.guarded(resource_type, Some(resource), live, change).await?
        else {
            return Err(broken("a guard let a resource vanish"));
        };
        resource.set_id(&id);
        let body = change.put(&self.house.records, &mut resource, expected, self.context.at);
        let about = About { resource_type, id, version: expected.next(), at: self.context.at };
        Ok(Written { index: 0, status, about: Some(about), body: Some(body), warnings })
    }

    /// A patch can ask what is there, so policy comes before it.
    async fn patch(
        &self,
        mut patch: PlannedPatch,
        resource_type: Option<ResourceType>,
        held: Held,
        change: &mut Change,
        draft: &mut Draft,
    ) -> Result<Written, Failure> {
        let resource_type = resource_type.ok_or_else(|| broken("a patch without a type was planned"))?;
        writable(resource_type)?;
        let live = match &patch.current {
            Some(stored) => stored.resource()?,
            None => None,
        };
        let Some(live) = live else {
            permit_write(self.house, self.context, "FhirUpdate", &plain(resource_type), draft).await?;
            return Err(patch.nothing().into());
        };
        permit_write(
            self.house,
            self.context,
            "FhirUpdate",
            &target_of(self.context, &live, self.sealed),
            draft,
        )
        .await?;
        held.clone()?;
        let resource = patch.apply(&live)?;
        let issues = faults(self.house, self.context, &resource).await?;
        if !issues.is_empty() {
            return Err(Failure::of_issues(RejectionKind::Unprocessable, "resource-invalid", issues));
        }
        self.put(resource, patch.current.take(), held, change, draft).await
    }

    async fn exists(&self, stored: &Stored, draft: &mut Draft) -> Result<Written, Failure> {
        writable(stored.resource_type)?;
        draft.entities.push(stored.reference());
        if let Some(resource) = stored.resource()? {
            permit_write(
                self.house,
                self.context,
                "FhirCreate",
                &target_of(self.context, &resource, self.sealed),
                draft,
            )
            .await?;
        }
        let (about, body) = (Some(About::of(stored)), stored.document.body.clone());
        Ok(Written { index: 0, status: StatusCode::OK, about, body, warnings: Vec::new() })
    }

    async fn delete_nothing(
        &self,
        resource_type: Option<ResourceType>,
        held: Held,
        draft: &mut Draft,
    ) -> Result<Written, Failure> {
        let resource_type = resource_type.ok_or_else(|| broken("a delete without a type was planned"))?;
        writable(resource_type)?;
        draft.entities.push(resource_type.name().to_owned());
        permit_write(self.house, self.context, "FhirDelete", &plain(resource_type), draft).await?;
        held?;
        Ok(Written {
            index: 0,
            status: StatusCode::NO_CONTENT,
            about: None,
            body: None,
            warnings: Vec::new(),
        })
    }

    async fn delete(
        &self,
        stored: Stored,
        held: Held,
        change: &mut Change,
        draft: &mut Draft,
    ) -> Result<Written, Failure> {
        let resource_type = stored.resource_type;
        writable(resource_type)?;
        draft.entities.push(stored.reference());
        let Some(live) = stored.resource()?.filter(|_| !stored.document.deleted) else {
            permit_write(self.house, self.context, "FhirDelete", &plain(resource_type), draft).await?;
            held?;
            let about = Some(About::of(&stored));
            return Ok(Written {
                index: 0,
                status: StatusCode::NO_CONTENT,
                about,
                body: None,
                warnings: Vec::new(),
            });
        };
        permit_write(
            self.house,
            self.context,
            "FhirDelete",
            &target_of(self.context, &live, self.sealed),
            draft,
        )
        .await?;
        held?;
        keeps_seals(&live)?;
        let (_, warnings) = self.guarded(resource_type, None, Some(live), change).await?;
        let (id, version) = (stored.document.id, stored.document.version);
        change.delete(&self.house.records, resource_type, &id, version);
        let about = About { resource_type, id, version: version + 1, at: self.context.at };
        Ok(Written { index: 0, status: StatusCode::NO_CONTENT, about: Some(about), body: None, warnings })
    }

    /// Asks the type's guard, if it has one.
    async fn guarded(
        &self,
        resource_type: ResourceType,
        resource: Option<Resource>,
        current: Option<Resource>,
        change: &mut Change,
    ) -> Result<(Option<Resource>, Vec<Issue>), Refusal> {
        let Some(guard) = self.house.guards.get(&resource_type) else { return Ok((resource, Vec::new())) };
        let chance = self.house.entropy.thirty_two();
        let proposal = Proposal { resource, current, chance, earlier: self.earlier };
        let Passed { resource, warnings } = guard.pass(self.house, self.context, proposal, change).await?;
        let warning = |text: String| Issue::warning(galen_fhir::IssueCode::BusinessRule, text);
        Ok((resource, warnings.into_iter().map(warning).collect()))
    }
}

/// A patient's seal closes the whole record and is written on the Patient: gone with it, the record would lie open.
fn keeps_seals(live: &Resource) -> Result<(), Rejection> {
    if live.resource_type().name() != "Patient" || label_of(live) == Label::Normal {
        return Ok(());
    }
    let message = "A sealed patient is not deleted: the seal would go with it, and the record would lie open";
    Err(Rejection::new(RejectionKind::Conflict, "sealed", message)
        .at("Patient.meta.security")
        .next("Erase the patient, or take the seal off first"))
}

/// Every type that is somebody's record: all but the audit, which is about the records and no part of them.
pub(crate) fn writable_types() -> impl Iterator<Item = ResourceType> {
    ResourceType::all().filter(|one| writable(*one).is_ok())
}

/// Refuses writes of types that nobody writes.
pub(crate) fn writable(resource_type: ResourceType) -> Result<(), Rejection> {
    if resource_type.name() != AUDIT_EVENT {
        return Ok(());
    }
    let message = "Audit events are written by this server alone; they are never changed or deleted";
    Err(Rejection::new(RejectionKind::NotSupported, "audit-read-only", message).at("resourceType"))
}

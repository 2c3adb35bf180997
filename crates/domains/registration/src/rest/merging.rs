//! The shell's view of merging and unmerging.

use super::registering::{may_ever, target};
use super::{MergePage, MergePreview, MergeView, PatientView};
use crate::commands::{MergePatients, UnmergePatients};
use crate::decide;
use crate::events::{Event, evolve};
use crate::model::{Merge, StoredPatient};
use crate::queries;
use crate::store::{self, KeptDirectives, StoredMerge};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_contracts::registration::{PatientsMergedV1, PatientsUnmergedV1};
use galen_fhir::Resource;
use galen_fhir::index::rewrite_references;
use galen_kernel::{Fault, PatientId, Rejection};
use galen_records::{Change, Stored};
use galen_service::command::{Command, Facts, Saved};
use galen_service::{Draft, House, Refusal};
use galen_store::{Expected, Operation};

/// What a merge looks at.
pub struct Pair {
    survivor: StoredPatient,
    duplicate: StoredPatient,
    records: Vec<Stored>,
    directives: KeptDirectives,
    target: Target,
}

async fn load_pair(
    house: &House,
    context: &Context,
    survivor: &str,
    duplicate: &str,
) -> Result<Pair, Refusal> {
    let survivor = store::load(house, survivor).await?;
    let duplicate = store::load(house, duplicate).await?;
    let records = queries::compartment(house, &duplicate.id).await?;
    let target = target_of_both(house, context, &survivor, &duplicate).await?;
    let directives = store::kept_directives(house, records.iter()).await?;
    Ok(Pair { survivor, duplicate, records, directives, target })
}

/// Both patients as one thing for policy: as sealed as the more sealed one.
async fn target_of_both(
    house: &House,
    context: &Context,
    survivor: &StoredPatient,
    duplicate: &StoredPatient,
) -> Result<Target, Fault> {
    let (first, second) = (target(house, survivor, context).await?, target(house, duplicate, context).await?);
    let label = first.label.max(second.label);
    Ok(first.of(vec![survivor.id.clone(), duplicate.id.clone()]).labelled(label))
}

impl Pair {
    fn decide(&self) -> Result<Vec<Event>, Rejection> {
        let moved: Vec<(String, u64)> =
            self.records.iter().map(|stored| (stored.reference(), stored.document.version + 1)).collect();
        decide::merge(&self.survivor, &self.duplicate, &moved)
    }
}

/// What a merge would do, for whoever may merge.
pub(super) async fn preview(
    house: &House,
    context: &Context,
    survivor: &str,
    duplicate: &str,
    draft: &mut Draft,
) -> Result<MergePreview, Refusal> {
    may_ever(house, context, "PreviewMerge").await?;
    let pair = load_pair(house, context, survivor, duplicate).await?;
    draft.patients = vec![pair.survivor.id.to_string(), pair.duplicate.id.to_string()];
    draft.allow(house, context, "PreviewMerge", &pair.target).await?;
    let view = |patient: &StoredPatient| {
        PatientView::new(patient.id.as_str(), patient.version, &patient.demographics)
    };
    Ok(MergePreview {
        survivor: view(&pair.survivor),
        duplicate: view(&pair.duplicate),
        records: queries::count_by_type(&pair.records),
        blockers: pair.decide().err().map(|rejection| rejection.message).into_iter().collect(),
    })
}

/// The merges into a patient.
pub(super) async fn list(
    house: &House,
    context: &Context,
    survivor: &str,
    draft: &mut Draft,
) -> Result<MergePage, Refusal> {
    may_ever(house, context, "ListMerges").await?;
    let patient = store::load(house, survivor).await?;
    draft.patients = vec![patient.id.to_string()];
    draft.allow(house, context, "ListMerges", &target(house, &patient, context).await?).await?;
    let merges = store::merges_into(house, &patient.id).await?;
    Ok(MergePage { merges: merges.iter().map(|found| MergeView::new(&found.id, &found.merge)).collect() })
}

/// Points a resource from one patient to another.
fn repoint(resource: &mut Resource, from: &PatientId, to: &PatientId) {
    let (old, new) = (format!("Patient/{from}"), format!("Patient/{to}"));
    rewrite_references(resource, |text| (text == old).then(|| new.clone()));
}

impl Command for MergePatients {
    type Loaded = Pair;
    type Event = Event;
    type Answer = MergeView;
    const NAME: &'static str = "MergePatients";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Patient", Category::Demographic);

    async fn load(&self, house: &House, context: &Context) -> Result<Pair, Refusal> {
        load_pair(house, context, &self.survivor, &self.duplicate).await
    }

    fn target(&self, pair: &Pair) -> Target {
        pair.target.clone()
    }

    fn decide(&self, pair: &Pair, _: &Facts) -> Result<Vec<Event>, Rejection> {
        pair.decide()
    }

    fn save(
        &self,
        house: &House,
        pair: Pair,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<MergeView>, Fault> {
        let Some(Event::Merged(merge)) = events.first() else {
            return Err(Fault::new("merge", "nothing decided"));
        };
        for stored in &pair.records {
            let Some(mut resource) = stored.resource()? else { continue };
            repoint(&mut resource, &merge.duplicate, &merge.survivor);
            pair.directives.rewrite(&resource, change)?;
            change.put(&house.records, &mut resource, Expected::Version(stored.document.version), facts.now);
        }
        for patient in [&pair.survivor, &pair.duplicate] {
            write_patient(house, patient, &events, facts, change);
        }
        let shard = house.records.shard_of(merge.survivor.as_str());
        let id = house.store.new_id(shard, facts.now, facts.chance_for_id());
        change.push(shard, store::put_merge(&id, Expected::Absent, merge)?);
        change.event(&PatientsMergedV1 {
            survivor: merge.survivor.clone(),
            duplicate: merge.duplicate.clone(),
        });
        Ok(saved(&id, merge))
    }
}

fn write_patient(
    house: &House,
    patient: &StoredPatient,
    events: &[Event],
    facts: &Facts,
    change: &mut Change,
) {
    let mut resource = patient.resource.clone();
    for event in events {
        evolve(&mut resource, event);
    }
    change.put(&house.records, &mut resource, Expected::Version(patient.version), facts.now);
}

fn saved(id: &str, merge: &Merge) -> Saved<MergeView> {
    let entities = vec![format!("Patient/{}", merge.survivor), format!("Patient/{}", merge.duplicate)];
    let mut saved = Saved::new(MergeView::new(id, merge), entities);
    saved.patients = vec![merge.survivor.to_string(), merge.duplicate.to_string()];
    saved
}

/// What an unmerge looks at.
pub struct Undoing {
    stored: StoredMerge,
    survivor: StoredPatient,
    duplicate: StoredPatient,
    /// The moved resources as they are now, and as they were before the move where nobody changed them since.
    records: Vec<(Stored, Option<Resource>)>,
    directives: KeptDirectives,
    target: Target,
}

impl Command for UnmergePatients {
    type Loaded = Undoing;
    type Event = Event;
    type Answer = MergeView;
    const NAME: &'static str = "UnmergePatients";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Patient", Category::Demographic);

    async fn load(&self, house: &House, context: &Context) -> Result<Undoing, Refusal> {
        let stored = store::load_merge(house, &self.merge).await?;
        let survivor = store::load(house, stored.merge.survivor.as_str()).await?;
        let duplicate = store::load(house, stored.merge.duplicate.as_str()).await?;
        let records = moved(house, &stored.merge).await?;
        let target = target_of_both(house, context, &survivor, &duplicate).await?;
        let directives = store::kept_directives(house, records.iter().map(|(stored, _)| stored)).await?;
        Ok(Undoing { stored, survivor, duplicate, records, directives, target })
    }

    fn target(&self, undoing: &Undoing) -> Target {
        undoing.target.clone()
    }

    fn decide(&self, undoing: &Undoing, _: &Facts) -> Result<Vec<Event>, Rejection> {
        decide::unmerge(&undoing.stored.merge)
    }

    fn save(
        &self,
        house: &House,
        undoing: Undoing,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<MergeView>, Fault> {
        let Some(Event::Unmerged(merge)) = events.first() else {
            return Err(Fault::new("unmerge", "nothing decided"));
        };
        for (stored, before) in &undoing.records {
            let Some(current) = stored.resource()? else { continue };
            let mut resource = before.clone().unwrap_or_else(|| {
                let mut changed = current.clone();
                repoint(&mut changed, &merge.survivor, &merge.duplicate);
                changed
            });
            undoing.directives.rewrite(&resource, change)?;
            change.put(&house.records, &mut resource, Expected::Version(stored.document.version), facts.now);
        }
        for patient in [&undoing.survivor, &undoing.duplicate] {
            write_patient(house, patient, &events, facts, change);
        }
        let shard = house.records.shard_of(&undoing.stored.id);
        let put: Operation =
            store::put_merge(&undoing.stored.id, Expected::Version(undoing.stored.version), merge)?;
        change.push(shard, put);
        change.event(&PatientsUnmergedV1 {
            survivor: merge.survivor.clone(),
            duplicate: merge.duplicate.clone(),
        });
        Ok(saved(&undoing.stored.id, merge))
    }
}

/// The moved resources: what nobody touched since goes back to the very version it had; what was amended since keeps
/// the amendment and only points back.
async fn moved(house: &House, merge: &Merge) -> Result<Vec<(Stored, Option<Resource>)>, Refusal> {
    let mut records = Vec::with_capacity(merge.moved.len());
    for (reference, version) in &merge.moved {
        let Some((name, id)) = reference.split_once('/') else { continue };
        let Some(resource_type) = galen_fhir::ResourceType::parse(name) else { continue };
        let Some(current) = house.records.get(resource_type, id).await? else { continue };
        if current.document.deleted {
            continue;
        }
        let mut before = None;
        if current.document.version == *version
            && let Some(earlier) = house.records.version(resource_type, id, version - 1).await?
        {
            before = earlier.resource()?;
        }
        records.push((current, before));
    }
    Ok(records)
}

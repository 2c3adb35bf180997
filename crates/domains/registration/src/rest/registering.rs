//! The shell's view of registering and amending.

use super::PatientView;
use crate::commands::{AmendPatient, RegisterPatient};
use crate::decide::{self, Surroundings};
use crate::events::{Event, evolve};
use crate::fhir::{self, demographics};
use crate::model::{Demographics, NHS_NUMBER_SYSTEM, NhsNumber, StoredPatient};
use crate::{queries, store};
use galen_access::{Category, Context, Label, Target};
use galen_audit::Interaction;
use galen_contracts::registration::{PatientAmendedV1, PatientRegisteredV1};
use galen_kernel::{Fault, PatientId, Rejection};
use galen_records::{Change, target_of};
use galen_service::command::{Command, Facts, Saved, clash};
use galen_service::{House, Refusal};
use galen_store::{Conflict, Expected, ShardId};

/// A patient as policy sees it.
pub(super) async fn target(
    house: &House,
    patient: &StoredPatient,
    context: &Context,
) -> Result<Target, Fault> {
    let sealed = house.records.sealed(context.at).await?;
    Ok(target_of(&patient.resource, &sealed))
}

/// Refuses those who may never do this, before anything is looked up: "there is no such patient" is not for them.
pub(super) async fn may_ever(house: &House, context: &Context, action: &'static str) -> Result<(), Refusal> {
    let anybody = Target::plain("Patient", Category::Demographic);
    house.access.visibility(context, action, &anybody).await??;
    Ok(())
}

impl Command for RegisterPatient {
    type Loaded = Vec<crate::model::Candidate>;
    type Event = Event;
    type Answer = PatientView;
    const NAME: &'static str = "RegisterPatient";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = ("Patient", Category::Demographic);

    async fn load(&self, house: &House, _: &Context) -> Result<Self::Loaded, Refusal> {
        Ok(queries::candidates(house, &as_demographics(self)).await?)
    }

    fn target(&self, _: &Self::Loaded) -> Target {
        Target::plain("Patient", Category::Demographic).labelled(Label::Normal)
    }

    fn decide(&self, candidates: &Self::Loaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        let around =
            Surroundings { candidates: candidates.clone(), drawn: Some(store::draw_mrn(facts.chance)) };
        decide::register(self, &around, facts.now)
    }

    fn save(
        &self,
        house: &House,
        _: Self::Loaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<PatientView>, Fault> {
        let chance = facts.chance_for_id();
        let shard = ShardId(chance.first().copied().unwrap_or(0) % house.store.shards());
        let id = house.store.new_id(shard, facts.now, chance);
        let mut resource = fhir::patient(&id, &self.demographics)?;
        let patient = PatientId::parse(id.clone()).map_err(|e| Fault::new("patient id", e))?;
        for event in &events {
            evolve(&mut resource, event);
            if let Event::Registered { possible_duplicates, .. } = event {
                let possible_duplicates = possible_duplicates.clone();
                change.event(&PatientRegisteredV1 { patient: patient.clone(), possible_duplicates });
            }
        }
        store::claim_identifiers(&resource, None, change);
        change.put(&house.records, &mut resource, Expected::Absent, facts.now);
        let mut saved =
            Saved::new(PatientView::new(&id, 1, &demographics(&resource)), vec![format!("Patient/{id}")]);
        saved.patients = vec![id];
        Ok(saved)
    }

    fn clash(&self, conflict: &Conflict) -> Rejection {
        store::clash(conflict).unwrap_or_else(|| clash(conflict))
    }
}

fn as_demographics(command: &RegisterPatient) -> Demographics {
    let details = &command.demographics;
    let mut identifiers = Vec::new();
    if let Some(number) = details.nhs_number.as_ref().and_then(|n| NhsNumber::parse(n.reveal())) {
        identifiers.push((NHS_NUMBER_SYSTEM.to_owned(), number.as_str().to_owned().into()));
    }
    Demographics {
        family: details.family.clone().into_iter().collect(),
        given: details.given.clone(),
        birth_date: details.birth_date.clone(),
        gender: details.gender.clone(),
        identifiers,
        ..Demographics::default()
    }
}

impl Command for AmendPatient {
    type Loaded = (StoredPatient, Target);
    type Event = Event;
    type Answer = PatientView;
    const NAME: &'static str = "AmendPatient";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Patient", Category::Demographic);

    async fn load(&self, house: &House, context: &Context) -> Result<Self::Loaded, Refusal> {
        let patient = store::load(house, &self.id).await?;
        let target = target(house, &patient, context).await?;
        Ok((patient, target))
    }

    fn target(&self, (_, target): &Self::Loaded) -> Target {
        target.clone()
    }

    fn decide(&self, (patient, _): &Self::Loaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        decide::amend(patient, self.version, &self.demographics, facts.now)
    }

    fn save(
        &self,
        house: &House,
        (patient, _): Self::Loaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<PatientView>, Fault> {
        let mut resource = patient.resource.clone();
        for event in &events {
            evolve(&mut resource, event);
        }
        store::claim_identifiers(&resource, Some(&patient.resource), change);
        change.put(&house.records, &mut resource, Expected::Version(patient.version), facts.now);
        let version = patient.version + 1;
        change.event(&PatientAmendedV1 { patient: patient.id.clone(), version });
        let id = patient.id.as_str();
        Ok(Saved::new(PatientView::new(id, version, &demographics(&resource)), vec![format!("Patient/{id}")]))
    }

    fn clash(&self, conflict: &Conflict) -> Rejection {
        store::clash(conflict).unwrap_or_else(|| clash(conflict))
    }
}

//! What patients withhold: recording it, listing it, withdrawing it.

use super::inviting::{allowed, of_patient};
use super::registering::target;
use crate::commands::{ConsentChoice, RecordConsent, WithdrawConsent};
use crate::decide::consenting::{self, Choice, Consenting, Contents};
use crate::decide::inviting;
use crate::fhir;
use crate::store::CONSENT;
use crate::{queries, store};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use galen_access::consent::{self, Kept};
use galen_access::{Category, Context, Label, Target};
use galen_audit::Interaction;
use galen_fhir::Resource;
use galen_kernel::{Fault, PractitionerId, Rejection, RejectionKind};
use galen_records::{Change, patients_of};
use galen_service::answering::shown;
use galen_service::caller::parsed;
use galen_service::command::{Command, Facts, Saved};
use galen_service::execute::execute;
use galen_service::http::{json, read_json};
use galen_service::observe::Draft;
use galen_service::{Caller, House, Refusal};
use galen_store::Expected;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

type Answer = Result<Response, Refusal>;

/// A consent. One that says more, or other, than a choice does has no `choice`: it is read as FHIR.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatientConsentView {
    /// Its id, and the Consent's.
    pub id: String,
    /// The Consent's status: `active` ones are obeyed.
    pub status: String,
    /// When it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<String>,
    /// The choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<ConsentChoice>,
    /// Those whom it names.
    pub people: Vec<NamedPersonView>,
    /// How much it withholds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contents: Option<Contents>,
}

/// Somebody whom a consent names.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamedPersonView {
    /// The Practitioner.
    pub practitioner: String,
    /// Their name; absent when they are not known here (any more).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A patient's consents.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatientConsentPage {
    /// The latest first.
    pub consents: Vec<PatientConsentView>,
}

impl PatientConsentView {
    fn new(consent: &Resource, names: &BTreeMap<String, Option<String>>) -> Self {
        let json = consent.json();
        let choice = choice_of(consent);
        let named = |id: &&PractitionerId| NamedPersonView {
            practitioner: id.to_string(),
            name: names.get(id.as_str()).cloned().flatten(),
        };
        Self {
            id: consent.id().unwrap_or_default().to_owned(),
            status: json.str("status").unwrap_or_default().to_owned(),
            recorded: json.str("dateTime").map(str::to_owned),
            choice: choice.as_ref().map(|choice| match choice {
                Choice::WithholdFromPerson { .. } => ConsentChoice::WithholdFromPerson,
                Choice::WithholdFromEverybody { .. } => ConsentChoice::WithholdFromEverybody,
                Choice::NoResearch => ConsentChoice::NoResearch,
            }),
            people: choice
                .as_ref()
                .map(|choice| choice.named().iter().map(named).collect())
                .unwrap_or_default(),
            contents: choice.as_ref().map(Choice::contents),
        }
    }
}

/// The choice that a Consent is, or was while it was in force.
fn choice_of(consent: &Resource) -> Option<Choice> {
    let mut in_force = consent.clone();
    fhir::set_status(&mut in_force, "active");
    fhir::choice(&fhir::directive(&in_force).ok()??)
}

impl RecordConsent {
    fn chosen(&self) -> Result<Choice, Rejection> {
        let contents = self.contents;
        let person = |id: &String| {
            PractitionerId::parse(id.clone()).map_err(|_| {
                let message = "This is not an id of a Practitioner";
                Rejection::new(RejectionKind::Malformed, "practitioner-invalid", message).at("practitioner")
            })
        };
        Ok(match self.choice {
            ConsentChoice::WithholdFromPerson => {
                let id = self.practitioner.as_ref().ok_or_else(|| {
                    let message = "Say from whom it is withheld";
                    Rejection::new(RejectionKind::Unprocessable, "practitioner-required", message)
                        .at("practitioner")
                })?;
                Choice::WithholdFromPerson { practitioner: person(id)?, contents }
            }
            ConsentChoice::WithholdFromEverybody => {
                let except = self.except.iter().map(person).collect::<Result<_, _>>()?;
                Choice::WithholdFromEverybody { except, contents }
            }
            ConsentChoice::NoResearch => Choice::NoResearch,
        })
    }
}

/// What recording a consent reads.
pub struct Recording {
    about: Consenting,
    choice: Choice,
    names: BTreeMap<String, Option<String>>,
    label: Label,
}

impl Command for RecordConsent {
    type Loaded = Recording;
    type Event = ();
    type Answer = PatientConsentView;
    const NAME: &'static str = "RecordConsent";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = (CONSENT, Category::Security);

    async fn load(&self, house: &House, context: &Context) -> Result<Recording, Refusal> {
        let patient = store::load(house, &self.id).await?;
        let label = target(house, &patient, context).await?.label;
        let choice = self.chosen()?;
        let names = queries::practitioners(house, choice.named().into_iter()).await?;
        let before = queries::consents(house, &patient.id, context.at).await?;
        let is_active = |one: &&Resource| one.json().str("status") == Some("active");
        let about = Consenting {
            in_force: before.iter().filter(is_active).filter_map(choice_of).collect(),
            known: names.keys().filter_map(|id| PractitionerId::parse(id.clone()).ok()).collect(),
            patient,
        };
        Ok(Recording { about, choice, names, label })
    }

    fn target(&self, loaded: &Recording) -> Target {
        inviting::target(CONSENT, &loaded.about.patient.id).labelled(loaded.label)
    }

    fn decide(&self, loaded: &Recording, _: &Facts) -> Result<Vec<()>, Rejection> {
        consenting::record(&loaded.choice, &loaded.about).map(|()| vec![()])
    }

    fn save(
        &self,
        house: &House,
        loaded: Recording,
        _: Vec<()>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<PatientConsentView>, Fault> {
        let patient = &loaded.about.patient.id;
        let shard = house.records.shard_of(patient.as_str());
        let id = house.store.new_id(shard, facts.now, facts.chance_for_id());
        let mut consent = fhir::consent_of(&id, patient, &loaded.choice, facts.now)?;
        store::keep_directive(&consent, None, change)?;
        change.put(&house.records, &mut consent, Expected::Absent, facts.now);
        let view = PatientConsentView::new(&consent, &loaded.names);
        Ok(Saved::new(view, vec![format!("{CONSENT}/{id}")]))
    }
}

/// What withdrawing a consent reads.
pub struct Withdrawing {
    consent: Resource,
    version: u64,
    kept: Option<Kept>,
    names: BTreeMap<String, Option<String>>,
    target: Target,
}

impl Command for WithdrawConsent {
    type Loaded = Withdrawing;
    type Event = ();
    type Answer = PatientConsentView;
    const NAME: &'static str = "WithdrawConsent";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = (CONSENT, Category::Security);

    async fn load(&self, house: &House, context: &Context) -> Result<Withdrawing, Refusal> {
        let consent_type = galen_records::resource_type(CONSENT)?;
        let found = house.records.get(consent_type, &self.id).await?.ok_or_else(missing)?;
        let consent = found.resource()?.ok_or_else(missing)?;
        let patient = patients_of(&consent).into_iter().next().ok_or_else(missing)?;
        let choice = choice_of(&consent);
        let named = choice.as_ref().map(Choice::named).unwrap_or_default();
        Ok(Withdrawing {
            version: found.document.version,
            kept: consent::kept(&house.store, &self.id).await?,
            names: queries::practitioners(house, named.into_iter()).await?,
            target: of_patient(house, context, CONSENT, &patient).await?,
            consent,
        })
    }

    fn target(&self, loaded: &Withdrawing) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &Withdrawing, _: &Facts) -> Result<Vec<()>, Rejection> {
        consenting::withdraw(loaded.consent.json().str("status").unwrap_or_default()).map(|()| vec![()])
    }

    fn save(
        &self,
        house: &House,
        loaded: Withdrawing,
        _: Vec<()>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<PatientConsentView>, Fault> {
        let mut consent = loaded.consent;
        fhir::set_status(&mut consent, "inactive");
        store::keep_directive(&consent, loaded.kept, change)?;
        change.put(&house.records, &mut consent, Expected::Version(loaded.version), facts.now);
        let view = PatientConsentView::new(&consent, &loaded.names);
        Ok(Saved::new(view, vec![format!("{CONSENT}/{}", self.id)]))
    }
}

fn missing() -> Rejection {
    Rejection::new(RejectionKind::NotFound, "not-found", "There is no such consent")
}

/// `POST /api/patients/{id}/consents`.
pub(super) async fn record(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let read = read_json::<RecordConsent>(&body);
    let read = parsed(&house, &context, RecordConsent::NAME, RecordConsent::INTERACTION, read).await?;
    let recorded = execute(&house, &context, &RecordConsent { id, ..read }, None).await?;
    house.access.forget_consents();
    Ok(json(StatusCode::CREATED, &recorded))
}

/// `DELETE /api/consents/{id}`.
pub(super) async fn withdraw(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    let withdrawn = execute(&house, &context, &WithdrawConsent { id }, None).await?;
    house.access.forget_consents();
    Ok(json(StatusCode::OK, &withdrawn))
}

/// `GET /api/patients/{id}/consents`.
pub(super) async fn consents(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ListConsents", Interaction::Read);
    let listed = listed(&house, &context, &id, &mut draft).await;
    shown(&house, &context, draft, listed).await
}

async fn listed(
    house: &House,
    context: &Context,
    id: &str,
    draft: &mut Draft,
) -> Result<PatientConsentPage, Refusal> {
    let patient = allowed(house, context, "ListConsents", CONSENT, id, draft).await?;
    let found = queries::consents(house, &patient, context.at).await?;
    let choices: Vec<Choice> = found.iter().filter_map(choice_of).collect();
    let names = queries::practitioners(house, choices.iter().flat_map(Choice::named)).await?;
    Ok(PatientConsentPage {
        consents: found.iter().map(|consent| PatientConsentView::new(consent, &names)).collect(),
    })
}

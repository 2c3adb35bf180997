//! The letter that tells a patient of an appointment. In English; what it says otherwise is the clinic's and the patient's.

use super::placing::target;
use crate::fhir;
use crate::model::Timetable;
use crate::queries::called;
use crate::store;
use axum::extract::{Path, State};
use axum::response::Response;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_fhir::{Json, Resource, ResourceType};
use galen_kernel::{Instant, Rejection, RejectionKind};
use galen_print::Letter;
use galen_records::resource_type;
use galen_service::http::pdf;
use galen_service::observe::{Draft, looked, refused};
use galen_service::{Caller, House, Refusal};
use std::sync::Arc;

/// What is not known is said so, never left out.
const NOT_KNOWN: &str = "Not Known";
const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// `GET /api/appointments/{id}/letter`.
pub(super) async fn letter(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let mut draft = Draft::new("PrintAppointmentLetter", Interaction::Read);
    draft.entities = vec![format!("Appointment/{id}")];
    match print(&house, &context, &id, &mut draft).await {
        Ok(letter) => {
            looked(&house, &context, draft).await?;
            Ok(pdf("letter.pdf", letter))
        }
        Err(refusal) => Err(refused(&house, Some(&context), draft, refusal).await),
    }
}

async fn print(house: &House, context: &Context, id: &str, draft: &mut Draft) -> Result<Vec<u8>, Refusal> {
    let anybody = Target::plain("Appointment", Category::Administrative);
    house.access.visibility(context, "PrintAppointmentLetter", &anybody).await??;
    let stored = store::load(house, id).await?;
    let visit = &stored.visit;
    let target = target(house, context, visit.patient.as_ref(), Some(&stored.resource)).await?;
    draft.patients = target.patients.iter().map(|p| p.as_str().to_owned()).collect();
    draft.allow(house, context, "PrintAppointmentLetter", &target).await?;
    let Some(span) = visit.span.filter(|_| visit.status.occupies()) else {
        return Err(Rejection::new(
            RejectionKind::Conflict,
            "nothing-to-tell",
            "A letter is written of an appointment that is to be",
        )
        .at("status")
        .into());
    };
    let mut schedules = Vec::with_capacity(visit.schedules.len());
    for schedule in &visit.schedules {
        let found = house.records.resource("Schedule", schedule).await?;
        schedules.extend(found.as_ref().and_then(fhir::timetable));
    }
    let patient = match &visit.patient {
        Some(patient) => house.records.resource("Patient", patient.as_str()).await?,
        None => None,
    };
    let service = match &visit.service {
        Some(service) => store::service(house, service).await?,
        None => None,
    };
    let places = places(house, &schedules).await?;
    let when = |at: Instant, format: &str| written(at, schedules.first(), format);
    let mut facts = vec![("When", when(span.start(), "%A %d-%b-%Y %H:%M"))];
    facts.extend(service.as_ref().map(|service| ("What for", service.name.clone())));
    facts.extend(places.with.map(|with| ("With", with)));
    facts.extend(places.room.map(|room| ("Room", room)));
    facts.extend(service.and_then(|service| service.preparation).map(|text| ("Before you come", text)));
    let who = patient.as_ref().map(addressee).unwrap_or_default();
    let letter = Letter {
        from: places.from,
        date: when(context.at, "%d-%b-%Y"),
        title: "Your appointment".to_owned(),
        opening: vec![format!("Dear {}", who.name), "We look forward to seeing you.".to_owned()],
        facts,
        closing: vec![
            "Please come ten minutes early and bring this letter.".to_owned(),
            "If you cannot come, please tell the clinic as soon as you can, so that somebody else can have the time."
                .to_owned(),
        ],
        foot: format!("Born {}   NHS No. {}", who.born, who.nhs_number),
        to: who.lines,
    };
    Ok(galen_print::letter(&letter)?)
}

/// An instant as the clinic's clock shows it.
fn written(at: Instant, of: Option<&Timetable>, format: &str) -> String {
    let zone = of.map_or(jiff::tz::TimeZone::UTC, |table| table.zone.zone().clone());
    jiff::Timestamp::from_microsecond(at.micros())
        .map_or_else(|_| NOT_KNOWN.to_owned(), |at| at.to_zoned(zone).strftime(format).to_string())
}

/// Where it is and who is there.
#[derive(Default)]
struct Places {
    /// The clinic, then what it is part of.
    from: Vec<String>,
    with: Option<String>,
    room: Option<String>,
}

async fn places(house: &House, schedules: &[Timetable]) -> Result<Places, Refusal> {
    let mut places = Places::default();
    for schedule in schedules {
        let Some((kind, id)) = schedule.actor.split_once('/') else { continue };
        let Some(parsed) = ResourceType::parse(kind) else { continue };
        let found = house.records.get(parsed, id).await?;
        let resource = found.map(|found| found.resource()).transpose()?.flatten();
        let name = resource.as_ref().and_then(called);
        match kind {
            "Practitioner" | "PractitionerRole" => places.with = places.with.or(name),
            "Location" => places.room = places.room.or(name),
            _ => {}
        }
    }
    let mut next = schedules.iter().find_map(|schedule| schedule.clinic.clone());
    // A clinic, its building, its site: parents of parents do not go on for ever, whatever the records say.
    for _ in 0..3 {
        let Some(id) = next.take() else { break };
        let found = house.records.get(resource_type("Location")?, &id).await?;
        let Some(place) = found.map(|found| found.resource()).transpose()?.flatten() else { break };
        places.from.extend(called(&place));
        let parent = place.json().str_at(&["partOf", "reference"]);
        next = parent.and_then(|text| text.strip_prefix("Location/")).map(str::to_owned);
    }
    Ok(places)
}

/// To whom it goes.
#[derive(Default)]
struct Addressee {
    name: String,
    lines: Vec<String>,
    born: String,
    nhs_number: String,
}

fn addressee(patient: &Resource) -> Addressee {
    let json = patient.json();
    let name = called(patient).unwrap_or_else(|| NOT_KNOWN.to_owned());
    let home = json.list("address").find(|one| one.str("use") == Some("home"));
    let address = home.or_else(|| json.list("address").next());
    let mut lines = vec![name.clone()];
    if let Some(address) = address {
        lines.extend(address.list("line").filter_map(Json::as_str).map(str::to_owned));
        lines.extend(
            ["city", "postalCode"].into_iter().filter_map(|part| address.str(part)).map(str::to_owned),
        );
    }
    let number = json.list("identifier").find(|one| one.str("system") == Some(NHS_NUMBER_SYSTEM));
    let born = json.str("birthDate").and_then(|text| text.parse::<jiff::civil::Date>().ok());
    let or_not_known = |text: Option<String>| text.unwrap_or_else(|| NOT_KNOWN.to_owned());
    Addressee {
        name,
        lines,
        born: or_not_known(born.map(|date| date.strftime("%d-%b-%Y").to_string())),
        nhs_number: or_not_known(number.and_then(|one| one.str("value")).map(str::to_owned)),
    }
}

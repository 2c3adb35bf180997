//! What FHIR may ask of appointments beside reading and writing: `$find`, `$hold` and `$book`, with the parameters of the
//! Argonaut Scheduling guide where they fit. They are the commands of the REST routes.

use super::{APPOINTMENT_SCHEDULE, extension, reference, resource, service_rules, visit};
use crate::commands::{ConfirmAppointment, NewAppointment, PlaceAppointment};
use crate::model::{Span, Status};
use crate::queries::{self, FindTimes};
use crate::rest::AppointmentView;
use crate::store;
use galen_access::{Category, Context, Target};
use galen_fhir::{Json, ParsedReference, Resource, array, object};
use galen_kernel::{Instant, Phi, Rejection, RejectionKind};
use galen_records::resource_type;
use galen_service::execute::perform;
use galen_service::guard::{Asked, Performed};
use galen_service::observe::Draft;
use galen_service::{House, Refusal};

fn refuse(at: &str, message: &str) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, "parameter-invalid", message).at(at)
}

/// Performs one of them.
pub(super) async fn operate(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    asked: &Asked<'_>,
) -> Result<Performed, Refusal> {
    match asked.code {
        "find" => find(house, context, draft, asked).await,
        "hold" => {
            let command = PlaceAppointment::<true>(new_appointment(house, asked).await?);
            stored(house, perform(house, context, &command, draft).await?).await
        }
        _ => book(house, context, draft, asked).await,
    }
}

/// Free times as proposed appointments: nothing of them is kept.
async fn find(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    asked: &Asked<'_>,
) -> Result<Performed, Refusal> {
    "FindAppointmentTimes".clone_into(&mut draft.operation);
    let anybody = Target::plain("Appointment", Category::Administrative);
    house.access.visibility(context, "FindAppointmentTimes", &anybody).await??;
    let text = |name: &str| asked.text(name).unwrap_or_default().to_owned();
    let id = |text: &str, kind: &str| ParsedReference::local_id(text, kind).unwrap_or(text).to_owned();
    let service = id(&text("visit-type"), "HealthcareService");
    let schedules = match asked.text("provider-reference") {
        Some(provider) => {
            let found = super::guard::schedules_of_actors(house, &[provider.to_owned()]).await?;
            if found.is_empty() {
                return Err(
                    refuse("provider-reference", "Nobody has a schedule here by this reference").into()
                );
            }
            Some(found.join(","))
        }
        None => asked.text("schedule").map(|text| id(text, "Schedule")),
    };
    let count = match asked.text("count") {
        Some(text) => Some(text.parse().map_err(|_| refuse("count", "A count is a number"))?),
        None => None,
    };
    let wanted =
        FindTimes { service: service.clone(), from: text("start"), to: text("end"), schedules, count };
    let by_patient = context.actor.patient.is_some();
    let found = queries::find(house, &wanted, by_patient, context.at).await?;
    let offered = house.records.resource("HealthcareService", &service).await?;
    let name = offered.as_ref().and_then(service_rules).map(|rules| rules.name).unwrap_or_default();
    let mut actors = std::collections::BTreeMap::new();
    let ids: std::collections::BTreeSet<&String> =
        found.choices.iter().flat_map(|choice| &choice.schedules).collect();
    let kind = resource_type("Schedule")?;
    let wanted: Vec<_> = ids.into_iter().map(|id| (kind, id.clone())).collect();
    for stored in house.records.get_many(&wanted).await? {
        let table = stored.resource()?.as_ref().and_then(super::timetable);
        actors.extend(table.map(|table| (table.id, table.actor)));
    }
    let mut resources = Vec::with_capacity(found.choices.len());
    for choice in &found.choices {
        let mut participants = vec![participant(reference("HealthcareService", &service))];
        let of = choice.schedules.iter().filter_map(|id| actors.get(id));
        participants.extend(of.map(|actor| participant(object! { "reference" => actor.as_str() })));
        let links = choice.schedules.iter();
        let links =
            links.map(|id| extension(APPOINTMENT_SCHEDULE, "valueReference", reference("Schedule", id)));
        let json = object! {
            "resourceType" => "Appointment", "extension" => Json::Array(links.collect()),
            "status" => Status::Proposed.code(),
            "serviceType" => array![object! { "text" => name.as_str() }],
            "start" => choice.start.as_str(), "end" => choice.end.as_str(),
            "participant" => Json::Array(participants),
        };
        resources.push(resource(json)?);
    }
    Ok(Performed { resources, is_committed: false })
}

fn participant(actor: Json) -> Json {
    object! { "actor" => actor, "required" => "required", "status" => "needs-action" }
}

/// The appointment that a resource describes.
async fn new_appointment(house: &House, asked: &Asked<'_>) -> Result<NewAppointment, Refusal> {
    let needed = || refuse("appt-resource", "An Appointment says whose, what for, when and with whom");
    let appointment = asked.resource.filter(|one| one.resource_type().name() == "Appointment");
    let appointment = appointment.ok_or_else(needed)?;
    let described = visit(appointment);
    let schedules = if described.schedules.is_empty() {
        super::guard::schedules_of(house, appointment).await?
    } else {
        described.schedules
    };
    let start = described.span.map(Span::start);
    let start = start.or_else(|| appointment.json().str("start").and_then(Instant::parse));
    let description = asked.text("comments").or_else(|| appointment.json().str("description"));
    Ok(NewAppointment {
        patient: described.patient.ok_or_else(needed)?.to_string(),
        service: described.service.ok_or_else(needed)?,
        start: start.ok_or_else(needed)?,
        schedules,
        description: description.map(|text| Phi::new(text.to_owned())),
        overbook: false,
        series: None,
    })
}

/// Books what is held, by its id; or what a resource describes, at once.
async fn book(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    asked: &Asked<'_>,
) -> Result<Performed, Refusal> {
    let Some(id) = asked.text("appt-id") else {
        let command = PlaceAppointment::<false>(new_appointment(house, asked).await?);
        return stored(house, perform(house, context, &command, draft).await?).await;
    };
    let id = ParsedReference::local_id(id, "Appointment").unwrap_or(id).to_owned();
    let version = match store::load(house, &id).await {
        Ok(held) => held.version,
        // The command refuses it, and says no more than the caller may know.
        Err(Refusal::Rejected(_)) => 0,
        Err(fault) => return Err(fault),
    };
    let command = ConfirmAppointment { id, version };
    stored(house, perform(house, context, &command, draft).await?).await
}

async fn stored(house: &House, view: AppointmentView) -> Result<Performed, Refusal> {
    let found: Option<Resource> = house.records.resource("Appointment", &view.id).await?;
    Ok(Performed { resources: found.into_iter().collect(), is_committed: true })
}

//! `Appointment/$find`, `$hold` and `$book`, with the parameters of the Argonaut Scheduling guide where they fit: read here,
//! performed by the domain that owns appointments.

use super::{Call, GET_OR_POST, Level, Of, Operation, Parameter, optional, required, returned};
use crate::answer::Answer;
use crate::failure::{Failure, not_yet};
use crate::sights::note_patients;
use crate::wish::BodyFormat;
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::ResourceType;
use galen_fhir::bundle::{Method, Page, SearchEntry, SearchMode, searchset};
use galen_service::House;
use galen_service::guard::{Asked, Performed};
use galen_service::observe::{Draft, looked};

/// What the three have alike.
const SHAPE: Operation = Operation {
    code: "",
    id: "",
    canonical: "",
    title: "",
    levels: &[Level::Type],
    of: Of::Only(&["Appointment"]),
    methods: &[Method::Post],
    affects_state: true,
    formats: &[BodyFormat::Json],
    rest_max: 0,
    parameters: &[],
    audited: "",
    class: Interaction::Create,
    handler: |house, context, draft, call, _| Box::pin(performed(house, context, draft, call)),
};

pub(super) static FIND: Operation = Operation {
    code: "find",
    id: "Appointment-find",
    canonical: "https://galen.health/fhir/OperationDefinition/Appointment-find",
    title: "Free times, as proposed appointments",
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    parameters: &[
        required("start", "dateTime", "From when"),
        required("end", "dateTime", "Until when; 92 days at most"),
        required("visit-type", "string", "What for: a HealthcareService"),
        optional("provider-reference", "string", "With whom; whoever offers it, if nothing is said"),
        optional("schedule", "string", "By a Schedule, instead"),
        optional("count", "integer", "Most times that are wanted"),
        returned("Bundle", "Appointments that are proposed: nothing of them is kept"),
    ],
    audited: "FindAppointmentTimes",
    class: Interaction::Execute,
    ..SHAPE
};

const APPOINTMENT: Parameter =
    optional("appt-resource", "Appointment", "The appointment: whose, what for, when and with whom");

pub(super) static HOLD: Operation = Operation {
    code: "hold",
    id: "Appointment-hold",
    canonical: "https://galen.health/fhir/OperationDefinition/Appointment-hold",
    title: "Keep a time for ten minutes",
    parameters: &[
        Parameter { is_required: true, ..APPOINTMENT },
        optional("comments", "string", "Why the patient comes"),
        returned("Bundle", "The appointment, pending"),
    ],
    audited: "HoldAppointment",
    ..SHAPE
};

pub(super) static BOOK: Operation = Operation {
    code: "book",
    id: "Appointment-book",
    canonical: "https://galen.health/fhir/OperationDefinition/Appointment-book",
    title: "Book what is held, or a time at once",
    parameters: &[
        optional("appt-id", "uri", "The appointment that is held"),
        APPOINTMENT,
        optional("comments", "string", "Why the patient comes"),
        returned("Bundle", "The appointment, booked; or pending, where staff must approve it"),
    ],
    audited: "BookAppointment",
    ..SHAPE
};

async fn performed(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: Call,
) -> Result<Answer, Failure> {
    let appointment = ResourceType::parse("Appointment");
    let guard = appointment.and_then(|appointment| house.guards.get(&appointment));
    let own = call.operation.parameters.iter().filter(|one| one.is_in);
    let texts = own
        .filter_map(|one| call.parameters.text(one.name).map(|text| (one.name.to_owned(), text.to_owned())));
    let asked = Asked {
        code: call.operation.code,
        texts: texts.collect(),
        // A body that is an Appointment itself is the one.
        resource: call.parameters.resource("appt-resource"),
    };
    let Some(operating) = guard.and_then(|guard| guard.operate(house, context, draft, asked)) else {
        return Err(not_yet("Appointments, which scheduling makes,"));
    };
    let Performed { resources, is_committed } = operating.await?;
    let bodies: Vec<(String, Vec<u8>)> = resources
        .iter()
        .map(|one| {
            let full_url = one.id().map(|id| format!("{}/Appointment/{id}", house.fhir_base()));
            (full_url.unwrap_or_default(), one.json().to_bytes())
        })
        .collect();
    if !is_committed {
        for (resource, (_, body)) in resources.iter().zip(&bodies) {
            note_patients(
                resource.resource_type(),
                resource.id().unwrap_or_default(),
                body,
                &mut draft.patients,
            );
        }
        draft.entities = vec!["Appointment".to_owned()];
        looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    }
    let entries: Vec<SearchEntry<'_>> = bodies
        .iter()
        .map(|(full_url, resource)| SearchEntry { full_url, resource, mode: SearchMode::Match })
        .collect();
    let total = Some(u64::try_from(entries.len()).unwrap_or(u64::MAX));
    let now = context.at.to_string();
    Ok(Answer::of(searchset(&Page { id: None, timestamp: Some(&now), total, links: &[] }, &entries)))
}

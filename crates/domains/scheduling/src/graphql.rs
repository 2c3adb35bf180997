//! Scheduling in the graph: thin. The same reads and commands as over REST.

use crate::commands::{
    CancelAppointment, ConfirmAppointment, NewAppointment, PlaceAppointment, RecordAttendance,
    RescheduleAppointment,
};
use crate::fhir;
use crate::model::Portal;
use crate::queries::{FindTimes, ListAppointments, Which};
use crate::rest::{
    self, AppointmentPage, AppointmentView, BoardView, Choices, ClinicPage, ListServices, QueueView,
    RequestPage, ScheduleView, ServicePage, ServiceView,
};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction::Execute;
use galen_fhir::Resource;
use galen_records::{SealedPatients, label_of, target_of};
use galen_service::graph::{Act, Entity, Link, Load, Read, Subgraph, acted, given, taken};
use galen_service::openapi::schema;
use galen_service::{Refusal, graph};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// Scheduling's part of the graph.
pub static SUBGRAPH: Subgraph = Subgraph {
    names: &[
        ("ServiceView", "HealthcareService"),
        ("Step", "AppointmentStep"),
        ("Portal", "PortalBooking"),
        ("Waiting", "TicketState"),
        ("BoardView", "ClinicDay"),
        ("ColumnView", "ClinicDayColumn"),
        ("BoardEntry", "ClinicDayEntry"),
        ("ChoiceView", "AppointmentTime"),
        ("Choices", "AppointmentTimes"),
        ("SpanView", "Span"),
        ("WhoView", "Who"),
        ("RequestPage", "AppointmentRequestPage"),
    ],
    sizes: &[
        ("AppointmentPage.appointments", 500),
        ("HealthcareServicePage.services", 200),
        ("ServicePage.services", 200),
        ("AppointmentTimes.choices", 50),
        ("ClinicDayColumn.entries", 40),
        ("AppointmentRequestPage.requests", 100),
        ("Queue.waiting", 50),
        ("Appointment.schedules", 2),
        ("AppointmentTime.schedules", 2),
    ],
    entities,
    queries,
    mutations,
    operations: &[
        ("ClinicDay", CLINIC_DAY),
        ("OwnDay", OWN_DAY),
        ("PatientAppointments", PATIENT_APPOINTMENTS),
        ("BookAppointment", BOOK_APPOINTMENT),
        ("CancelAppointment", CANCEL_APPOINTMENT),
    ],
};

const CLINIC_DAY: &str = "query ClinicDay($clinic: String!, $day: String!) { clinicDay(clinic: $clinic, day: $day) \
    { day zone start end at columns { schedule { id name capacity } open { start end } absences { start end } \
    hidden { start end } entries { serviceName who { id family given birthDate } appointment { id version status start \
    end arrivedAt steps } } } } }";
const OWN_DAY: &str = "query OwnDay($day: String!) { ownDay(day: $day) { day zone start end at columns { schedule { id name } \
    entries { serviceName who { id family given birthDate } appointment { id version status start end steps } } } } }";
const PATIENT_APPOINTMENTS: &str = "query PatientAppointments($patient: String!, $from: String, $page: String) \
    { appointments(patient: $patient, from: $from, count: 50, page: $page) { next appointments { id version status start \
    end steps service { id name preparation } schedules { id practitioner { id name } } } } }";
const BOOK_APPOINTMENT: &str = "mutation BookAppointment($patient: String!, $service: String!, $start: String!, \
    $schedules: [String!]!, $description: String, $idempotencyKey: String!) { bookAppointment(patient: $patient, \
    service: $service, start: $start, schedules: $schedules, description: $description, idempotencyKey: $idempotencyKey) \
    { id version status start end steps } }";
const CANCEL_APPOINTMENT: &str = "mutation CancelAppointment($id: ID!, $version: Int!, $reason: CancellationReason!, \
    $idempotencyKey: String!) { cancelAppointment(id: $id, version: $version, reason: $reason, \
    idempotencyKey: $idempotencyKey) { id version status steps } }";

/// A clinic.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadQueue {
    /// The Location (id) that it is.
    pub clinic: String,
}

/// A clinic's day.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadClinicDay {
    /// The Location (id) that the clinic is.
    pub clinic: String,
    /// The local day: `2026-11-27`.
    pub day: String,
}

/// One's own day.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadOwnDay {
    /// The local day: `2026-11-27`.
    pub day: String,
}

fn appointment_target(resource: &Resource, sealed: &SealedPatients) -> Target {
    let patient = fhir::visit(resource).patient;
    let label = patient.as_ref().map(|patient| sealed.label(patient)).unwrap_or_default();
    Target::plain("Appointment", Category::Administrative)
        .of(patient.into_iter().collect())
        .labelled(label.max(label_of(resource)))
}

fn show_appointment(resource: &Resource, version: u64, _: &Context) -> Result<Option<Value>, Refusal> {
    given(&AppointmentView::new(resource, version)).map(Some)
}

fn show_schedule(resource: &Resource, version: u64, _: &Context) -> Result<Option<Value>, Refusal> {
    fhir::timetable(resource).map(|table| given(&ScheduleView::new(&table, version))).transpose()
}

/// What patients may neither book nor see is not there for them.
fn show_service(resource: &Resource, _: u64, context: &Context) -> Result<Option<Value>, Refusal> {
    let rules = fhir::service_rules(resource);
    let rules = rules.filter(|rules| !rest::by_patient(context) || rules.portal != Portal::Off);
    rules.as_ref().map(|rules| given(&ServiceView::from(rules))).transpose()
}

const APPOINTMENT: Load = Load {
    view: schema::<AppointmentView>,
    action: "ReadAppointment",
    kind: "Appointment",
    category: Category::Administrative,
    target: appointment_target,
    show: show_appointment,
};

const SCHEDULE: Load = Load {
    view: schema::<ScheduleView>,
    action: "ReadSchedule",
    kind: "Schedule",
    category: Category::Administrative,
    target: target_of,
    show: show_schedule,
};

const SERVICE: Load = Load {
    view: schema::<ServiceView>,
    action: "ListServices",
    kind: "HealthcareService",
    category: Category::Directory,
    target: target_of,
    show: show_service,
};

const APPOINTMENTS: Read = Read {
    name: "appointments",
    about: "A patient's or a schedule's appointments",
    operation: "ListAppointments",
    interaction: Execute,
    arguments: Some(schema::<ListAppointments>),
    of: None,
    answers: schema::<AppointmentPage>,
    read: |house, context, arguments, draft| {
        Box::pin(async move {
            let wanted = taken::<ListAppointments>(&arguments).map_err(Refusal::from);
            given(&rest::listed(house, context, wanted, draft).await?)
        })
    },
};

fn entities() -> Vec<Entity> {
    vec![
        Entity {
            name: "Appointment",
            load: Some(APPOINTMENT),
            links: vec![
                Link::new("patient", "Patient", "Who comes"),
                Link::new("service", "HealthcareService", "What for"),
                Link::new("schedules", "Schedule", "The Schedules that it takes"),
            ],
            reads: vec![],
        },
        Entity {
            name: "Schedule",
            load: Some(SCHEDULE),
            links: vec![
                Link::reference("practitioner", ("actor", "Practitioner/"), "Practitioner", "Whose it is"),
                Link::reference("location", ("actor", "Location/"), "Location", "Which room's it is"),
                Link::reference("practitioner", ("actor", "Practitioner/"), "Practitioner", "Whose it is")
                    .of("ScheduleLine"),
            ],
            reads: vec![],
        },
        Entity { name: "HealthcareService", load: Some(SERVICE), links: vec![], reads: vec![] },
        Entity {
            name: "Patient",
            load: None,
            links: vec![],
            reads: vec![Read { of: Some("patient"), about: "The patient's appointments", ..APPOINTMENTS }],
        },
    ]
}

fn queries() -> Vec<Read> {
    let mut queries = vec![
        APPOINTMENTS,
        Read {
            name: "appointmentTimes",
            about: "Times that can be booked",
            operation: "FindAppointmentTimes",
            arguments: Some(schema::<FindTimes>),
            answers: schema::<Choices>,
            read: |house, context, arguments, _| {
                Box::pin(async move {
                    let wanted = taken::<FindTimes>(&arguments).map_err(Refusal::from);
                    given(&rest::times(house, context, wanted).await?)
                })
            },
            ..APPOINTMENTS
        },
        Read {
            name: "services",
            about: "What can be booked",
            operation: "ListServices",
            arguments: Some(schema::<ListServices>),
            answers: schema::<ServicePage>,
            read: |house, context, arguments, _| {
                Box::pin(async move {
                    let wanted = taken::<ListServices>(&arguments).map_err(Refusal::from);
                    given(&rest::offered(house, context, wanted).await?)
                })
            },
            ..APPOINTMENTS
        },
        Read {
            name: "clinics",
            about: "The clinics and their schedules",
            operation: "ListClinics",
            arguments: None,
            answers: schema::<ClinicPage>,
            read: |house, context, _, _| {
                Box::pin(async move { given(&rest::all_clinics(house, context).await?) })
            },
            ..APPOINTMENTS
        },
    ];
    queries.extend(days());
    queries
}

fn days() -> [Read; 4] {
    [
        Read {
            name: "clinicDay",
            about: "The day of a clinic: who comes to whom, and what is closed",
            operation: "ReadClinicDay",
            arguments: Some(schema::<ReadClinicDay>),
            answers: schema::<BoardView>,
            read: |house, context, arguments, draft| {
                Box::pin(async move {
                    let ReadClinicDay { clinic, day } = taken(&arguments)?;
                    let which = (&Which::Clinic(clinic), day.as_str());
                    given(&rest::board_of(house, context, "ReadClinicDay", which, draft).await?)
                })
            },
            ..APPOINTMENTS
        },
        Read {
            name: "ownDay",
            about: "The day of whoever asks, in all clinics",
            operation: "ReadOwnDay",
            arguments: Some(schema::<ReadOwnDay>),
            answers: schema::<BoardView>,
            read: |house, context, arguments, draft| {
                Box::pin(async move {
                    let ReadOwnDay { day } = taken(&arguments)?;
                    let which = (&Which::Own, day.as_str());
                    given(&rest::board_of(house, context, "ReadOwnDay", which, draft).await?)
                })
            },
            ..APPOINTMENTS
        },
        Read {
            name: "appointmentRequests",
            about: "What patients asked for and staff must answer",
            operation: "ListAppointmentRequests",
            arguments: None,
            answers: schema::<RequestPage>,
            read: |house, context, _, draft| {
                Box::pin(async move { given(&rest::asked_for(house, context, draft).await?) })
            },
            ..APPOINTMENTS
        },
        Read {
            name: "queue",
            about: "The queue of a clinic today",
            operation: "ReadQueue",
            arguments: Some(schema::<ReadQueue>),
            answers: schema::<QueueView>,
            read: |house, context, arguments, draft| {
                Box::pin(async move {
                    let ReadQueue { clinic } = taken(&arguments)?;
                    given(&rest::queue_of(house, context, &clinic, draft).await?)
                })
            },
            ..APPOINTMENTS
        },
    ]
}

/// A command that answers with an appointment.
const fn on_appointment(
    name: &'static str,
    about: &'static str,
    arguments: fn() -> Value,
    act: graph::Acting,
) -> Act {
    Act { name, about, arguments, is_addressed: true, answers: schema::<AppointmentView>, act }
}

fn mutations() -> Vec<Act> {
    let mut mutations = placing();
    mutations.extend([
        on_appointment(
            "rescheduleAppointment",
            "Move an appointment to other times",
            schema::<RescheduleAppointment>,
            |house, context, arguments, key| {
                let command = |id, read: RescheduleAppointment| RescheduleAppointment { id, ..read };
                Box::pin(acted(house, context, arguments, key, command))
            },
        ),
        on_appointment(
            "cancelAppointment",
            "Call an appointment off",
            schema::<CancelAppointment>,
            |house, context, arguments, key| {
                let command = |id, read: CancelAppointment| CancelAppointment { id, ..read };
                Box::pin(acted(house, context, arguments, key, command))
            },
        ),
        on_appointment(
            "recordAttendance",
            "The patient arrives, is checked in, is seen, did not come",
            schema::<RecordAttendance>,
            |house, context, arguments, key| {
                let command = |id, read: RecordAttendance| RecordAttendance { id, ..read };
                Box::pin(acted(house, context, arguments, key, command))
            },
        ),
    ]);
    mutations
}

fn placing() -> Vec<Act> {
    vec![
        Act {
            is_addressed: false,
            ..on_appointment(
                "bookAppointment",
                "Book an appointment",
                schema::<NewAppointment>,
                |house, context, arguments, key| {
                    let command = |_, new: NewAppointment| PlaceAppointment::<false>(new);
                    Box::pin(acted(house, context, arguments, key, command))
                },
            )
        },
        Act {
            is_addressed: false,
            ..on_appointment(
                "holdAppointment",
                "Keep times for ten minutes",
                schema::<NewAppointment>,
                |house, context, arguments, key| {
                    let command = |_, new: NewAppointment| PlaceAppointment::<true>(new);
                    Box::pin(acted(house, context, arguments, key, command))
                },
            )
        },
        on_appointment(
            "confirmAppointment",
            "Book what is held or was asked for",
            schema::<ConfirmAppointment>,
            |house, context, arguments, key| {
                let command = |id, read: ConfirmAppointment| ConfirmAppointment { id, ..read };
                Box::pin(acted(house, context, arguments, key, command))
            },
        ),
    ]
}

//! Scheduling over HTTP: thin. Parse, execute, render.

mod board;
mod handlers;
mod letter;
mod placing;
mod queueing;
mod series;
mod stepping;
mod timetabling;
mod view;
mod waiting;

use crate::commands::{
    AddException, AddService, AmendSchedule, BookSeries, CallNext, CancelAppointment, CancelSeries,
    ConfirmAppointment, DeclineOffer, IssueTicket, JoinWaitingList, NewAppointment, OfferAppointment,
    PreviewSeries, RecordAttendance, RescheduleAppointment, RetractAppointment, StepTicket, TimetableForm,
};
use crate::queries::{FindTimes, ListAppointments, ListToMove, ListWaiting};
use axum::routing::{delete, get, post, put};
use galen_access::Category;
use galen_service::openapi::schema;
use galen_service::{Access, Media, Method, Route};

pub use board::{
    BoardEntry, BoardView, ClinicPage, ClinicView, ColumnView, RequestPage, ScheduleLine, SpanView, ToMove,
    ToMovePage, WhoView, Why,
};
pub(crate) use board::{all_clinics, asked_for, board_of};
pub(crate) use handlers::{ListServices, listed, offered, times};
pub(crate) use placing::{announce, by_patient};
pub use queueing::{DisplayLine, DisplayView, QueueView, TicketView};
pub(crate) use queueing::{queue_of, queue_view};
pub(crate) use series::plan;
pub use series::{OccurrenceView, SeriesOutcome, SeriesPreview, SeriesView};
pub use view::{
    AppointmentPage, AppointmentView, ChoiceView, Choices, ExceptionView, ScheduleView, ServicePage,
    ServiceView, WaitingPage, WishesView,
};
pub(crate) use waiting::joining;

/// What scheduling asks policy about.
pub const ACTIONS: &[&str] = &[
    "AddService",
    "ListServices",
    "ReadSchedule",
    "AddSchedule",
    "AmendSchedule",
    "AddScheduleException",
    "RemoveScheduleException",
    "FindAppointmentTimes",
    "HoldAppointment",
    "BookAppointment",
    "ConfirmAppointment",
    "OverbookAppointment",
    "RescheduleAppointment",
    "CancelAppointment",
    "RecordAttendance",
    "RetractAppointment",
    "ListAppointmentsToMove",
    "JoinWaitingList",
    "OfferAppointment",
    "DeclineAppointmentOffer",
    "ListWaiting",
    "PreviewAppointmentSeries",
    "BookAppointmentSeries",
    "CancelAppointmentSeries",
    "ReadAppointment",
    "ListAppointments",
    "ListClinics",
    "ReadClinicDay",
    "ReadOwnDay",
    "ListAppointmentRequests",
    "PrintAppointmentLetter",
    "IssueTicket",
    "CallNextTicket",
    "StepTicket",
    "ReadQueue",
    "ReadQueueDisplay",
];

const fn of_appointment(name: &'static str) -> Access {
    Access::Action { name, kind: "Appointment", category: Category::Administrative }
}

const fn of_schedule(name: &'static str) -> Access {
    Access::Action { name, kind: "Schedule", category: Category::Administrative }
}

const fn of_service(name: &'static str) -> Access {
    Access::Action { name, kind: "HealthcareService", category: Category::Directory }
}

/// A route in JSON; what it takes and answers is filled in by who lists it.
const fn route(
    method: Method,
    path: &'static str,
    access: Access,
    summary: &'static str,
    handler: fn() -> axum::routing::MethodRouter<std::sync::Arc<galen_service::House>>,
) -> Route {
    Route {
        method,
        path,
        access,
        summary,
        media: Media::Json,
        query: None,
        request: None,
        answer: None,
        handler,
    }
}

/// All routes of scheduling.
pub fn routes() -> Vec<Route> {
    let mut routes = finding_routes();
    routes.extend(board_routes());
    routes.extend(queue_routes());
    routes.extend(appointment_routes());
    routes.extend(waiting_routes());
    routes.extend(series_routes());
    routes.extend(timetable_routes());
    routes
}

/// A route that answers with an appointment.
fn on(
    method: Method,
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    handler: fn() -> axum::routing::MethodRouter<std::sync::Arc<galen_service::House>>,
) -> Route {
    let answer: Option<fn() -> serde_json::Value> = Some(schema::<AppointmentView>);
    Route { answer, ..route(method, path, of_appointment(name), summary, handler) }
}

fn finding_routes() -> Vec<Route> {
    vec![
        Route {
            query: Some(schema::<FindTimes>),
            answer: Some(schema::<Choices>),
            ..on(
                Method::Get,
                "/api/appointments/times",
                "FindAppointmentTimes",
                "Find times that can be booked",
                || get(handlers::find),
            )
        },
        Route {
            query: Some(schema::<ListAppointments>),
            answer: Some(schema::<AppointmentPage>),
            ..on(
                Method::Get,
                "/api/appointments",
                "ListAppointments",
                "A patient's or a schedule's appointments",
                || get(handlers::list),
            )
        },
        on(Method::Get, "/api/appointments/{id}", "ReadAppointment", "An appointment", || {
            get(handlers::read)
        }),
        Route {
            media: Media::Text("application/pdf"),
            answer: None,
            ..on(
                Method::Get,
                "/api/appointments/{id}/letter",
                "PrintAppointmentLetter",
                "The letter that tells the patient",
                || get(letter::letter),
            )
        },
    ]
}

fn board_routes() -> Vec<Route> {
    vec![
        Route {
            answer: Some(schema::<ClinicPage>),
            ..on(Method::Get, "/api/clinics", "ListClinics", "The clinics and their schedules", || {
                get(board::clinics)
            })
        },
        Route {
            answer: Some(schema::<BoardView>),
            ..on(
                Method::Get,
                "/api/clinics/{id}/days/{day}",
                "ReadClinicDay",
                "The day of a clinic: who comes to whom, and what is closed",
                || get(board::day),
            )
        },
        Route {
            answer: Some(schema::<BoardView>),
            ..on(
                Method::Get,
                "/api/own-days/{day}",
                "ReadOwnDay",
                "The day of whoever asks, in all clinics",
                || get(board::own_day),
            )
        },
        Route {
            query: Some(schema::<ListToMove>),
            answer: Some(schema::<ToMovePage>),
            ..on(
                Method::Get,
                "/api/appointments-to-move",
                "ListAppointmentsToMove",
                "Appointments at times when nobody is there",
                || get(board::to_move),
            )
        },
        Route {
            answer: Some(schema::<RequestPage>),
            ..on(
                Method::Get,
                "/api/appointment-requests",
                "ListAppointmentRequests",
                "What patients asked for and staff must answer",
                || get(board::requests),
            )
        },
    ]
}

fn queue_routes() -> Vec<Route> {
    let ticket: Option<fn() -> serde_json::Value> = Some(schema::<TicketView>);
    vec![
        Route {
            request: Some(schema::<IssueTicket>),
            answer: ticket,
            ..on(
                Method::Post,
                "/api/clinics/{id}/tickets",
                "IssueTicket",
                "Give the next token of the clinic's day",
                || post(queueing::issue),
            )
        },
        Route {
            request: Some(schema::<CallNext>),
            answer: ticket,
            ..on(
                Method::Post,
                "/api/clinics/{id}/queue/next",
                "CallNextTicket",
                "Call whoever is next to a room",
                || post(queueing::next),
            )
        },
        Route {
            request: Some(schema::<StepTicket>),
            answer: ticket,
            ..on(
                Method::Post,
                "/api/clinics/{id}/tickets/{number}/step",
                "StepTicket",
                "Call a token again, skip it, or say that its holder went in",
                || post(queueing::step),
            )
        },
        Route {
            answer: Some(schema::<QueueView>),
            ..on(Method::Get, "/api/clinics/{id}/queue", "ReadQueue", "The queue of a clinic today", || {
                get(queueing::read)
            })
        },
        Route {
            access: Access::Action {
                name: "ReadQueueDisplay",
                kind: "Location",
                category: Category::Directory,
            },
            answer: Some(schema::<DisplayView>),
            ..on(
                Method::Get,
                "/api/clinics/{id}/queue-display",
                "ReadQueueDisplay",
                "The screen of a waiting room: tokens and rooms, no names",
                || get(queueing::display),
            )
        },
    ]
}

fn appointment_routes() -> Vec<Route> {
    vec![
        Route {
            request: Some(schema::<NewAppointment>),
            ..on(Method::Post, "/api/appointments", "BookAppointment", "Book an appointment", || {
                post(handlers::place::<false>)
            })
        },
        Route {
            request: Some(schema::<NewAppointment>),
            ..on(
                Method::Post,
                "/api/appointments/holds",
                "HoldAppointment",
                "Keep times for ten minutes",
                || post(handlers::place::<true>),
            )
        },
        Route {
            request: Some(schema::<ConfirmAppointment>),
            ..on(
                Method::Post,
                "/api/appointments/{id}/confirm",
                "ConfirmAppointment",
                "Book what is held or was asked for",
                || post(handlers::confirm),
            )
        },
        Route {
            request: Some(schema::<RescheduleAppointment>),
            ..on(
                Method::Post,
                "/api/appointments/{id}/reschedule",
                "RescheduleAppointment",
                "Move an appointment to other times",
                || post(handlers::reschedule),
            )
        },
        Route {
            request: Some(schema::<CancelAppointment>),
            ..on(
                Method::Post,
                "/api/appointments/{id}/cancel",
                "CancelAppointment",
                "Call an appointment off",
                || post(handlers::cancel),
            )
        },
        Route {
            request: Some(schema::<RetractAppointment>),
            ..on(
                Method::Post,
                "/api/appointments/{id}/retract",
                "RetractAppointment",
                "Say that it should never have been written",
                || post(handlers::retract),
            )
        },
        Route {
            request: Some(schema::<RecordAttendance>),
            ..on(
                Method::Post,
                "/api/appointments/{id}/attendance",
                "RecordAttendance",
                "The patient arrives, is checked in, is seen, did not come",
                || post(handlers::attend),
            )
        },
    ]
}

fn waiting_routes() -> Vec<Route> {
    vec![
        Route {
            query: Some(schema::<ListWaiting>),
            answer: Some(schema::<WaitingPage>),
            ..on(Method::Get, "/api/waiting-list", "ListWaiting", "Who waits for a time", || {
                get(waiting::list)
            })
        },
        Route {
            request: Some(schema::<JoinWaitingList>),
            ..on(Method::Post, "/api/waiting-list", "JoinWaitingList", "Wait for a time", || {
                post(waiting::join)
            })
        },
        Route {
            request: Some(schema::<OfferAppointment>),
            ..on(
                Method::Post,
                "/api/appointments/{id}/offer",
                "OfferAppointment",
                "Offer a time to somebody who waits",
                || post(waiting::offer),
            )
        },
        Route {
            request: Some(schema::<DeclineOffer>),
            ..on(
                Method::Post,
                "/api/appointments/{id}/decline",
                "DeclineAppointmentOffer",
                "Turn an offer down and wait on",
                || post(waiting::decline),
            )
        },
    ]
}

fn series_routes() -> Vec<Route> {
    let series: Option<fn() -> serde_json::Value> = Some(schema::<SeriesView>);
    vec![
        Route {
            request: Some(schema::<PreviewSeries>),
            answer: Some(schema::<SeriesPreview>),
            ..on(
                Method::Post,
                "/api/appointment-series/preview",
                "PreviewAppointmentSeries",
                "What stands in the way of a series",
                || post(series::preview),
            )
        },
        Route {
            request: Some(schema::<BookSeries>),
            answer: series,
            ..on(
                Method::Post,
                "/api/appointment-series",
                "BookAppointmentSeries",
                "Book the times of a series that were agreed",
                || post(series::book),
            )
        },
        Route {
            request: Some(schema::<CancelSeries>),
            answer: series,
            ..on(
                Method::Post,
                "/api/appointment-series/{series}/cancel",
                "CancelAppointmentSeries",
                "Call off what is left of a series",
                || post(series::cancel),
            )
        },
    ]
}

fn timetable_routes() -> Vec<Route> {
    vec![
        Route {
            request: Some(schema::<AddService>),
            answer: Some(schema::<ServiceView>),
            ..route(Method::Post, "/api/services", of_service("AddService"), "Add something to book", || {
                post(handlers::add_service)
            })
        },
        Route {
            query: Some(schema::<handlers::ListServices>),
            answer: Some(schema::<ServicePage>),
            ..route(Method::Get, "/api/services", of_service("ListServices"), "What can be booked", || {
                get(handlers::services)
            })
        },
        Route {
            request: Some(schema::<TimetableForm>),
            answer: Some(schema::<ScheduleView>),
            ..route(Method::Post, "/api/schedules", of_schedule("AddSchedule"), "Add a schedule", || {
                post(handlers::add_schedule)
            })
        },
        Route {
            request: Some(schema::<AmendSchedule>),
            answer: Some(schema::<ScheduleView>),
            ..route(
                Method::Put,
                "/api/schedules/{id}",
                of_schedule("AmendSchedule"),
                "Change a schedule",
                || put(handlers::amend_schedule),
            )
        },
        Route {
            request: Some(schema::<AddException>),
            answer: Some(schema::<ExceptionView>),
            ..route(
                Method::Post,
                "/api/schedules/{id}/exceptions",
                of_schedule("AddScheduleException"),
                "Close or open a schedule for a while",
                || post(handlers::add_exception),
            )
        },
        route(
            Method::Delete,
            "/api/schedules/{id}/exceptions/{slot}",
            of_schedule("RemoveScheduleException"),
            "Take an exception back",
            || delete(handlers::remove_exception),
        ),
    ]
}

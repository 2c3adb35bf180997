//! Registration over HTTP: thin. Parse, execute, render.

mod handlers;
mod merging;
mod registering;
mod view;

use crate::commands::{AmendPatient, MergePatients, RegisterPatient};
use axum::routing::{get, post};
use galen_access::Category;
use galen_service::openapi::schema;
use galen_service::{Access, Method, Route};

pub use view::{MergeView, PatientPage, PatientView};

const fn of_patient(name: &'static str) -> Access {
    Access::Action { name, kind: "Patient", category: Category::Demographic }
}

/// All routes of registration.
pub fn routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::Post,
            path: "/api/patients",
            access: of_patient("RegisterPatient"),
            summary: "Register a patient; likely duplicates are named first",
            request: Some(schema::<RegisterPatient>),
            answer: Some(schema::<PatientView>),
            handler: || post(handlers::register),
        },
        Route {
            method: Method::Get,
            path: "/api/patients",
            access: of_patient("FindPatients"),
            summary: "Find patients by name, birthDate, nhsNumber or mrn",
            request: None,
            answer: Some(schema::<PatientPage>),
            handler: || get(handlers::find),
        },
        Route {
            method: Method::Get,
            path: "/api/patients/{id}",
            access: of_patient("ReadPatient"),
            summary: "A patient's demographics",
            request: None,
            answer: Some(schema::<PatientView>),
            handler: || get(handlers::read),
        },
        Route {
            method: Method::Patch,
            path: "/api/patients/{id}",
            access: of_patient("AmendPatient"),
            summary: "Amend a patient's demographics",
            request: Some(schema::<AmendPatient>),
            answer: Some(schema::<PatientView>),
            handler: || axum::routing::patch(handlers::amend),
        },
        Route {
            method: Method::Post,
            path: "/api/patients/{id}/merge",
            access: of_patient("MergePatients"),
            summary: "Merge a duplicate into this patient",
            request: Some(schema::<MergePatients>),
            answer: Some(schema::<MergeView>),
            handler: || post(handlers::merge),
        },
        Route {
            method: Method::Post,
            path: "/api/patient-merges/{id}/undo",
            access: of_patient("UnmergePatients"),
            summary: "Undo a merge",
            request: None,
            answer: Some(schema::<MergeView>),
            handler: || post(handlers::unmerge),
        },
    ]
}

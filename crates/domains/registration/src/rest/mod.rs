//! Registration over HTTP: thin. Parse, execute, render.

mod handlers;
mod merging;
mod printing;
mod registering;
mod view;

use crate::commands::{AmendPatient, MergePatients, RegisterPatient};
use crate::queries::{FindPatients, PreviewMerge};
use axum::routing::{get, post};
use galen_access::Category;
use galen_service::openapi::schema;
use galen_service::{Access, Media, Method, Route};

pub use view::{MergePage, MergePreview, MergeView, PatientPage, PatientView};

const fn of_patient(name: &'static str) -> Access {
    Access::Action { name, kind: "Patient", category: Category::Demographic }
}

/// All routes of registration.
pub fn routes() -> Vec<Route> {
    let mut routes = patient_routes();
    routes.extend(merge_routes());
    routes
}

fn patient_routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::Post,
            path: "/api/patients",
            access: of_patient("RegisterPatient"),
            summary: "Register a patient; likely duplicates are named first",
            media: Media::Json,
            query: None,
            request: Some(schema::<RegisterPatient>),
            answer: Some(schema::<PatientView>),
            handler: || post(handlers::register),
        },
        Route {
            method: Method::Get,
            path: "/api/patients",
            access: of_patient("FindPatients"),
            summary: "Find patients by text, or by name, birthDate, nhsNumber or mrn",
            media: Media::Json,
            query: Some(schema::<FindPatients>),
            request: None,
            answer: Some(schema::<PatientPage>),
            handler: || get(handlers::find),
        },
        Route {
            method: Method::Get,
            path: "/api/patients/{id}",
            access: of_patient("ReadPatient"),
            summary: "A patient's demographics",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<PatientView>),
            handler: || get(handlers::read),
        },
        Route {
            method: Method::Patch,
            path: "/api/patients/{id}",
            access: of_patient("AmendPatient"),
            summary: "Amend a patient's demographics",
            media: Media::Json,
            query: None,
            request: Some(schema::<AmendPatient>),
            answer: Some(schema::<PatientView>),
            handler: || axum::routing::patch(handlers::amend),
        },
        Route {
            method: Method::Get,
            path: "/api/patients/{id}/label",
            access: of_patient("PrintPatientLabel"),
            summary: "A patient's label as PDF, with barcode",
            media: Media::Text("application/pdf"),
            query: None,
            request: None,
            answer: None,
            handler: || get(printing::label),
        },
    ]
}

fn merge_routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::Get,
            path: "/api/patients/{id}/merge-preview",
            access: of_patient("PreviewMerge"),
            summary: "What merging a duplicate into this patient would do",
            media: Media::Json,
            query: Some(schema::<PreviewMerge>),
            request: None,
            answer: Some(schema::<MergePreview>),
            handler: || get(handlers::preview_merge),
        },
        Route {
            method: Method::Get,
            path: "/api/patients/{id}/merges",
            access: of_patient("ListMerges"),
            summary: "The merges into this patient, the latest first",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<MergePage>),
            handler: || get(handlers::merges),
        },
        Route {
            method: Method::Post,
            path: "/api/patients/{id}/merge",
            access: of_patient("MergePatients"),
            summary: "Merge a duplicate into this patient",
            media: Media::Json,
            query: None,
            request: Some(schema::<MergePatients>),
            answer: Some(schema::<MergeView>),
            handler: || post(handlers::merge),
        },
        Route {
            method: Method::Post,
            path: "/api/patient-merges/{id}/undo",
            access: of_patient("UnmergePatients"),
            summary: "Undo a merge",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<MergeView>),
            handler: || post(handlers::unmerge),
        },
    ]
}

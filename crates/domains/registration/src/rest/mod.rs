//! Registration over HTTP: thin. Parse, execute, render.

mod accesses;
mod activating;
mod consenting;
mod handlers;
mod inviting;
mod merging;
mod printing;
mod registering;
mod view;

use crate::commands::{
    AcceptProxy, ActivateAccount, AmendPatient, InvitePatient, MergePatients, RecordConsent, RegisterPatient,
};
use crate::queries::{FindPatients, ListAccesses, PreviewMerge};
use axum::routing::{delete, get, post};
use galen_access::Category;
use galen_service::openapi::schema;
use galen_service::{Access, Media, Method, Route};

pub(crate) use accesses::accesses_of;
pub use consenting::{NamedPersonView, PatientConsentPage, PatientConsentView};
pub(crate) use handlers::found;
pub(crate) use inviting::{people_acted_for, proxies_of};
pub use view::{
    AccessPage, ActedForPage, ActedForView, ActivatedView, InvitationIssuedView, InvitationPage,
    InvitationView, MergePage, MergePreview, MergeView, PatientPage, PatientView, ProxyPage, ProxyView,
};

const fn of_patient(name: &'static str) -> Access {
    Access::Action { name, kind: "Patient", category: Category::Demographic }
}

/// All routes of registration.
pub fn routes() -> Vec<Route> {
    let mut routes = patient_routes();
    routes.extend(merge_routes());
    routes.extend(invitation_routes());
    routes.extend(proxy_routes());
    routes.extend(consent_routes());
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

const fn secured(name: &'static str, kind: &'static str) -> Access {
    Access::Action { name, kind, category: Category::Security }
}

fn invitation_routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::Post,
            path: "/api/patients/{id}/invitations",
            access: secured("InvitePatient", "Invitation"),
            summary: "Issue a code for the patient's account, or for somebody to act for the patient",
            media: Media::Json,
            query: None,
            request: Some(schema::<InvitePatient>),
            answer: Some(schema::<InvitationIssuedView>),
            handler: || post(inviting::invite),
        },
        Route {
            method: Method::Post,
            path: "/api/patients/{id}/invitation-letters",
            access: secured("PrintInvitationLetter", "Invitation"),
            summary: "Issue a code for the patient's account, as a letter in PDF that alone tells it",
            media: Media::Text("application/pdf"),
            query: None,
            request: None,
            answer: None,
            handler: || post(printing::invitation_letter),
        },
        Route {
            method: Method::Get,
            path: "/api/patients/{id}/invitations",
            access: secured("ListInvitations", "Invitation"),
            summary: "The codes that nobody used yet, without the codes",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<InvitationPage>),
            handler: || get(inviting::invitations),
        },
        Route {
            method: Method::Delete,
            path: "/api/invitations/{id}",
            access: secured("WithdrawInvitation", "Invitation"),
            summary: "Withdraw a code that nobody used yet",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<InvitationView>),
            handler: || delete(inviting::withdraw),
        },
        Route {
            method: Method::Post,
            path: "/api/activations",
            access: Access::Public("this is how a patient gets an account: the code says who it is"),
            summary: "Make an account by a code and the patient's birth date; then sign in",
            media: Media::Json,
            query: None,
            request: Some(schema::<ActivateAccount>),
            answer: Some(schema::<ActivatedView>),
            handler: || post(activating::activate),
        },
    ]
}

fn proxy_routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::Post,
            path: "/api/proxies",
            access: secured("AcceptProxy", "Proxy"),
            summary: "Accept, by a code and the patient's birth date, to act for a patient",
            media: Media::Json,
            query: None,
            request: Some(schema::<AcceptProxy>),
            answer: Some(schema::<ProxyView>),
            handler: || post(activating::accept_proxy),
        },
        Route {
            method: Method::Get,
            path: "/api/proxies",
            access: secured("ListOwnProxies", "Proxy"),
            summary: "The people for whom the caller may act, by X-Acting-For",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<ActedForPage>),
            handler: || get(inviting::held),
        },
        Route {
            method: Method::Get,
            path: "/api/patients/{id}/proxies",
            access: secured("ListProxies", "Proxy"),
            summary: "Who acts for the patient",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<ProxyPage>),
            handler: || get(inviting::proxies),
        },
        Route {
            method: Method::Delete,
            path: "/api/proxies/{id}",
            access: secured("EndProxy", "Proxy"),
            summary: "End a proxy at once",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<ProxyView>),
            handler: || delete(inviting::end),
        },
        Route {
            method: Method::Get,
            path: "/api/patients/{id}/accesses",
            access: Access::Action { name: "ListAccesses", kind: "AuditEvent", category: Category::Audit },
            summary: "Who saw the record, when and why; the latest first",
            media: Media::Json,
            query: Some(schema::<ListAccesses>),
            request: None,
            answer: Some(schema::<AccessPage>),
            handler: || get(accesses::accesses),
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

fn consent_routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::Post,
            path: "/api/patients/{id}/consents",
            access: secured("RecordConsent", "Consent"),
            summary: "Record what a patient withholds, and from whom: it is obeyed at once",
            media: Media::Json,
            query: None,
            request: Some(schema::<RecordConsent>),
            answer: Some(schema::<PatientConsentView>),
            handler: || post(consenting::record),
        },
        Route {
            method: Method::Get,
            path: "/api/patients/{id}/consents",
            access: secured("ListConsents", "Consent"),
            summary: "What a patient withholds, or withheld once",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<PatientConsentPage>),
            handler: || get(consenting::consents),
        },
        Route {
            method: Method::Delete,
            path: "/api/consents/{id}",
            access: secured("WithdrawConsent", "Consent"),
            summary: "Withdraw a consent: what it withheld is open again",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<PatientConsentView>),
            handler: || delete(consenting::withdraw),
        },
    ]
}

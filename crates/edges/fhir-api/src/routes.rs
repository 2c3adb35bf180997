//! The routes of `/fhir`, with what policy each is under. What is at an address, `interaction.rs` says.

use crate::capability::metadata;
use crate::edge::fhir;
use axum::routing::{MethodRouter, delete, get, patch, post, put};
use galen_access::Category;
use galen_service::{Access, House, Media, Method, Route};
use std::sync::Arc;

const fn under(name: &'static str) -> Access {
    Access::Action { name, kind: "Observation", category: Category::Clinical }
}

const fn route(
    method: Method,
    path: &'static str,
    access: Access,
    summary: &'static str,
    handler: fn() -> MethodRouter<Arc<House>>,
) -> Route {
    let media = Media::Fhir;
    Route { method, path, access, summary, media, query: None, request: None, answer: None, handler }
}

/// All of them.
pub(crate) fn routes() -> Vec<Route> {
    let mut all = vec![route(
        Method::Get,
        "/fhir/metadata",
        Access::Public("a client must be able to see what it talks to"),
        "CapabilityStatement: what this server does",
        || get(metadata),
    )];
    all.extend(system());
    all.extend(types());
    all.extend(instances());
    all
}

fn system() -> Vec<Route> {
    let bundle = Access::Action { name: "FhirBundle", kind: "Bundle", category: Category::Clinical };
    vec![
        route(Method::Post, "/fhir", bundle, "Process a transaction or batch bundle", || post(fhir)),
        route(Method::Get, "/fhir", under("FhirSearch"), "Search all types", || get(fhir)),
        route(
            Method::Post,
            "/fhir/_search",
            under("FhirSearch"),
            "Search all types, parameters as a form",
            || post(fhir),
        ),
        route(Method::Get, "/fhir/_history", under("FhirHistory"), "Versions of everything", || get(fhir)),
    ]
}

fn types() -> Vec<Route> {
    let path = "/fhir/{type}";
    vec![
        route(Method::Get, path, under("FhirSearch"), "Search one type; an operation of the server", || {
            get(fhir)
        }),
        route(Method::Get, "/fhir/{type}/_search", under("FhirSearch"), "Search one type", || get(fhir)),
        route(
            Method::Post,
            "/fhir/{type}/_search",
            under("FhirSearch"),
            "Search one type, parameters as a form",
            || post(fhir),
        ),
        route(Method::Get, "/fhir/{type}/_history", under("FhirHistory"), "Versions of one type", || {
            get(fhir)
        }),
        route(Method::Post, path, under("FhirCreate"), "Create; If-None-Exist makes it conditional", || {
            post(fhir)
        }),
        route(Method::Put, path, under("FhirUpdate"), "Update what the condition names, or create", || {
            put(fhir)
        }),
        route(
            Method::Delete,
            path,
            under("FhirDelete"),
            "Delete what the condition names; _count lets it be several",
            || delete(fhir),
        ),
        route(Method::Patch, path, under("FhirUpdate"), "Patch what the condition names", || patch(fhir)),
    ]
}

fn instances() -> Vec<Route> {
    let path = "/fhir/{type}/{id}";
    let below = "/fhir/{type}/{id}/{operation}";
    vec![
        route(Method::Get, path, under("FhirRead"), "Read; an operation of a type", || get(fhir)),
        route(
            Method::Put,
            path,
            under("FhirUpdate"),
            "Update, or create under this id; If-Match guards",
            || put(fhir),
        ),
        route(Method::Delete, path, under("FhirDelete"), "Delete; history stays", || delete(fhir)),
        route(Method::Patch, path, under("FhirUpdate"), "JSON Patch or FHIRPath Patch", || patch(fhir)),
        route(Method::Post, path, under("FhirRead"), "Operation of a type", || post(fhir)),
        route(Method::Get, "/fhir/{type}/{id}/_history", under("FhirHistory"), "All versions", || get(fhir)),
        route(Method::Get, "/fhir/{type}/{id}/_history/{vid}", under("FhirHistory"), "One version", || {
            get(fhir)
        }),
        route(Method::Get, below, under("FhirRead"), "Operation, or search of a compartment", || get(fhir)),
        route(Method::Post, below, under("FhirRead"), "Operation of a resource", || post(fhir)),
        route(
            Method::Post,
            "/fhir/{type}/{id}/{member}/_search",
            under("FhirSearch"),
            "Search of a compartment, parameters as a form",
            || post(fhir),
        ),
    ]
}

//! Whether the server lives and can work, and its figures.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use galen_service::House;
use galen_service::http::json;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<&'static str>,
    services: Vec<&'static str>,
}

pub(crate) async fn live(State(house): State<Arc<House>>) -> Response {
    json(StatusCode::OK, &Health { status: "live", store: None, services: house.services.clone() })
}

pub(crate) async fn ready(State(house): State<Arc<House>>) -> Response {
    let services = house.services.clone();
    match house.store.ready().await {
        Ok(()) => json(StatusCode::OK, &Health { status: "ready", store: Some("ready"), services }),
        Err(_) => json(
            StatusCode::SERVICE_UNAVAILABLE,
            &Health { status: "not ready", store: Some("unavailable"), services },
        ),
    }
}

pub(crate) async fn metrics(State(house): State<Arc<House>>) -> Response {
    ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], house.metrics.render())
        .into_response()
}

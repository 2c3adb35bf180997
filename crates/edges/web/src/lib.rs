//! What browsers get: the shell's page, the built portals (embedded), and the server's own plain pages: about, API
//! viewer, health, metrics.

mod assets;
mod bundle;
mod health;
mod portal;

use assets::{about, built, document, openapi, style, viewer, viewer_script};
use axum::routing::get;
use galen_service::{Access, Media, Method, Route, Service};

/// The service.
pub static SERVICE: Service = Service {
    name: "web",
    about: "The portals, API viewer, health and metrics",
    needs: &[],
    kinds: &[],
    owns: &[],
    policy: None,
    routes,
    subgraph: None,
    guards: &[],
    reactions: &[],
    work: None,
};

const fn open(
    path: &'static str,
    kind: &'static str,
    summary: &'static str,
    reason: &'static str,
    handler: Handler,
) -> Route {
    let (method, access, media) = (Method::Get, Access::Public(reason), Media::Text(kind));
    Route { method, path, access, summary, media, query: None, request: None, answer: None, handler }
}

type Handler = fn() -> axum::routing::MethodRouter<std::sync::Arc<galen_service::House>>;

fn routes() -> Vec<Route> {
    const PAGE: &str = "a page without data";
    const HTML: &str = "text/html";
    const JSON: &str = "application/json";
    const TEXT: &str = "text/plain";
    const FIGURES: &str = "application/openmetrics-text";
    let mut routes: Vec<Route> = portal::PAGES
        .iter()
        .map(|path| open(path, HTML, "A page of the portals", PAGE, || get(portal::page)))
        .collect();
    routes.extend(
        portal::PATIENT_PAGES.iter().map(|path| {
            open(path, HTML, "A page of the patients' portal", PAGE, || get(portal::patient_page))
        }),
    );
    routes.extend([
        open("/my-worker.js", "text/javascript", "What keeps the patients' portal offline", PAGE, || {
            get(built)
        }),
        open("/portals.json", JSON, "The portals that the shell loads", PAGE, || get(built)),
        open("/assets/{*file}", "*/*", "A part of the portals", PAGE, || get(built)),
        open("/about", HTML, "About this server", PAGE, || get(about)),
        open("/api", HTML, "The API viewer", PAGE, || get(viewer)),
        open("/assets/galen.css", "text/css", "The style of the pages", PAGE, || get(style)),
        open("/assets/viewer.js", "text/javascript", "The script of the API viewer", PAGE, || {
            get(viewer_script)
        }),
        open(
            "/api/openapi.json",
            JSON,
            "The OpenAPI 3.1 description",
            "the description of the API holds no data",
            || get(openapi),
        ),
        open("/docs/{name}", TEXT, "The bundled documents, as text", "documents hold no data", || {
            get(document)
        }),
        open("/health/live", JSON, "Whether the process runs", "a load balancer has no account", || {
            get(health::live)
        }),
        open("/health/ready", JSON, "Whether it can do its work", "a load balancer has no account", || {
            get(health::ready)
        }),
        open("/metrics", FIGURES, "Figures for Prometheus", "figures without ids, for the scraper", || {
            get(health::metrics)
        }),
    ]);
    routes
}

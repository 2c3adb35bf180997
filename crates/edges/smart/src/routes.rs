//! The routes of the edge, with what policy each is under.

use crate::{authorizations, authorize, clients, consent, discovery, forms, introspect, launch, token};
use axum::routing::{MethodRouter, delete, get, patch, post};
use galen_access::Category;
use galen_service::openapi::schema;
use galen_service::{Access, House, Media, Method, Route};
use serde_json::Value;
use std::sync::Arc;

type Handler = fn() -> MethodRouter<Arc<House>>;

const DISCOVERED: Access = Access::Public("a client must be able to see what it talks to");
const PROVEN: Access = Access::Public("the client proves who it is in the request");

const fn route(
    method: Method,
    path: &'static str,
    access: Access,
    summary: &'static str,
    handler: Handler,
) -> Route {
    let media = Media::Json;
    Route { method, path, access, summary, media, query: None, request: None, answer: None, handler }
}

const fn secured(name: &'static str, kind: &'static str) -> Access {
    Access::Action { name, kind, category: Category::Security }
}

/// All of them.
pub(crate) fn routes() -> Vec<Route> {
    let mut all = oauth();
    all.extend(discovered());
    all.extend(registered());
    all.extend(decided());
    all
}

fn discovered() -> Vec<Route> {
    let known: [(&str, &str, Handler); 5] = [
        ("/fhir/.well-known/smart-configuration", "SMART App Launch: endpoints and capabilities", || {
            get(discovery::smart_configuration)
        }),
        ("/.well-known/smart-configuration", "The same, at the root", || get(discovery::smart_configuration)),
        ("/.well-known/openid-configuration", "OpenID Connect discovery", || {
            get(discovery::openid_configuration)
        }),
        ("/oauth/jwks", "The keys that verify id tokens", || get(discovery::jwks)),
        ("/oauth/smart-style.json", "The look that applications may take on", || get(discovery::style)),
    ];
    let told = |(path, summary, handler)| Route {
        media: Media::Text("application/json"),
        ..route(Method::Get, path, DISCOVERED, summary, handler)
    };
    known.into_iter().map(told).collect()
}

fn oauth() -> Vec<Route> {
    let asked = Access::Public("the user signs in and decides on the page that it leads to");
    let page: Handler = || get(authorize::authorize);
    let form: Handler = || post(authorize::authorize);
    let proven = |path, summary, fields: fn() -> Value, handler| Route {
        media: Media::OAuth,
        request: Some(fields),
        ..route(Method::Post, path, PROVEN, summary, handler)
    };
    vec![
        Route {
            media: Media::Consent,
            query: Some(forms::authorize),
            ..route(Method::Get, "/oauth/authorize", asked, "An application asks for authorization", page)
        },
        Route {
            media: Media::Consent,
            request: Some(forms::authorize),
            ..route(Method::Post, "/oauth/authorize", asked, "The same, as a form", form)
        },
        Route {
            answer: Some(forms::tokens),
            ..proven(
                "/oauth/token",
                "Access tokens for codes, refresh tokens and assertions",
                forms::token,
                || post(token::token),
            )
        },
        Route {
            answer: Some(forms::introspected),
            ..proven("/oauth/introspect", "Whether a token is good, and for what", forms::about_token, || {
                post(introspect::introspect)
            })
        },
        proven("/oauth/revoke", "End a token", forms::about_token, || post(introspect::revoke)),
    ]
}

fn registered() -> Vec<Route> {
    vec![
        Route {
            answer: Some(schema::<Vec<clients::ClientView>>),
            ..route(
                Method::Get,
                "/api/clients",
                secured("ListClients", "Client"),
                "All client applications",
                || get(clients::list),
            )
        },
        Route {
            request: Some(schema::<clients::AddClient>),
            answer: Some(schema::<clients::AddedClient>),
            ..route(
                Method::Post,
                "/api/clients",
                secured("AddClient", "Client"),
                "Register a client application; its secret is in the answer, once",
                || post(clients::add),
            )
        },
        Route {
            request: Some(schema::<clients::ChangeClientBody>),
            answer: Some(schema::<clients::AddedClient>),
            ..route(
                Method::Patch,
                "/api/clients/{id}",
                secured("ChangeClient", "Client"),
                "Disable or enable a client application",
                || patch(clients::change),
            )
        },
    ]
}

fn decided() -> Vec<Route> {
    vec![
        Route {
            query: Some(schema::<consent::Asking>),
            answer: Some(schema::<consent::ConsentView>),
            ..route(
                Method::Get,
                "/api/authorizations/request",
                secured("AuthorizeClient", "Client"),
                "What an application asks for",
                || get(consent::show),
            )
        },
        Route {
            request: Some(schema::<consent::Decide>),
            answer: Some(schema::<consent::DecidedView>),
            ..route(
                Method::Post,
                "/api/authorizations/request",
                secured("AuthorizeClient", "Client"),
                "Allow or refuse it",
                || post(consent::decide),
            )
        },
        Route {
            answer: Some(schema::<Vec<authorizations::AuthorizationView>>),
            ..route(
                Method::Get,
                "/api/authorizations",
                secured("ListAuthorizations", "Authorization"),
                "The applications that you connected",
                || get(authorizations::list),
            )
        },
        route(
            Method::Delete,
            "/api/authorizations/{id}",
            secured("RevokeAuthorization", "Authorization"),
            "Disconnect an application",
            || delete(authorizations::revoke),
        ),
        Route {
            answer: Some(schema::<Vec<launch::LaunchableView>>),
            ..route(
                Method::Get,
                "/api/launches",
                secured("ListLaunchable", "Client"),
                "The applications that can be opened on a patient's record",
                || get(launch::launchable),
            )
        },
        Route {
            request: Some(schema::<launch::LaunchClient>),
            answer: Some(schema::<launch::LaunchView>),
            ..route(
                Method::Post,
                "/api/launches",
                secured("LaunchClient", "Client"),
                "Open an application on a patient's record",
                || post(launch::launch),
            )
        },
    ]
}

//! Accounts over HTTP: signing in and out, users, tokens, break-glass, care relationships. The rules are in `galen-access`.

pub mod break_glass;
pub mod relationships;
pub mod sessions;
pub mod tokens;
pub mod users;

use crate::openapi::schema;
use crate::service::{Access, Media, Method, Route, Service};
use axum::routing::{get, patch, post};
use galen_access::Category;

/// The service.
pub static SERVICE: Service = Service {
    name: "accounts",
    about: "Users, sessions, tokens, break-glass and care relationships",
    needs: &[],
    kinds: &[
        ("User", galen_access::USER),
        ("Session", galen_access::SESSION),
        ("SigningKey", galen_access::SIGNING_KEY),
        ("BreakGlass", galen_access::BREAK_GLASS),
        ("Relationship", galen_access::RELATIONSHIP),
        ("Invitation", galen_access::INVITATION),
        ("Proxy", galen_access::PROXY),
        ("ConsentDirective", galen_access::CONSENT),
    ],
    owns: &[],
    policy: None,
    routes,
    subgraph: None,
    guards: &[],
    reactions: &[break_glass::ALERT],
    work: None,
};

const fn secured(name: &'static str, kind: &'static str) -> Access {
    Access::Action { name, kind, category: Category::Security }
}

fn routes() -> Vec<Route> {
    let mut routes = session_routes();
    routes.extend(user_routes());
    routes.extend(record_access_routes());
    routes
}

fn session_routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::Post,
            path: "/api/session",
            access: Access::Public("this is how one signs in"),
            summary: "Sign in with name, password and one-time code",
            media: Media::Json,
            query: None,
            request: Some(schema::<sessions::SignInBody>),
            answer: Some(schema::<sessions::SessionView>),
            handler: || post(sessions::sign_in),
        },
        Route {
            method: Method::Get,
            path: "/api/session",
            access: secured("ReadOwnSession", "Session"),
            summary: "Who am I signed in as, and may do what",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<sessions::SessionView>),
            handler: || get(sessions::own),
        },
        Route {
            method: Method::Delete,
            path: "/api/session",
            access: secured("ReadOwnSession", "Session"),
            summary: "Sign out",
            media: Media::Json,
            query: None,
            request: None,
            answer: None,
            handler: || axum::routing::delete(sessions::sign_out),
        },
        Route {
            method: Method::Post,
            path: "/api/token",
            access: secured("ReadOwnSession", "Session"),
            summary: "A short-lived access token for programs, with the rights of who asks",
            media: Media::Json,
            query: None,
            request: Some(schema::<tokens::TokenBody>),
            answer: Some(schema::<tokens::TokenView>),
            handler: || post(tokens::issue),
        },
        Route {
            method: Method::Get,
            path: "/.well-known/jwks.json",
            access: Access::Public("public keys are public"),
            summary: "The keys that verify access tokens",
            media: Media::Text("application/json"),
            query: None,
            request: None,
            answer: None,
            handler: || get(tokens::keys),
        },
    ]
}

fn user_routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::Get,
            path: "/api/users",
            access: secured("ListUsers", "User"),
            summary: "All accounts",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<Vec<users::UserView>>),
            handler: || get(users::list),
        },
        Route {
            method: Method::Post,
            path: "/api/users",
            access: secured("AddUser", "User"),
            summary: "Add an account; its first password is in the answer, once",
            media: Media::Json,
            query: None,
            request: Some(schema::<users::AddUser>),
            answer: Some(schema::<users::AddedView>),
            handler: || post(users::add),
        },
        Route {
            method: Method::Patch,
            path: "/api/users/{id}",
            access: secured("ChangeUser", "User"),
            summary: "Disable, enable or reset an account",
            media: Media::Json,
            query: None,
            request: Some(schema::<users::ChangeBody>),
            answer: Some(schema::<users::AddedView>),
            handler: || patch(users::change),
        },
    ]
}

fn record_access_routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::Post,
            path: "/api/access/break-glass",
            access: secured("OpenBreakGlass", "BreakGlass"),
            summary: "Open a sealed record for 60 minutes, with a reason",
            media: Media::Json,
            query: None,
            request: Some(schema::<break_glass::OpenBreakGlass>),
            answer: Some(schema::<break_glass::GrantView>),
            handler: || post(break_glass::open),
        },
        Route {
            method: Method::Get,
            path: "/api/access/break-glass",
            access: secured("ReviewBreakGlass", "BreakGlass"),
            summary: "Openings that nobody has reviewed",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<Vec<break_glass::GrantView>>),
            handler: || get(break_glass::pending),
        },
        Route {
            method: Method::Post,
            path: "/api/access/break-glass/{id}/review",
            access: secured("ReviewBreakGlass", "BreakGlass"),
            summary: "Say whether an opening was justified",
            media: Media::Json,
            query: None,
            request: Some(schema::<break_glass::ReviewBody>),
            answer: Some(schema::<break_glass::GrantView>),
            handler: || post(break_glass::review),
        },
        Route {
            method: Method::Post,
            path: "/api/access/relationships",
            access: secured("DeclareRelationship", "Relationship"),
            summary: "Declare who cares for a patient, and for how long",
            media: Media::Json,
            query: None,
            request: Some(schema::<relationships::DeclareRelationship>),
            answer: Some(schema::<relationships::RelationshipView>),
            handler: || post(relationships::declare),
        },
    ]
}

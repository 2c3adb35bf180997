//! Communications over HTTP: thin. Parse, execute, render.

mod commanding;
mod reading;

use crate::commands::{CloseThread, MarkThreadRead, ReplyToThread, StartThread};
use crate::queries::{ConversationView, ThreadPage};
use axum::routing::{MethodRouter, get, post};
use commanding::WrittenView;
use galen_access::Category;
use galen_service::openapi::schema;
use galen_service::{Access, House, Media, Method, Route};
use std::sync::Arc;

const KIND: (&str, Category) = ("Communication", Category::Administrative);

/// All routes of communications.
pub fn routes() -> Vec<Route> {
    let mut routes = of_patients();
    routes.extend(of_threads());
    routes
}

fn route(
    method: Method,
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    handler: fn() -> MethodRouter<Arc<House>>,
) -> Route {
    let access = Access::Action { name, kind: KIND.0, category: KIND.1 };
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

fn of_patients() -> Vec<Route> {
    let listed = "What a patient and the staff wrote to each other, the latest first";
    let waiting = "What waits for an answer of the staff: who waits longest first";
    let list = || get(reading::threads);
    let start = || post(commanding::start);
    vec![
        Route {
            answer: Some(schema::<ThreadPage>),
            ..route(Method::Get, "/api/patients/{id}/threads", "ListThreads", listed, list)
        },
        Route {
            request: Some(schema::<StartThread>),
            answer: Some(schema::<WrittenView>),
            ..route(
                Method::Post,
                "/api/patients/{id}/threads",
                "StartThread",
                "Write about something new",
                start,
            )
        },
        Route {
            answer: Some(schema::<ThreadPage>),
            ..route(Method::Get, "/api/inbox", "ReadInbox", waiting, || get(reading::inbox))
        },
    ]
}

fn of_threads() -> Vec<Route> {
    let (read, closed) =
        ("Say that the messages were read", "Say that nothing more is to be done; a reply opens it again");
    vec![
        Route {
            answer: Some(schema::<ConversationView>),
            ..route(Method::Get, "/api/threads/{id}", "ReadThread", "A thread with its messages", || {
                get(reading::thread)
            })
        },
        Route {
            request: Some(schema::<ReplyToThread>),
            answer: Some(schema::<WrittenView>),
            ..route(Method::Post, "/api/threads/{id}/replies", "ReplyToThread", "Answer", || {
                post(commanding::reply)
            })
        },
        Route {
            request: Some(schema::<MarkThreadRead>),
            answer: Some(schema::<WrittenView>),
            ..route(Method::Post, "/api/threads/{id}/read", "MarkThreadRead", read, || {
                post(commanding::mark_read)
            })
        },
        Route {
            request: Some(schema::<CloseThread>),
            answer: Some(schema::<WrittenView>),
            ..route(Method::Post, "/api/threads/{id}/close", "CloseThread", closed, || {
                post(commanding::close)
            })
        },
    ]
}

//! Communications over HTTP: thin. Parse, execute, render.

mod commanding;
mod reading;

use crate::commands::{CloseThread, MarkThreadRead, ReplyToThread, StartThread};
use crate::queries::{ConversationView, ThreadPage};
use axum::routing::{get, post};
use commanding::WrittenView;
use galen_access::Category;
use galen_service::openapi::schema;
use galen_service::{Access, Media, Method, Route};

const KIND: (&str, Category) = ("Communication", Category::Administrative);

/// All routes of communications.
pub fn routes() -> Vec<Route> {
    let access = |name| Access::Action { name, kind: KIND.0, category: KIND.1 };
    let route = |method, path, name, summary, handler| Route {
        method,
        path,
        access: access(name),
        summary,
        media: Media::Json,
        query: None,
        request: None,
        answer: None,
        handler,
    };
    vec![
        Route {
            answer: Some(schema::<ThreadPage>),
            ..route(
                Method::Get,
                "/api/patients/{id}/threads",
                "ListThreads",
                "What a patient and the staff wrote to each other, the latest first",
                || get(reading::threads),
            )
        },
        Route {
            request: Some(schema::<StartThread>),
            answer: Some(schema::<WrittenView>),
            ..route(
                Method::Post,
                "/api/patients/{id}/threads",
                "StartThread",
                "Write about something new",
                || post(commanding::start),
            )
        },
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
            ..route(
                Method::Post,
                "/api/threads/{id}/read",
                "MarkThreadRead",
                "Say that the messages were read",
                || post(commanding::mark_read),
            )
        },
        Route {
            request: Some(schema::<CloseThread>),
            answer: Some(schema::<WrittenView>),
            ..route(
                Method::Post,
                "/api/threads/{id}/close",
                "CloseThread",
                "Say that nothing more is to be done; a reply opens it again",
                || post(commanding::close),
            )
        },
        Route {
            answer: Some(schema::<ThreadPage>),
            ..route(
                Method::Get,
                "/api/inbox",
                "ReadInbox",
                "What waits for an answer of the staff: who waits longest first",
                || get(reading::inbox),
            )
        },
    ]
}

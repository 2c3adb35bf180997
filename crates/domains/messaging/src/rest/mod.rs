//! Messaging over HTTP: thin. Parse, execute, render.

mod callbacks;
mod commanding;
mod feeds;
mod handlers;
mod view;

use crate::commands::{OverrideMessageTemplate, SetMessagePreferences};
use axum::routing::{delete, get, post, put};
use galen_access::Category;
use galen_service::openapi::schema;
use galen_service::{Access, Media, Method, Route};

pub(crate) use handlers::{counted, given_up, messages_of};
pub use view::{
    FeedPage, FeedView, MessagePage, MessageQueue, MessageView, PreferencesView, TemplatePage, TemplateView,
};

/// What policy is asked about: what is told to a patient.
const KIND: (&str, Category) = ("Message", Category::Administrative);
/// Why providers' callbacks are open.
const PROVEN: Access =
    Access::Public("the provider proves itself by the secret that it shares with the hospital");
/// Why feeds are open.
const SECRET: Access =
    Access::Public("calendar programs cannot sign in; the address holds a secret that can be revoked");

const fn of_message(name: &'static str) -> Access {
    Access::Action { name, kind: KIND.0, category: KIND.1 }
}

/// All routes of messaging.
pub fn routes() -> Vec<Route> {
    let mut routes = message_routes();
    routes.extend(preference_routes());
    routes.extend(template_routes());
    routes.extend(feed_routes());
    routes.extend(callback_routes());
    routes
}

fn reads(path: &'static str, action: &'static str, summary: &'static str) -> Route {
    Route {
        method: Method::Get,
        path,
        access: of_message(action),
        summary,
        media: Media::Json,
        query: None,
        request: None,
        answer: None,
        handler: || get(handlers::messages),
    }
}

fn message_routes() -> Vec<Route> {
    vec![
        Route {
            answer: Some(schema::<MessagePage>),
            ..reads(
                "/api/patients/{id}/messages",
                "ListMessages",
                "What a patient was told, and will be, the newest first",
            )
        },
        Route {
            answer: Some(schema::<MessageQueue>),
            handler: || get(handlers::queue),
            ..reads(
                "/api/messaging/queue",
                "ReviewMessages",
                "How many messages wait, are overdue, were given up",
            )
        },
        Route {
            answer: Some(schema::<MessagePage>),
            handler: || get(handlers::dead_letters),
            ..reads("/api/messaging/dead-letters", "ReviewMessages", "The messages that were given up")
        },
        Route {
            method: Method::Post,
            answer: Some(schema::<MessageView>),
            handler: || post(handlers::resend),
            ..reads(
                "/api/messaging/messages/{id}/resend",
                "ResendMessage",
                "Send a message again that was given up or suppressed",
            )
        },
    ]
}

fn preference_routes() -> Vec<Route> {
    const PATH: &str = "/api/patients/{id}/message-preferences";
    vec![
        Route {
            answer: Some(schema::<PreferencesView>),
            handler: || get(handlers::preferences),
            ..reads(PATH, "ReadMessagePreferences", "How a patient wants to be told")
        },
        Route {
            method: Method::Put,
            request: Some(schema::<SetMessagePreferences>),
            answer: Some(schema::<PreferencesView>),
            handler: || put(handlers::prefer),
            ..reads(PATH, "SetMessagePreferences", "Say how a patient wants to be told")
        },
    ]
}

fn template_routes() -> Vec<Route> {
    vec![
        Route {
            answer: Some(schema::<TemplatePage>),
            handler: || get(handlers::templates),
            ..reads(
                "/api/messaging/templates",
                "ListMessageTemplates",
                "What messages say, in every language",
            )
        },
        Route {
            method: Method::Put,
            request: Some(schema::<OverrideMessageTemplate>),
            answer: Some(schema::<TemplateView>),
            handler: || put(handlers::override_template),
            ..reads(
                "/api/messaging/templates/{purpose}/{language}",
                "OverrideMessageTemplate",
                "Replace what a message says, or go back to Galen's text",
            )
        },
    ]
}

fn feed_routes() -> Vec<Route> {
    const PATH: &str = "/api/patients/{id}/calendar-feeds";
    vec![
        Route {
            answer: Some(schema::<FeedPage>),
            handler: || get(feeds::list),
            ..reads(PATH, "ListCalendarFeeds", "A patient's calendar addresses, without their secrets")
        },
        Route {
            method: Method::Post,
            answer: Some(schema::<FeedView>),
            handler: || post(feeds::create),
            ..reads(PATH, "CreateCalendarFeed", "Make an address for calendar programs; it is shown once")
        },
        Route {
            method: Method::Delete,
            handler: || delete(feeds::revoke),
            ..reads(
                "/api/patients/{id}/calendar-feeds/{feed}",
                "RevokeCalendarFeed",
                "Close a calendar address",
            )
        },
        Route {
            access: SECRET,
            media: Media::Text("text/calendar"),
            handler: || get(feeds::calendar),
            ..reads("/api/calendar/{file}", "", "A patient's appointments, as calendar programs read them")
        },
    ]
}

fn callback_routes() -> Vec<Route> {
    vec![
        Route {
            method: Method::Post,
            access: PROVEN,
            handler: || post(callbacks::receipt),
            ..reads("/api/messaging/receipts/{key}", "", "A provider's receipt for a message")
        },
        Route {
            method: Method::Post,
            access: PROVEN,
            handler: || post(callbacks::reply),
            ..reads("/api/messaging/replies", "", "A text message that a patient sent back")
        },
    ]
}

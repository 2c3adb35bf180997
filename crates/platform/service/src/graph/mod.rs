//! What a domain shows to GraphQL: types made of its views, and what reads and changes them. Data and plain functions,
//! so that domains know no GraphQL and the edge that speaks it knows no medicine.

mod evidence;
mod loading;

pub use evidence::{Evidence, Witnessed};
pub use loading::{Load, Loaded, load};

use crate::command::Command;
use crate::execute::execute;
use crate::house::House;
use crate::http::read_json;
use crate::idempotency::Key;
use crate::observe::{Draft, refused};
use crate::refusal::Refusal;
use futures_util::future::BoxFuture;
use galen_access::Context;
use galen_audit::Interaction;
use galen_kernel::{Fault, Rejection, RejectionKind};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::any::Any;
use std::sync::{Arc, OnceLock};

/// A domain's part of the graph: what a federated subgraph of its own would be.
pub struct Subgraph {
    /// Names of views that are called otherwise in the graph: FHIR's word for them. Others lose their `View`.
    pub names: &'static [(&'static str, &'static str)],
    /// How long lists usually are, by `Type.field`: what a query costs is estimated with it.
    pub sizes: &'static [(&'static str, usize)],
    /// Its types that have an identity, and what it adds to those of others.
    pub entities: fn() -> Vec<Entity>,
    /// What can be asked for at the top.
    pub queries: fn() -> Vec<Read>,
    /// What can be done.
    pub mutations: fn() -> Vec<Act>,
    /// Operations that come with Galen: name and text. They are known to the edge before anybody sends them.
    pub operations: &'static [(&'static str, &'static str)],
}

/// A type with an identity: its key is its id.
pub struct Entity {
    /// FHIR's word.
    pub name: &'static str,
    /// How it is read by its ids, where it is this domain's own.
    pub load: Option<Load>,
    /// Its fields that name other things.
    pub links: Vec<Link>,
    /// Its fields that are asked for with its id.
    pub reads: Vec<Read>,
}

/// A field that names another thing.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// The type that has the field, where it is another one than the entity's own: a part of it.
    pub of: Option<&'static str>,
    /// The field; where the view has one of this name it takes its place.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// The view's field that holds the id or the ids.
    pub from: &'static str,
    /// What stands before the id: `Practitioner/`. What begins otherwise names something else.
    pub prefix: &'static str,
    /// The type of the other.
    pub to: &'static str,
}

impl Link {
    /// A field of the view that holds the id of another, which takes its place.
    pub const fn new(name: &'static str, to: &'static str, about: &'static str) -> Self {
        Self { of: None, name, about, from: name, prefix: "", to }
    }

    /// A field beside the view's, of what another field names as `Type/id`.
    pub const fn reference(
        name: &'static str,
        (from, prefix): (&'static str, &'static str),
        to: &'static str,
        about: &'static str,
    ) -> Self {
        Self { of: None, name, about, from, prefix, to }
    }

    /// The same field of a part of the entity.
    #[must_use]
    pub const fn of(self, part: &'static str) -> Self {
        Self { of: Some(part), ..self }
    }
}

/// Reads something, as a REST route would: what it touches goes into the draft.
pub type Reading =
    for<'a> fn(&'a House, &'a Context, Value, &'a mut Draft) -> BoxFuture<'a, Result<Value, Refusal>>;

/// A question.
#[derive(Clone, Copy)]
pub struct Read {
    /// The field.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// The action: what policy is asked and what the audit says.
    pub operation: &'static str,
    /// Its class for the audit.
    pub interaction: Interaction,
    /// JSON Schema of its arguments: an object.
    pub arguments: Option<fn() -> Value>,
    /// The argument that the entity's id fills, where it is a field of one.
    pub of: Option<&'static str>,
    /// JSON Schema of its answer.
    pub answers: fn() -> Value,
    /// Reads it.
    pub read: Reading,
}

/// Does something, as a REST route would.
pub type Acting = for<'a> fn(&'a House, &'a Context, Value, &'a str) -> BoxFuture<'a, Result<Value, Refusal>>;

/// A command. Each takes an idempotency key beside its arguments.
#[derive(Clone, Copy)]
pub struct Act {
    /// The field.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// JSON Schema of what REST takes as body.
    pub arguments: fn() -> Value,
    /// Whether REST has an id in the address: it is the argument `id` here.
    pub is_addressed: bool,
    /// JSON Schema of its answer.
    pub answers: fn() -> Value,
    /// Does it.
    pub act: Acting,
}

/// Arguments as the type that REST reads them into, with REST's words where they do not fit.
pub fn taken<T: DeserializeOwned>(arguments: &Value) -> Result<T, Rejection> {
    read_json(arguments.to_string().as_bytes())
}

/// An answer as JSON.
pub fn given<T: Serialize>(answer: &T) -> Result<Value, Refusal> {
    serde_json::to_value(answer).map_err(|error| Fault::new("write answer", error).into())
}

/// The id among the arguments, and the rest.
fn addressed(arguments: Value) -> (String, Value) {
    let Value::Object(mut rest) = arguments else { return (String::new(), Value::Object(Map::new())) };
    let id = rest.remove("id").and_then(|id| id.as_str().map(str::to_owned)).unwrap_or_default();
    (id, Value::Object(rest))
}

/// Runs the command that the arguments ask for, made of the id among them and the rest: the shell leaves its audit entry.
pub async fn acted<B: DeserializeOwned, C: Command>(
    house: &House,
    context: &Context,
    arguments: Value,
    key: &str,
    command: impl FnOnce(String, B) -> C,
) -> Result<Value, Refusal> {
    let key = Key::new(key, "", arguments.to_string().as_bytes());
    let (id, rest) = addressed(arguments);
    match key.and_then(|key| Ok((key, taken::<B>(&rest)?))) {
        Ok((key, read)) => given(&execute(house, context, &command(id, read), Some(&key)).await?),
        Err(rejection) => {
            let draft = Draft::new(C::NAME, C::INTERACTION);
            Err(refused(house, Some(context), draft, rejection.into()).await)
        }
    }
}

/// What there is not, for whoever asks for it by id.
pub fn missing(kind: &str) -> Rejection {
    Rejection::new(RejectionKind::NotFound, "not-found", format!("There is no such {kind}"))
}

/// The parts of the graph that run here, and what an edge made of them.
#[derive(Default)]
pub struct Graph {
    /// By the names of their services.
    pub parts: Vec<(&'static str, &'static Subgraph)>,
    made: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl Graph {
    /// Of these parts.
    pub fn new(parts: Vec<(&'static str, &'static Subgraph)>) -> Self {
        Self { parts, made: OnceLock::new() }
    }

    /// What the edge makes of the parts, made once.
    pub fn made<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Result<Arc<T>, Fault> {
        let made = Arc::clone(self.made.get_or_init(|| Arc::new(make())));
        made.downcast().map_err(|_| Fault::new("graph", "two edges make different things of it"))
    }
}

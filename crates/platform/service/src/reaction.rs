//! What a service does when it hears of another's event: a change, committed with the inbox claim that makes it happen once.

use crate::house::House;
use crate::observe::{Draft, commit};
use futures_util::future::BoxFuture;
use galen_access::actor::{Actor, ActorKind};
use galen_access::{Context, PurposeOfUse};
use galen_audit::Interaction;
use galen_bus::{Delivery, Handler, Subscription, inbox_claim};
use galen_fhir::{Json, Resource, array, object};
use galen_kernel::{Fault, Instant, PatientId, RequestId, UserId};
use galen_records::Change;
use galen_store::{Conflict, Operation};
use std::sync::{Arc, OnceLock, Weak};

/// What a reaction works out: the changes to make, or none.
pub type Reacts = for<'h> fn(&'h House, &'h Delivery) -> BoxFuture<'h, Result<Option<Change>, Fault>>;

/// A reaction.
#[derive(Clone, Copy)]
pub struct Reaction {
    /// Its name: names its cursor, its inbox and its audit entries.
    pub name: &'static str,
    /// Contracts it listens to.
    pub events: &'static [&'static str],
    /// What it does.
    pub react: Reacts,
}

/// A Task for staff.
pub struct StaffTask<'t> {
    /// Its id: it follows from the delivery, so that the same delivery can make it only once.
    pub id: String,
    /// What is to be done: Galen's code, and in words.
    pub code: (&'t str, &'t str),
    /// Whose.
    pub patient: &'t PatientId,
    /// `Type/id` of what it is about, where that is not the patient.
    pub focus: Option<String>,
    /// When it was made.
    pub at: Instant,
    /// What somebody needs to know for it.
    pub input: Vec<Json>,
}

impl StaffTask<'_> {
    /// The resource.
    pub fn resource(self) -> Result<Resource, Fault> {
        let (code, text) = self.code;
        let coding = object! { "system" => "https://galen.health/CodeSystem/task", "code" => code };
        let mut json = object! {
            "resourceType" => "Task",
            "id" => self.id,
            "status" => "requested",
            "intent" => "order",
            "code" => object! { "coding" => array![coding], "text" => text },
        };
        if let Some(task) = json.as_object_mut() {
            if let Some(focus) = self.focus {
                task.insert("focus", object! { "reference" => focus });
            }
            task.insert("for", object! { "reference" => format!("Patient/{}", self.patient) });
            task.insert("authoredOn", self.at.to_string());
            if !self.input.is_empty() {
                task.insert("input", Json::Array(self.input));
            }
        }
        Resource::from_json(json).map_err(|issue| Fault::new("task for staff", issue.message))
    }
}

/// The house that reactions act in; set once it is built (the bus is part of it).
pub type HouseCell = Arc<OnceLock<Weak<House>>>;

/// The bus's subscription for a reaction.
pub fn subscription(reaction: Reaction, cell: &HouseCell) -> Subscription {
    let cell = Arc::clone(cell);
    let handler: Handler = Arc::new(move |delivery| {
        let house = cell.get().and_then(Weak::upgrade);
        Box::pin(async move {
            let Some(house) = house else {
                return Err(Fault::unavailable("reaction", "the house is not built yet"));
            };
            run(&house, reaction, &delivery).await
        })
    });
    Subscription { name: reaction.name, events: reaction.events, handler }
}

async fn run(house: &House, reaction: Reaction, delivery: &Delivery) -> Result<(), Fault> {
    house.records.refresh_parameters(house.clock.now()).await?;
    let Some(mut change) = (reaction.react)(house, delivery).await? else { return Ok(()) };
    change.push(delivery.shard, inbox_claim(reaction.name, delivery));
    let mut draft = Draft::new(reaction.name, Interaction::Update);
    draft.entities = vec![delivery.envelope.subject.clone()];
    match commit(house, &system_context(house, &delivery.id)?, draft, change).await? {
        Ok(()) => {
            house.watched.tell();
            Ok(())
        }
        // Handled before: the relay was stopped between the effect and its cursor.
        Err(Conflict::Claimed { scope: "inbox", .. }) => Ok(()),
        // The same, where what it had made clashes before the claim is looked at.
        Err(_) if is_handled(house, reaction.name, delivery).await? => Ok(()),
        Err(conflict) => Err(Fault::new("reaction", format!("{conflict:?}"))),
    }
}

/// Whether the effects of a delivery are committed already.
async fn is_handled(house: &House, name: &str, delivery: &Delivery) -> Result<bool, Fault> {
    let Operation::Claim { scope, value, .. } = inbox_claim(name, delivery) else { return Ok(false) };
    Ok(house.store.claim(delivery.shard, scope, &value, house.clock.now()).await?.is_some())
}

/// The standing of work that no person asked for.
pub fn system_context(house: &House, request: &str) -> Result<Context, Fault> {
    let actor = Actor {
        user: UserId::parse("galen").map_err(|e| Fault::new("system actor", e))?,
        name: "galen".to_owned(),
        kind: ActorKind::Service,
        positions: Vec::new(),
        patient: None,
        practitioner: None,
        version: 0,
        grant: None,
        acting: None,
    };
    Ok(Context {
        actor: Arc::new(actor),
        purpose: PurposeOfUse::Hoperat,
        at: house.clock.now(),
        request: RequestId::parse(request).map_err(|e| Fault::new("system request", e))?,
        client: String::new(),
        session: None,
        multi_factor: true,
    })
}

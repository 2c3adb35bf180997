//! What the server says of a subscription: active, in error and why, off.

use crate::criteria::Status;
use galen_audit::Interaction;
use galen_fhir::ResourceType;
use galen_kernel::Fault;
use galen_records::Change;
use galen_service::House;
use galen_service::observe::{Draft, commit};
use galen_service::reaction::system_context;
use galen_store::{Conflict, Expected};

/// How often a status is written anew after somebody else changed the subscription.
const ATTEMPTS_MAX: u32 = 3;

/// Says how a subscription fares, unless it says so already, was turned off, or is gone.
pub(crate) async fn set(house: &House, id: &str, status: Status, error: Option<&str>) -> Result<(), Fault> {
    let Some(resource_type) = ResourceType::parse("Subscription") else { return Ok(()) };
    for _ in 0..ATTEMPTS_MAX {
        let Some(stored) = house.records.get(resource_type, id).await? else { return Ok(()) };
        let Some(mut resource) = stored.resource()? else { return Ok(()) };
        let json = resource.json();
        let known = json.str("status");
        if known == Some(Status::Off.code()) || (known == Some(status.code()) && json.str("error") == error) {
            return Ok(());
        }
        if let Some(json) = resource.json_mut().as_object_mut() {
            json.insert("status", status.code());
            json.remove("error");
            if let Some(error) = error {
                json.insert("error", error);
            }
        }
        let context = system_context(house, &format!("subscription-{id}"))?;
        let mut change = Change::new();
        let expected = Expected::Version(stored.document.version);
        change.put(&house.records, &mut resource, expected, context.at);
        let mut draft = Draft::new("subscription-status", Interaction::Update);
        draft.entities = vec![stored.reference()];
        match commit(house, &context, draft, change).await? {
            Ok(()) => return Ok(()),
            Err(Conflict::Version { .. }) => {}
            Err(conflict) => return Err(Fault::new("subscription status", format!("{conflict:?}"))),
        }
    }
    Ok(())
}

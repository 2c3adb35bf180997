//! What a Subscription that comes in by FHIR must be: answerable, callable, and its owner's to ask.

use crate::OWNER;
use crate::criteria::{Status, Wanted};
use crate::owner::{HOME, Owner};
use futures_util::future::BoxFuture;
use galen_access::{Category, Context, Target};
use galen_fhir::Resource;
use galen_kernel::{Rejection, RejectionKind};
use galen_records::Change;
use galen_service::guard::Passed;
use galen_service::{Guard, House, Proposal, Refusal, watched};
use galen_store::Operation;

/// Most subscriptions that are not off.
const LIVE_MAX: usize = 1_000;
/// Most of them that watch one type: each write of the type asks them all.
const LIVE_OF_TYPE_MAX: usize = 200;

/// Guards subscriptions.
pub(crate) struct SubscriptionGuard;

/// The guard.
pub(crate) static SUBSCRIPTIONS: SubscriptionGuard = SubscriptionGuard;

impl Guard for SubscriptionGuard {
    fn resource_type(&self) -> &'static str {
        "Subscription"
    }

    fn pass<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        proposal: Proposal<'g>,
        change: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>> {
        Box::pin(pass(house, context, proposal, change))
    }
}

async fn pass(
    house: &House,
    context: &Context,
    proposal: Proposal<'_>,
    change: &mut Change,
) -> Result<Passed, Refusal> {
    let Some(mut resource) = proposal.resource else {
        if let Some(id) = proposal.current.as_ref().and_then(Resource::id)
            && let Some(known) = house.store.get(HOME, OWNER, id).await?.filter(|known| !known.deleted)
        {
            let (id, expected) = (id.to_owned(), known.version);
            change.push(HOME, Operation::Delete { kind: OWNER, id, expected });
        }
        return Ok(Passed { resource: None, warnings: Vec::new() });
    };
    let wanted = Wanted::of(&resource, house)?;
    // Whether it is active or in error is the server's to say; a client asks for it, or turns it off.
    let is_off = wanted.status == Status::Off;
    if let Some(json) = resource.json_mut().as_object_mut() {
        json.insert("status", if is_off { Status::Off.code() } else { Status::Requested.code() });
        json.remove("error");
    }
    if !is_off {
        may_ask(house, context, &wanted).await?;
        has_room(house, &resource, &wanted).await?;
    }
    let id = resource.id().unwrap_or_default().to_owned();
    change.push(HOME, Owner::put(house, context, &id).await?);
    Ok(Passed { resource: Some(resource), warnings: Vec::new() })
}

async fn may_ask(house: &House, context: &Context, wanted: &Wanted) -> Result<(), Refusal> {
    if wanted.is_over(context.at) {
        let message = "The end lies in the past";
        return Err(Rejection::new(RejectionKind::Unprocessable, "end-over", message)
            .at("Subscription.end")
            .next("Leave it out, or give a time to come")
            .into());
    }
    for resource_type in wanted.types() {
        let target = Target::plain(resource_type.name(), Category::of_type(resource_type.name()));
        if let Err(rejection) = house.access.visibility(context, "FhirSearch", &target).await? {
            return Err(rejection.at("Subscription.criteria").into());
        }
    }
    Ok(())
}

async fn has_room(house: &House, resource: &Resource, wanted: &Wanted) -> Result<(), Refusal> {
    let resource_type = wanted.query.resource_type;
    let (mut all, mut of_type) = (0, 0);
    for stored in watched::live(house, None).await? {
        if Some(stored.document.id.as_str()) == resource.id() {
            continue;
        }
        all += 1;
        let Some(other) = stored.resource()? else { continue };
        let criteria = other.json().str("criteria").unwrap_or_default();
        of_type += usize::from(criteria.split('?').next() == Some(resource_type.name()));
    }
    if all < LIVE_MAX && of_type < LIVE_OF_TYPE_MAX {
        return Ok(());
    }
    let message = format!(
        "There are {LIVE_MAX} subscriptions, or {LIVE_OF_TYPE_MAX} that watch {resource_type}, already"
    );
    Err(Rejection::new(RejectionKind::Conflict, "too-many-subscriptions", message)
        .at("Subscription.criteria")
        .next("Turn off those that nobody needs")
        .into())
}

//! In whose name a subscription notifies: who wrote it last. A Subscription does not say so itself.

use crate::OWNER;
use galen_access::smart::Grant;
use galen_access::{Category, Context, PurposeOfUse, Target};
use galen_fhir::ResourceType;
use galen_kernel::{Fault, RequestId, UserId};
use galen_records::Sight;
use galen_service::House;
use galen_store::{Expected, IndexRows, Operation, Put, ShardId};
use serde::{Deserialize, Serialize};

/// Where owners, queues and leases lie.
pub(crate) const HOME: ShardId = ShardId(0);

/// An owner, as kept under the subscription's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    /// The account.
    pub(crate) user: String,
    /// Why it looks at records.
    pub(crate) purpose: String,
    /// What the application that asked may see, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) grant: Option<Grant>,
}

impl Owner {
    pub(crate) async fn read(house: &House, subscription: &str) -> Result<Option<Self>, Fault> {
        let found = house.store.get(HOME, OWNER, subscription).await?;
        let Some(body) = found.and_then(|document| document.body) else { return Ok(None) };
        serde_json::from_slice(&body).map(Some).map_err(|e| Fault::new("subscription owner", e))
    }

    /// The operation that makes the caller the owner.
    pub(crate) async fn put(
        house: &House,
        context: &Context,
        subscription: &str,
    ) -> Result<Operation, Fault> {
        let known = house.store.get(HOME, OWNER, subscription).await?;
        let expected = known.map_or(Expected::Absent, |document| Expected::Version(document.version));
        let owner = Self {
            user: context.actor.user.as_str().to_owned(),
            purpose: context.purpose.code().to_owned(),
            grant: context.actor.grant.as_deref().cloned(),
        };
        let body = serde_json::to_vec(&owner).map_err(|e| Fault::new("subscription owner", e))?;
        let (id, index) = (subscription.to_owned(), IndexRows::default());
        Ok(Operation::Put(Put { kind: OWNER, id, expected, owner: String::new(), body, index }))
    }

    /// The owner's standing of this moment; `None` when the account, or the application, may not act any more.
    pub(crate) async fn context(&self, house: &House, request: &str) -> Result<Option<Context>, Fault> {
        let user = UserId::parse(self.user.clone()).map_err(|e| Fault::new("subscription owner", e))?;
        let now = house.clock.now();
        let grant = self.grant.as_ref();
        let Some(actor) = house.access.actor_of_work(&user, grant, now).await? else { return Ok(None) };
        Ok(Some(Context {
            purpose: PurposeOfUse::parse(&self.purpose).unwrap_or_else(|| actor.default_purpose()),
            actor,
            at: now,
            request: RequestId::parse(request).map_err(|e| Fault::new("notification", e))?,
            client: String::new(),
            session: None,
            multi_factor: false,
        }))
    }
}

/// What a standing shows of these types.
pub(crate) async fn sight(house: &House, context: &Context, types: &[ResourceType]) -> Result<Sight, Fault> {
    let mut sight = Sight::nothing();
    for resource_type in types {
        let target = Target::plain(resource_type.name(), Category::of_type(resource_type.name()));
        if let Ok(visibility) = house.access.visibility(context, "FhirSearch", &target).await? {
            sight = sight.with(*resource_type, visibility);
        }
    }
    Ok(sight)
}

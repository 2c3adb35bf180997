//! Exchange with other FHIR R4 servers, as their client: pulling what they have, pushing what we have, and remembering
//! which is whose.
//!
//! Invariants: what was pulled is never pushed back, and what was pushed is never pulled as another's; a pulled resource
//! lies under an id that follows from where it came from, so it is there once however often it is pulled; nothing there is
//! overwritten that changed since we wrote it; what comes in passes the same rules and the same audit as everything else,
//! with a Provenance in the commit it tells of; a partner leads us to no address but below its own base.
//! Not here: whom this server may call at all (`galen-outbound`), what a type's rules are (its domain's guard).

mod abilities;
mod arrive;
mod cursor;
mod deletions;
mod depart;
mod here;
mod link;
mod naming;
mod page;
mod partner;
mod progress;
mod provenance;
mod pull;
mod push;
mod remote;
mod report;
#[cfg(test)]
mod tests;
mod token;
mod trouble;

pub use partner::{AddPartner, PartnerView, add_partner, key_set_of, partners, remove_partner};
pub use pull::{PullAsked, pull};
pub use push::{PushAsked, push};
pub use report::{Report, Skipped, Unexchanged};

pub(crate) use link::LINK;
pub(crate) use partner::PARTNER;

use crate::failure::Failure;
use crate::sights::permit;
use galen_access::{Category, Context, Target};
use galen_service::House;
use galen_service::observe::Draft;
use galen_store::ShardId;

/// Where partners and links lie.
const HOME: ShardId = ShardId(0);
/// Order in which types travel, so that most references lead to what is there already; the others follow as asked for.
const FIRST: [&str; 6] =
    ["Organization", "Location", "Practitioner", "PractitionerRole", "Patient", "Encounter"];
/// Types that do not travel: the audit, and what would change how either server works.
const STAYS: [&str; 4] = ["AuditEvent", "SearchParameter", "Subscription", "Bundle"];

/// Asks policy whether the caller exchanges records with others at all.
async fn permitted(
    house: &House,
    context: &Context,
    action: &'static str,
    draft: &mut Draft,
) -> Result<(), Failure> {
    permit(house, context, action, &Target::plain("Bundle", Category::Clinical), draft).await
}

/// The place of a type among those that travel.
fn rank(type_name: &str) -> usize {
    FIRST.iter().position(|first| *first == type_name).unwrap_or(FIRST.len())
}

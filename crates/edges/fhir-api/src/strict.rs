//! What is wrong with a resource that is to be written, as strictly as the facilities of who writes it want.

use crate::failure::Failure;
use crate::operations::looked_at;
use galen_access::Context;
use galen_fhir::validate::{Published, Request, Strictness, validate_as};
use galen_fhir::{Issue, Resource};
use galen_service::House;

/// The errors; nothing when it may be written.
pub(crate) async fn faults(
    house: &House,
    context: &Context,
    resource: &Resource,
) -> Result<Vec<Issue>, Failure> {
    let mut issues = match house.strictness.of(&context.actor) {
        Strictness::Profiles => looked_at(house, context, resource.json(), &[]).await?,
        less => {
            let request = Request { profiles: &[], conformance: &Published, now: None };
            validate_as(resource.json(), less, &request)
        }
    };
    issues.retain(Issue::is_error);
    Ok(issues)
}

//! SearchParameter on its way in: what it defines must be something that can be indexed here.

use futures_util::future::BoxFuture;
use galen_access::Context;
use galen_fhir::{Issue, Resource};
use galen_kernel::{Rejection, RejectionKind};
use galen_records::Change;
use galen_service::guard::Passed;
use galen_service::{Guard, House, Proposal, Refusal};

/// Guards SearchParameter.
pub(crate) struct SearchParameters;

/// The guard of SearchParameter.
pub(crate) static SEARCH_PARAMETERS: SearchParameters = SearchParameters;

impl Guard for SearchParameters {
    fn resource_type(&self) -> &'static str {
        "SearchParameter"
    }

    fn pass<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        proposal: Proposal<'g>,
        change: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>> {
        Box::pin(async move {
            let Proposal { resource, current, earlier, .. } = proposal;
            let Some(id) = resource.as_ref().or(current.as_ref()).and_then(Resource::id) else {
                return Ok(Passed { resource, warnings: Vec::new() });
            };
            let records = &house.records;
            let defined =
                records.define_parameter(id, resource.as_ref(), earlier, change, context.at).await?;
            defined.map_err(|issues| cannot_be_indexed(&issues))?;
            Ok(Passed { resource, warnings: Vec::new() })
        })
    }
}

fn cannot_be_indexed(issues: &[Issue]) -> Rejection {
    let told: Vec<String> = issues.iter().map(|issue| issue.message.clone()).collect();
    let place = issues.first().map(|issue| issue.location.clone()).unwrap_or_default();
    let message = format!("The parameter cannot be indexed: {}", told.join("; "));
    Rejection::new(RejectionKind::Unprocessable, "search-parameter-invalid", message)
        .at(place)
        .next("Mend the definition, or store it with the status draft")
}

//! Read and vread.

use crate::answer::{About, Answer, parse_http_date};
use crate::failure::Failure;
use crate::sights::{permit, plain};
use galen_access::{Context, Decision};
use galen_fhir::ResourceType;
use galen_kernel::{Rejection, RejectionKind};
use galen_records::{Stored, target_of, version_of_etag};
use galen_service::House;
use galen_service::observe::{Draft, looked};
use http::StatusCode;

/// Under which conditions a read is answered in full.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unless {
    /// `If-None-Match`.
    pub(crate) none_match: Option<String>,
    /// `If-Modified-Since`.
    pub(crate) modified_since: Option<String>,
}

impl Unless {
    fn is_unchanged(&self, stored: &Stored) -> bool {
        let document = &stored.document;
        if let Some(tags) = &self.none_match {
            return tags
                .split(',')
                .any(|tag| tag.trim() == "*" || version_of_etag(tag) == Some(document.version));
        }
        let since = self.modified_since.as_deref().and_then(parse_http_date);
        since.is_some_and(|since| document.at.unix_seconds() <= since)
    }
}

/// Reads the current version.
pub(crate) async fn read(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    (resource_type, id): (ResourceType, &str),
    unless: &Unless,
) -> Result<Answer, Failure> {
    draft.entities = vec![format!("{}/{id}", resource_type.name())];
    let found = house.records.get(resource_type, id).await?;
    let Some(stored) = found else { return Err(absent(house, context, "FhirRead", resource_type).await) };
    may_see(house, context, "FhirRead", &stored, draft).await?;
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let about = Some(About::of(&stored));
    if unless.is_unchanged(&stored) {
        return Ok(Answer {
            status: StatusCode::NOT_MODIFIED,
            about,
            is_located: false,
            body: None,
            is_outcome: false,
        });
    }
    Ok(Answer { about, ..Answer::of(stored.document.body.unwrap_or_default()) })
}

/// Reads one version.
pub(crate) async fn vread(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    (resource_type, id): (ResourceType, &str),
    version: &str,
) -> Result<Answer, Failure> {
    draft.entities = vec![format!("{}/{id}/_history/{version}", resource_type.name())];
    let number = version.parse::<u64>().ok();
    let found = match number {
        Some(number) => house.records.version(resource_type, id, number).await?,
        None => None,
    };
    let Some(stored) = found else { return Err(absent(house, context, "FhirHistory", resource_type).await) };
    // What is sealed today was not written to be open in its older versions.
    if let Some(current) = house.records.get(resource_type, id).await?
        && current.document.version != stored.document.version
        && current.document.body.is_some()
    {
        may_see(house, context, "FhirHistory", &current, draft).await?;
    }
    may_see(house, context, "FhirHistory", &stored, draft).await?;
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let about = Some(About::of(&stored));
    Ok(Answer { about, ..Answer::of(stored.document.body.unwrap_or_default()) })
}

/// Refuses what policy hides and what is deleted, in this order.
pub(crate) async fn may_see(
    house: &House,
    context: &Context,
    action: &'static str,
    stored: &Stored,
    draft: &mut Draft,
) -> Result<(), Failure> {
    let Some(resource) = stored.resource()? else {
        return match absent(house, context, action, stored.resource_type).await {
            Failure { refusal: galen_service::Refusal::Rejected(r), .. }
                if r.kind == RejectionKind::NotFound =>
            {
                if context.actor.patient.is_some() {
                    return Err(Failure::from(*r));
                }
                let message = format!("This {} was deleted", stored.resource_type.name());
                let rejection = Rejection::new(RejectionKind::Gone, "deleted", message);
                Err(rejection.next("Its earlier versions are at _history").into())
            }
            other => Err(other),
        };
    };
    let sealed = house.records.sealed(context.at).await?;
    match permit(house, context, action, &target_of(&resource, &sealed), draft).await {
        // What a patient may not see does not exist for them, whosever it is.
        Err(_) if context.actor.patient.is_some() => {
            Err(absent(house, context, action, stored.resource_type).await)
        }
        done => done,
    }
}

/// The refusal of something that is not there: who may not see the type learns nothing, not even that.
pub(crate) async fn absent(
    house: &House,
    context: &Context,
    action: &'static str,
    resource_type: ResourceType,
) -> Failure {
    let missing = || {
        let message = format!("There is no such {}", resource_type.name());
        Failure::from(Rejection::new(RejectionKind::NotFound, "not-found", message))
    };
    if context.actor.patient.is_some() {
        // A patient gets the same answer for what is another's and for what does not exist.
        return missing();
    }
    match house.access.authorize(context, action, &plain(resource_type)).await {
        Ok(Decision::Allowed { .. }) => missing(),
        Ok(Decision::Refused(rejection)) => rejection.into(),
        Err(fault) => fault.into(),
    }
}

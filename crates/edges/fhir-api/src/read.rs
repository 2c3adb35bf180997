//! Read and vread.

use crate::answer::{About, Answer, parse_http_date};
use crate::capability::RELEASE_DATE;
use crate::failure::Failure;
use crate::operations::definition_of;
use crate::sights::{lacks_scope, permit, plain, target_of};
use galen_access::{Context, Decision, Target};
use galen_fhir::{Resource, ResourceType, Subset, subset};
use galen_kernel::{Rejection, RejectionKind};
use galen_records::{Stored, names_version};
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
            return names_version(tags, document.version);
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
    how: &Subset,
) -> Result<Answer, Failure> {
    draft.entities = vec![format!("{}/{id}", resource_type.name())];
    let found = house.records.get(resource_type, id).await?;
    let Some(stored) = found else { return own_definition(house, context, draft, (resource_type, id)).await };
    may_see(house, context, "FhirRead", &stored, draft).await?;
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let about = Some(About::of(&stored));
    if unless.is_unchanged(&stored) {
        return Ok(Answer { about, ..Answer::empty(StatusCode::NOT_MODIFIED) });
    }
    Ok(Answer { about, ..Answer::of(part(&stored, how)?) })
}

/// What is not stored may be the definition of one of this server's operations.
async fn own_definition(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    (resource_type, id): (ResourceType, &str),
) -> Result<Answer, Failure> {
    let definition = match resource_type.name() {
        "OperationDefinition" => definition_of(id, env!("CARGO_PKG_VERSION"), RELEASE_DATE),
        _ => None,
    };
    let Some(definition) = definition else {
        return Err(absent(house, context, "FhirRead", resource_type).await);
    };
    permit(house, context, "FhirRead", &plain(resource_type), draft).await?;
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    Ok(Answer::of(definition.to_bytes()))
}

/// The wanted part of what is stored.
pub(crate) fn part(stored: &Stored, how: &Subset) -> Result<Vec<u8>, Failure> {
    if how.is_whole() {
        return Ok(stored.document.body.clone().unwrap_or_default());
    }
    Ok(stored.resource()?.map(|resource| subset(&resource, how)).unwrap_or_default())
}

/// Reads one version.
pub(crate) async fn vread(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    (resource_type, id): (ResourceType, &str),
    version: &str,
    how: &Subset,
) -> Result<Answer, Failure> {
    draft.entities = vec![format!("{}/{id}/_history/{version}", resource_type.name())];
    let number = version.parse::<u64>().ok();
    let found = match number {
        Some(number) => house.records.version(resource_type, id, number).await?,
        None => None,
    };
    let Some(stored) = found else { return Err(absent(house, context, "FhirHistory", resource_type).await) };
    // What is sealed today, or was at its end, was not written to be open in its older versions.
    if let Some(current) = house.records.get(resource_type, id).await?
        && current.document.version != stored.document.version
        && let Some(last) = last_content(house, &current).await?
    {
        let sealed = house.records.sealed(context.at).await?;
        see(house, context, draft, &target_of(context, &last, &sealed)).await?;
    }
    may_see(house, context, "FhirHistory", &stored, draft).await?;
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let about = Some(About::of(&stored));
    Ok(Answer { about, ..Answer::of(part(&stored, how)?) })
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
                let failure = Failure::from(rejection.next("Its earlier versions are at _history"));
                Err(failure.about(About::of(stored)))
            }
            other => Err(other),
        };
    };
    let sealed = house.records.sealed(context.at).await?;
    may(house, context, action, &target_of(context, &resource, &sealed), draft).await
}

/// Refuses what policy hides of a history.
pub(crate) async fn see(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    target: &Target,
) -> Result<(), Failure> {
    may(house, context, "FhirHistory", target, draft).await
}

/// What a patient may not see does not exist for them, whosever it is.
async fn may(
    house: &House,
    context: &Context,
    action: &'static str,
    target: &Target,
    draft: &mut Draft,
) -> Result<(), Failure> {
    match permit(house, context, action, target, draft).await {
        Err(failure) if context.actor.patient.is_some() && !lacks_scope(&failure) => {
            let message = format!("There is no such {}", target.kind);
            Err(Rejection::new(RejectionKind::NotFound, "not-found", message).into())
        }
        done => done,
    }
}

/// What a version holds; of a tombstone, what it ended.
pub(crate) async fn last_content(house: &House, stored: &Stored) -> Result<Option<Resource>, Failure> {
    if !stored.document.deleted {
        return Ok(stored.resource()?);
    }
    let before = stored.document.version.saturating_sub(1);
    match house.records.version(stored.resource_type, &stored.document.id, before).await? {
        Some(before) => Ok(before.resource()?),
        None => Ok(None),
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
    if context.actor.patient.is_some()
        && context.actor.grant.as_ref().is_none_or(|grant| grant.permits(action, &plain(resource_type)))
    {
        // A patient gets the same answer for what is another's and for what does not exist.
        return missing();
    }
    match house.access.authorize(context, action, &plain(resource_type)).await {
        Ok(Decision::Allowed { .. }) => missing(),
        Ok(Decision::Refused(rejection)) => rejection.into(),
        Err(fault) => fault.into(),
    }
}

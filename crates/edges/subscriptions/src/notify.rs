//! One notification: asked of policy, told to the audit, sent.

use crate::criteria::{Channel, Wanted};
use crate::owner::{Owner, sight};
use crate::queue::Notice;
use bytes::Bytes;
use galen_audit::Interaction;
use galen_fhir::ResourceType;
use galen_kernel::Fault;
use galen_outbound::{Destination, Patience, retry_after};
use galen_records::{Stored, patients_of};
use galen_service::House;
use galen_service::observe::{Draft, looked};
use http::{HeaderName, HeaderValue, Request, StatusCode, header};
use std::time::{Duration, UNIX_EPOCH};

/// How long an endpoint may take, and how much it may answer.
const PATIENCE: Patience = Patience { time_max: Duration::from_secs(10), answer_bytes_max: 64 * 1024 };

/// What a try came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The endpoint took it.
    Sent,
    /// There is nothing to tell any more: the resource was deleted or erased.
    Nothing,
    /// The owner may not see it any more.
    Withheld(&'static str),
    /// It did not get through; it is tried again, no earlier than the endpoint asks.
    Failed(String, Option<Duration>),
    /// The endpoint says that it is gone for good.
    Gone,
}

/// Tells one notice to a rest-hook.
pub(crate) async fn tell(
    house: &House,
    subscription: &str,
    wanted: &Wanted,
    notice: &Notice,
) -> Result<Told, Fault> {
    let Channel::RestHook { endpoint, headers, with_resource } = &wanted.channel else {
        return Ok(Told::Nothing);
    };
    let Some(resource_type) = ResourceType::parse(&notice.resource_type) else { return Ok(Told::Nothing) };
    let current = house.records.get(resource_type, &notice.id).await?;
    let Some(current) = current.filter(|stored| stored.document.body.is_some()) else {
        return Ok(Told::Nothing);
    };
    let version = house.records.version(resource_type, &notice.id, notice.version).await?;
    let Some(version) = version.filter(|stored| stored.document.body.is_some()) else {
        return Ok(Told::Nothing);
    };
    let request = format!("notify-{subscription}");
    let context = match Owner::read(house, subscription).await? {
        Some(owner) => owner.context(house, &request).await?,
        None => None,
    };
    let Some(context) = context else {
        return Ok(Told::Withheld("The owner's account or application may not act any more"));
    };
    let sight = sight(house, &context, &[resource_type]).await?;
    let sealed = house.records.sealed(context.at).await?;
    // As it is now and as it was: a seal that came since closes what was before it, too.
    for stored in [&current, &version] {
        if !house.records.may_show(stored, &sight, &sealed)? {
            return Ok(Told::Withheld("The owner may not see what is to be told any more"));
        }
    }
    let Some((destination, request)) = written(endpoint, headers, *with_resource, notice, &version) else {
        return Ok(Told::Failed("the resource's address cannot be written".to_owned(), None));
    };
    let mut draft = Draft::new("subscription-notify", Interaction::Read);
    draft.entities = vec![notice.reference(), format!("Subscription/{subscription}")];
    if let Some(resource) = version.resource()? {
        draft.patients = patients_of(&resource).iter().map(|id| id.as_str().to_owned()).collect();
    }
    looked(house, &context, draft).await?;
    let now = UNIX_EPOCH + Duration::from_micros(u64::try_from(context.at.micros()).unwrap_or(0));
    Ok(match house.outbound.send(&destination, request, PATIENCE).await {
        Ok(answer) if answer.status.is_success() => Told::Sent,
        Ok(answer) if answer.status == StatusCode::GONE => Told::Gone,
        Ok(answer) if answer.status.is_redirection() => {
            Told::Failed("the endpoint redirects; redirects are not followed".to_owned(), None)
        }
        Ok(answer) => {
            let reason = format!("the endpoint answers {}", answer.status.as_u16());
            Told::Failed(reason, retry_after(&answer.headers, now))
        }
        Err(error) => Told::Failed(error.to_string(), None),
    })
}

/// R4's rest-hook: a POST without a body, or the resource by PUT as to a FHIR server.
fn written(
    endpoint: &Destination,
    headers: &[(HeaderName, HeaderValue)],
    with_resource: bool,
    notice: &Notice,
    version: &Stored,
) -> Option<(Destination, Request<Bytes>)> {
    let mut request = if with_resource {
        let body = version.document.body.clone().unwrap_or_default();
        Request::put("/")
            .header(header::CONTENT_TYPE, "application/fhir+json")
            .body(Bytes::from(body))
            .ok()?
    } else {
        Request::post("/").body(Bytes::new()).ok()?
    };
    let destination = if with_resource {
        endpoint.below(&format!("{}/{}", notice.resource_type, notice.id)).ok()?
    } else {
        endpoint.clone()
    };
    for (name, value) in headers {
        request.headers_mut().append(name, value.clone());
    }
    Some((destination, request))
}

//! What must hold of the current version before a write: `ifMatch`, `ifNoneMatch`, that an id is free.

use crate::reader::Stored;
use galen_fhir::bundle::{Method, RequestEntry};
use galen_kernel::{Rejection, RejectionKind};

/// The version that an `ETag` names.
pub fn version_of_etag(etag: &str) -> Option<u64> {
    etag.trim().trim_start_matches("W/").trim_matches('"').parse().ok()
}

/// Whether one of a list of `ETag`s is this version; `*` is any.
pub fn names_version(tags: &str, version: u64) -> bool {
    tags.split(',').any(|tag| tag.trim() == "*" || version_of_etag(tag) == Some(version))
}

/// Checks the conditions of a write against the current version.
pub(crate) fn check(draft: &RequestEntry, known: Option<&Stored>) -> Result<(), Rejection> {
    if matches!(draft.method, Method::Post | Method::Get | Method::Head) {
        return Ok(());
    }
    let live = known.filter(|s| !s.document.deleted).map(|s| s.document.version);
    if let Some(wanted) = &draft.if_match
        && !live.is_some_and(|version| names_version(wanted, version))
    {
        let message = "The resource is at another version than ifMatch names";
        return Err(refused(draft, known, "version-conflict", message, "ifMatch")
            .next("Read the current version and decide again"));
    }
    if let (Some(unwanted), Some(version), Method::Put) = (&draft.if_none_match, live, draft.method)
        && names_version(unwanted, version)
    {
        let message = "The resource is there already, which ifNoneMatch excludes";
        return Err(refused(draft, known, "exists-already", message, "ifNoneMatch"));
    }
    Ok(())
}

fn refused(
    draft: &RequestEntry,
    known: Option<&Stored>,
    code: &'static str,
    message: &str,
    member: &str,
) -> Rejection {
    Rejection::new(RejectionKind::PreconditionFailed, code, message)
        .at(format!("Bundle.entry[{}].request.{member}", draft.index))
        .related(known.map(|s| s.document.version.to_string()).into_iter().collect())
}

/// A conditional update found nothing and names an id that something else has: it is not what the condition meant.
pub(crate) fn check_unclaimed(draft: &RequestEntry, known: Option<&Stored>) -> Result<(), Rejection> {
    if known.is_none_or(|stored| stored.document.deleted) {
        return Ok(());
    }
    let message = "The condition matches nothing, but there is a resource of the id that was sent";
    Err(Rejection::new(RejectionKind::Conflict, "id-taken", message)
        .at(format!("Bundle.entry[{}].resource.id", draft.index))
        .next("Leave the id out, or update that resource by its address"))
}

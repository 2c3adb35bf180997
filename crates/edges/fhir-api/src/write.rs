//! Writing: plan, permit, guard, one commit with one audit entry; planned anew when somebody else was faster.

use crate::admit::{Admission, CONDITION_SCOPE, Written};
use crate::failure::{Failure, broken};
use crate::sights::{Seen, sight};
use crate::strict::faults;
use galen_access::Context;
use galen_fhir::bundle::RequestBundle;
use galen_fhir::{Issue, ResourceType};
use galen_kernel::{Rejection, RejectionKind};
use galen_records::{Change, Planned, PlannedEntry, Preparation, kind_of, plan, types_of_conditions};
use galen_service::House;
use galen_service::command::ATTEMPTS_MAX;
use galen_service::command::clash;
use galen_service::observe::{Draft, commit};
use galen_store::{Conflict, Kind, Operation};
use std::collections::HashMap;
use std::time::Duration;

/// Most issues that a refusal of a whole bundle lists.
const ISSUES_MAX: usize = 100;

/// How often the maker of a clashing conditional create is looked for.
const LOOKS_MAX: u32 = 100;
/// How long between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// What to do when one entry is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// All or nothing.
    Whole,
    /// One write by itself: what it refers to need not be there.
    Alone,
    /// The same, of resources whose faults were looked for already.
    Checked,
    /// Leave it out and go on (loading files).
    Each,
}

/// What a bundle came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// In the order of the bundle; reads are missing.
    pub(crate) written: Vec<Written>,
    /// Entries left out.
    pub(crate) refused: Vec<(usize, Failure)>,
}

/// Writes a bundle. `again` makes the bundle anew: it is asked once, and once more after every clash.
pub(crate) async fn write(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    mode: Mode,
    mut again: impl FnMut() -> Result<RequestBundle, Failure> + Send,
) -> Result<Outcome, Failure> {
    let blank = draft.clone();
    let mut left_out: Vec<(usize, Failure)> = Vec::new();
    let mut claims_conditions = true;
    let mut attempt = 0;
    loop {
        let mut bundle = again()?;
        bundle.entries.retain(|entry| !left_out.iter().any(|(index, _)| *index == entry.index));
        draft.clone_from(&blank);
        let mut refused = Vec::new();
        match once(house, context, draft, mode, bundle, claims_conditions, &mut refused).await {
            Ok(Attempt::Done(written)) => {
                left_out.append(&mut refused);
                return Ok(Outcome { written, refused: left_out });
            }
            Ok(Attempt::Clashed(failure, conflict)) => {
                attempt += 1;
                if attempt >= ATTEMPTS_MAX {
                    return Err(failure);
                }
                if is_settled(house, &conflict).await? {
                    claims_conditions = false;
                }
            }
            Err(failure) => match failure.entry() {
                Some(index) if mode == Mode::Each => left_out.push((index, failure)),
                _ => return Err(failure),
            },
        }
    }
}

/// Whether what another made under the same condition can be seen by now. A claim can clash with one of the same group
/// commit, which is not on disk yet: planned anew at once, the condition would find nothing again.
async fn is_settled(house: &House, conflict: &Conflict) -> Result<bool, Failure> {
    let Conflict::Claimed { scope: CONDITION_SCOPE, value, holder } = conflict else { return Ok(false) };
    let resource_type = value.split('?').next().and_then(ResourceType::parse);
    let (Some(resource_type), Ok(id)) = (resource_type, std::str::from_utf8(holder)) else {
        return Ok(false);
    };
    for _ in 0..LOOKS_MAX {
        if house.records.get(resource_type, id).await?.is_some() {
            return Ok(true);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(false)
}

enum Attempt {
    Done(Vec<Written>),
    Clashed(Failure, Conflict),
}

async fn once(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    mode: Mode,
    bundle: RequestBundle,
    claims_conditions: bool,
    refused: &mut Vec<(usize, Failure)>,
) -> Result<Attempt, Failure> {
    let bundle = validated(house, context, bundle, mode, refused).await?;
    // Loading may go on for hours, in a process that nobody sends requests to.
    house.records.refresh_parameters(house.clock.now()).await?;
    let types = types_of_conditions(&bundle, &house.records.parameters())?;
    let Seen { sight, .. } = sight(house, context, types).await?;
    let base = house.fhir_base();
    let preparation = Preparation {
        records: &house.records,
        sight: &sight,
        now: context.at,
        entropy: &*house.entropy,
        base: &base,
        refuses_dangling: mode == Mode::Whole,
    };
    let planned = plan(&preparation, bundle).await??;
    let guarded: HashMap<(Kind, String), usize> = planned.iter().filter_map(guarded_version).collect();
    let sealed = house.records.sealed(context.at).await?;
    let mut change = Change::new();
    let mut written = Vec::with_capacity(planned.len());
    let mut same = Vec::new();
    let mut claims: HashMap<(&'static str, String), usize> = HashMap::new();
    for entry in planned {
        let index = entry.index;
        if let Planned::Same(maker) = entry.planned {
            same.push((index, maker));
            continue;
        }
        let admission = Admission { house, context, sealed: &sealed, claims_conditions, earlier: &change };
        let mut own = Change::new();
        match admission.admit(entry, &mut own, draft).await {
            Ok(done) => {
                note_claims(&own, index, &mut claims);
                change.absorb(own);
                written.extend(done);
            }
            Err(failure) => {
                let failure = located(failure, index);
                if mode != Mode::Each {
                    return Err(failure);
                }
                refused.push((index, failure));
            }
        }
    }
    copy_same(&mut written, &same);
    written.sort_by_key(|w| w.index);
    match commit(house, context, draft.clone(), change).await? {
        Ok(()) => Ok(Attempt::Done(written)),
        Err(conflict) => clashed(conflict, &guarded, &claims),
    }
}

/// Validates every resource; the refusal lists all that is wrong.
async fn validated(
    house: &House,
    context: &Context,
    mut bundle: RequestBundle,
    mode: Mode,
    refused: &mut Vec<(usize, Failure)>,
) -> Result<RequestBundle, Failure> {
    if mode == Mode::Checked {
        return Ok(bundle);
    }
    let mut issues: Vec<Issue> = Vec::new();
    let mut bad = Vec::new();
    for entry in &bundle.entries {
        let Some(resource) = &entry.resource else { continue };
        let mut found = faults(house, context, resource).await?;
        for issue in &mut found {
            issue.location = in_entry(entry.index, &issue.location);
        }
        if found.is_empty() {
            continue;
        }
        if mode == Mode::Each {
            let failure = Failure::of_issues(RejectionKind::Unprocessable, "resource-invalid", found);
            refused.push((entry.index, failure));
            bad.push(entry.index);
            continue;
        }
        issues.append(&mut found);
        if issues.len() >= ISSUES_MAX {
            break;
        }
    }
    issues.truncate(ISSUES_MAX);
    if !issues.is_empty() {
        return Err(Failure::of_issues(RejectionKind::Unprocessable, "resource-invalid", issues));
    }
    bundle.entries.retain(|entry| !bad.contains(&entry.index));
    Ok(bundle)
}

/// A place of a resource as a place of the bundle.
fn in_entry(index: usize, location: &str) -> String {
    match location.split_once('.') {
        Some((_, rest)) => format!("Bundle.entry[{index}].resource.{rest}"),
        None => format!("Bundle.entry[{index}].resource"),
    }
}

/// Puts the entry before every place that a failure names.
fn located(failure: Failure, index: usize) -> Failure {
    let mut failure = failure.relocate(|place| {
        if place.starts_with("Bundle.entry[") { place.to_owned() } else { in_entry(index, place) }
    });
    if let galen_service::Refusal::Rejected(rejection) = &mut failure.refusal
        && rejection.location.is_none()
    {
        rejection.location = Some(format!("Bundle.entry[{index}].resource"));
    }
    failure
}

/// The document of an entry that named the version it replaces.
fn guarded_version(entry: &PlannedEntry) -> Option<((Kind, String), usize)> {
    let stored = match &entry.planned {
        Planned::Update(_, stored) if entry.is_guarded => stored,
        Planned::Delete(Some(stored)) if entry.is_guarded => stored,
        Planned::Patch(patch) if entry.is_guarded => patch.current.as_ref()?,
        _ => return None,
    };
    Some(((kind_of(stored.resource_type), stored.document.id.clone()), entry.index))
}

fn note_claims(change: &Change, index: usize, claims: &mut HashMap<(&'static str, String), usize>) {
    for operation in change.operations() {
        if let Operation::Claim { scope, value, .. } = operation {
            claims.insert((scope, value.clone()), index);
        }
    }
}

/// Entries with the same `ifNoneExist` as an earlier one are answered with what that made.
fn copy_same(written: &mut Vec<Written>, same: &[(usize, usize)]) {
    for (index, maker) in same {
        let Some(made) = written.iter().find(|w| w.index == *maker) else { continue };
        let copy = Written {
            index: *index,
            status: http::StatusCode::OK,
            about: made.about.clone(),
            body: made.body.clone(),
            warnings: Vec::new(),
        };
        written.push(copy);
    }
}

/// What a clash in the store means.
fn clashed(
    conflict: Conflict,
    guarded: &HashMap<(Kind, String), usize>,
    claims: &HashMap<(&'static str, String), usize>,
) -> Result<Attempt, Failure> {
    match &conflict {
        Conflict::Version { kind, id, current } => {
            if let Some(index) = guarded.get(&(*kind, id.clone())) {
                let message = "The resource is at another version than ifMatch names";
                return Err(Rejection::new(RejectionKind::PreconditionFailed, "version-conflict", message)
                    .at(format!("Bundle.entry[{index}].request.ifMatch"))
                    .related(current.iter().map(u64::to_string).collect())
                    .next("Read the current version and decide again")
                    .into());
            }
        }
        Conflict::Claimed { scope, value, .. } => {
            let failure = Failure::from(clash(&conflict));
            return Ok(match claims.get(&(*scope, value.clone())) {
                Some(index) => Attempt::Clashed(located(failure, *index), conflict),
                None => Attempt::Clashed(failure, conflict),
            });
        }
        Conflict::BelowFloor { .. } | Conflict::Unbalanced | Conflict::Erased { .. } => {
            return Err(clash(&conflict).into());
        }
    }
    Ok(Attempt::Clashed(clash(&conflict).into(), conflict))
}

/// The one thing that a bundle of one came to.
pub(crate) fn sole(outcome: Outcome) -> Result<Written, Failure> {
    outcome.written.into_iter().next().ok_or_else(|| broken("a write came to nothing"))
}

/// A place of a bundle of one as a place of the request.
pub(crate) fn alone(place: &str, type_name: &str) -> String {
    let Some(rest) = place.strip_prefix("Bundle.entry[0].") else { return place.to_owned() };
    match rest {
        "resource" => type_name.to_owned(),
        "request.ifMatch" => "If-Match".to_owned(),
        "request.ifNoneMatch" => "If-None-Match".to_owned(),
        "request.ifNoneExist" => "If-None-Exist".to_owned(),
        "request.url" => "url".to_owned(),
        other => other
            .strip_prefix("resource.")
            .map_or_else(|| other.to_owned(), |path| format!("{type_name}.{path}")),
    }
}

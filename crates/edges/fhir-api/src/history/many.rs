//! The history of a type and of the whole server: the changes of many resources, as far as the caller may see them.

use super::asked::Asked;
use super::page::{Shown, bundle};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::read::last_content;
use crate::sights::{plain, target_of};
use galen_access::{Context, Decision, Target, Visibility};
use galen_fhir::{Resource, ResourceType};
use galen_kernel::{Instant, Rejection, RejectionKind};
use galen_records::{ChangePlace, ChangeRange, Changed, HistoryToken, SealedPatients, Stored};

use galen_service::House;
use galen_service::observe::{Draft, looked};
use std::collections::HashMap;

/// Versions looked at for one page; with more that are hidden in between, the page is shorter and the next goes on.
const LOOKED_AT_MAX: usize = 5_000;
/// Versions fetched at a time beyond what a page needs.
const FETCHED_AHEAD: u32 = 20;
/// Versions looked at one by one to count those that the caller may see; of longer histories no total is told.
const COUNTED_ONE_BY_ONE_MAX: usize = 2_000;
/// Versions fetched at a time to be counted.
const COUNTED_AT_ONCE: u32 = 500;
/// Versions are counted no further than this in each shard.
const COUNTED_MAX: u64 = 1_000_000;

/// Answers `Type/_history` and `_history`.
pub(super) async fn history(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    of: Option<ResourceType>,
    asked: Asked,
) -> Result<Answer, Failure> {
    let level = of.map_or("", ResourceType::name);
    draft.entities = of.map(|one| one.name().to_owned()).into_iter().collect();
    draft.query = Some(format!("{level}/_history?{}", asked.query));
    let (types, is_open) = permitted(house, context, of, &asked.types).await?;
    let token = match &asked.page {
        None => None,
        Some(text) => Some(HistoryToken::parse(&house.records, text).ok_or_else(bad_page)?),
    };
    let until = token.map_or(context.at, |token| Instant::from_micros(token.until));
    let range = ChangeRange { types, ..range(&asked, until) };
    let (shown, last, has_more) = page(house, context, draft, &range, &asked, token.map(|t| t.place)).await?;
    let total = match token {
        Some(token) => token.total,
        None if !has_more => Some(u64::try_from(shown.len()).unwrap_or(u64::MAX)),
        None if is_open && asked.at.is_none() => {
            Some(house.records.count_changes(&range, COUNTED_MAX).await?)
        }
        None => counted(house, context, &range, &asked, last, shown.len()).await?,
    };
    let next = match last.filter(|_| has_more) {
        Some(place) => Some(HistoryToken { until: until.micros(), total, place }.seal(&house.records)?),
        None => None,
    };
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let base = house.fhir_base();
    let own = of.map_or_else(|| format!("{base}/_history"), |one| format!("{base}/{one}/_history"));
    let links = asked.links(&own, next.as_deref());
    Ok(Answer::of(bundle(house, &shown, &asked.how, total, &links, context.at)?))
}

fn bad_page() -> Failure {
    let message = "The page token is not one of this server";
    Rejection::new(RejectionKind::Malformed, "page-token-invalid", message)
        .at("_page")
        .next("Begin the history again")
        .into()
}

fn range(asked: &Asked, until: Instant) -> ChangeRange {
    let end = asked.at.map_or(until, |span| Instant::from_micros(span.high.saturating_sub(1)).min(until));
    let from = asked.since.unwrap_or_else(|| Instant::from_micros(i64::MIN));
    ChangeRange { types: Vec::new(), from, until: end, newest_first: asked.newest_first }
}

/// The types whose history the caller may see, and whether all of it.
async fn permitted(
    house: &House,
    context: &Context,
    of: Option<ResourceType>,
    wanted: &[ResourceType],
) -> Result<(Vec<ResourceType>, bool), Failure> {
    let all: Vec<ResourceType> = match of {
        Some(one) => vec![one],
        None => ResourceType::all().filter(|one| wanted.is_empty() || wanted.contains(one)).collect(),
    };
    let (mut types, mut refusal, mut is_open) = (Vec::with_capacity(all.len()), None, true);
    for one in all {
        if crate::admit::writable(one).is_err() {
            if of.is_some() {
                let message =
                    format!("{one} is a view of the audit, which has no history; search it instead");
                return Err(Rejection::new(RejectionKind::NotSupported, "not-supported", message).into());
            }
            continue;
        }
        match house.access.visibility(context, "FhirHistory", &plain(one)).await? {
            Ok(Visibility { only, hidden, withheld, facilities, granted, .. }) => {
                is_open &= only.is_none() && hidden.is_empty() && withheld.is_empty();
                is_open &= facilities.is_none() && granted.is_none();
                types.push(one);
            }
            Err(rejection) => refusal = Some(rejection),
        }
    }
    match refusal {
        Some(rejection) if types.is_empty() => Err(rejection.into()),
        _ => Ok((types, is_open)),
    }
}

/// A page: what is shown, where it ended, whether there is more.
async fn page(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    range: &ChangeRange,
    asked: &Asked,
    mut place: Option<ChangePlace>,
) -> Result<(Vec<Shown>, Option<ChangePlace>, bool), Failure> {
    let sealed = house.records.sealed(context.at).await?;
    let count = usize::try_from(asked.count).unwrap_or(usize::MAX);
    let limit = asked.count.saturating_add(FETCHED_AHEAD);
    let mut looking = Looking { house, context, sealed: &sealed, current: HashMap::new() };
    let mut shown = Vec::with_capacity(count.min(64));
    let mut looked_at = 0;
    loop {
        let found = house.records.changes(range, place.as_ref(), limit).await?;
        let is_last = found.len() < usize::try_from(limit).unwrap_or(usize::MAX);
        looking.learn(&found).await?;
        for changed in found {
            if shown.len() == count {
                return Ok((shown, place, true));
            }
            looked_at += 1;
            place = Some(changed.place());
            let document = &changed.stored.document;
            if asked.takes(document.at, changed.replaced, document.deleted)
                && let Some(target) = looking.shows(&changed, draft).await?
            {
                draft.patients.extend(target.patients.iter().map(|p| p.as_str().to_owned()));
                shown.push(Shown::of(changed));
            }
        }
        if is_last || looked_at >= LOOKED_AT_MAX {
            return Ok((shown, place, !is_last));
        }
    }
}

/// How many versions the caller may see in all, where that does not take too long to find out: those shown, and those
/// after the place where the page ended.
async fn counted(
    house: &House,
    context: &Context,
    range: &ChangeRange,
    asked: &Asked,
    mut place: Option<ChangePlace>,
    shown: usize,
) -> Result<Option<u64>, Failure> {
    let sealed = house.records.sealed(context.at).await?;
    let mut looking = Looking { house, context, sealed: &sealed, current: HashMap::new() };
    // Counting opens nothing: what it looks at is noted in no audit.
    let mut unsaid = Draft::new("", galen_audit::Interaction::Read);
    let (mut count, mut looked_at) = (u64::try_from(shown).unwrap_or(u64::MAX), 0);
    while looked_at < COUNTED_ONE_BY_ONE_MAX {
        let found = house.records.changes(range, place.as_ref(), COUNTED_AT_ONCE).await?;
        let is_last = found.len() < usize::try_from(COUNTED_AT_ONCE).unwrap_or(usize::MAX);
        looking.learn(&found).await?;
        looked_at += found.len();
        place = found.last().map(Changed::place).or(place);
        for changed in found {
            let document = &changed.stored.document;
            let belongs = asked.takes(document.at, changed.replaced, document.deleted);
            count += u64::from(belongs && looking.shows(&changed, &mut unsaid).await?.is_some());
        }
        if is_last {
            return Ok(Some(count));
        }
    }
    Ok(None)
}

/// Deciding about many versions.
struct Looking<'l> {
    house: &'l House,
    context: &'l Context,
    sealed: &'l SealedPatients,
    /// Of resources whose older versions are met: what they are now, or were at their end.
    current: HashMap<(ResourceType, String), Option<Target>>,
}

impl Looking<'_> {
    /// Reads, in one go, what the replaced versions have become.
    async fn learn(&mut self, found: &[Changed]) -> Result<(), Failure> {
        let mut wanted: Vec<(ResourceType, String)> = found
            .iter()
            .filter(|changed| changed.replaced.is_some())
            .map(|changed| (changed.stored.resource_type, changed.stored.document.id.clone()))
            .filter(|key| !self.current.contains_key(key))
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        for stored in self.house.records.get_many(&wanted).await? {
            let target =
                self.last_of(&stored).await?.map(|resource| target_of(self.context, &resource, self.sealed));
            self.current.insert((stored.resource_type, stored.document.id), target);
        }
        Ok(())
    }

    /// A version's resource; of a tombstone, what it ended.
    async fn last_of(&self, stored: &Stored) -> Result<Option<Resource>, Failure> {
        last_content(self.house, stored).await
    }

    /// What policy was asked about, when the version may be shown; a tombstone is judged by what it ended.
    async fn shows(&self, changed: &Changed, draft: &mut Draft) -> Result<Option<Target>, Failure> {
        let stored = &changed.stored;
        // What was erased leaves nothing to judge it by, and nothing to show.
        let Some(resource) = self.last_of(stored).await? else { return Ok(None) };
        let target = target_of(self.context, &resource, self.sealed);
        let key = (stored.resource_type, stored.document.id.clone());
        let now = self.current.get(&key).and_then(Option::as_ref).filter(|now| **now != target);
        for one in std::iter::once(&target).chain(now) {
            match self.house.access.authorize(self.context, "FhirHistory", one).await? {
                Decision::Allowed { broken_glass } => draft.broken_glass |= broken_glass,
                Decision::Refused(_) => return Ok(None),
            }
        }
        Ok(Some(target))
    }
}

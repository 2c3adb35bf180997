//! The conditions of a bundle (`ifNoneExist`, conditional references, PUT and DELETE to a search), each looked up once and
//! those of one kind together.

use crate::encode;
use crate::reader::{Records, Stored};
use crate::resolve::MATCHES_RESOLVED_MAX;
use crate::sight::Sight;
use crate::{condition, kind_of};
use galen_fhir::search::{Clause, Criterion, Handling, Modifier, SearchQuery, SearchValue, TokenTest, parse};
use galen_fhir::{ParamId, Parameters, ResourceType};
use galen_kernel::{Fault, Instant, Rejection, RejectionKind};
use galen_store::{Condition, Order, PAGE_ROWS_MAX, Scan, ShardId};
use std::collections::{BTreeMap, HashMap};

/// Most conditions that are looked up in one scan.
const TOGETHER_MAX: usize = 400;

/// A condition by what it says: its type and its name-value pairs as one text.
pub(crate) type ConditionKey = (ResourceType, String);

/// What a condition came to: at most [`MATCHES_RESOLVED_MAX`] resources, or why it cannot be looked up.
pub(crate) type Answer = Result<Vec<Stored>, Rejection>;

/// A condition that asks for one exact token, with that token as indexed.
type Sought = (ConditionKey, SearchQuery, Vec<u8>);

/// The text that a condition is known by.
pub(crate) fn key_of(resource_type: ResourceType, pairs: &[(String, String)]) -> ConditionKey {
    let mut text = String::new();
    for (name, value) in pairs {
        // Unit separators cannot occur in a value that a search takes, so two different conditions never look alike.
        text.push_str(name);
        text.push('\u{1f}');
        text.push_str(value);
        text.push('\u{1e}');
    }
    (resource_type, text)
}

/// Reads a condition as a search.
pub(crate) fn query_of(
    resource_type: ResourceType,
    pairs: &[(String, String)],
    parameters: &Parameters,
) -> Result<SearchQuery, Rejection> {
    match parse(resource_type, pairs, Handling::Strict, parameters) {
        Ok(query) if query.criteria.is_empty() => Err(Rejection::new(
            RejectionKind::PreconditionFailed,
            "condition-empty",
            "A condition needs at least one search parameter",
        )),
        Ok(mut query) => {
            query.count = Some(MATCHES_RESOLVED_MAX);
            query.includes.clear();
            query.revincludes.clear();
            query.sort.clear();
            query.count_only = false;
            query.explain = false;
            Ok(query)
        }
        Err(issues) => {
            let text = issues.into_iter().next().map(|i| i.message).unwrap_or_default();
            Err(Rejection::new(RejectionKind::Malformed, "condition-invalid", text))
        }
    }
}

/// The one exact token that a query asks for, when that is all it asks.
fn sole_token(query: &SearchQuery) -> Option<(ParamId, Vec<u8>)> {
    let [Criterion::Clause(Clause { param, modifier: Modifier::None, any_of })] = query.criteria.as_slice()
    else {
        return None;
    };
    match any_of.as_slice() {
        [SearchValue::Token(TokenTest::SystemCode(system, code))] => {
            Some((param.id, encode::token(Some(system), code)))
        }
        _ => None,
    }
}

impl Records {
    /// Looks up many conditions; those on one exact token of the same parameter share a scan.
    pub(crate) async fn matching_many(
        &self,
        wanted: HashMap<ConditionKey, Vec<(String, String)>>,
        sight: &Sight,
        now: Instant,
    ) -> Result<HashMap<ConditionKey, Answer>, Fault> {
        let parameters = self.parameters();
        let mut answers = HashMap::with_capacity(wanted.len());
        let mut groups: BTreeMap<(u16, u16), Vec<Sought>> = BTreeMap::new();
        let mut alone = Vec::new();
        for (key, pairs) in wanted {
            match query_of(key.0, &pairs, &parameters) {
                Err(rejection) => {
                    answers.insert(key, Err(rejection));
                }
                Ok(query) => match sole_token(&query) {
                    Some((param, term)) => {
                        groups.entry((key.0.number(), param.0)).or_default().push((key, query, term));
                    }
                    None => alone.push((key, query)),
                },
            }
        }
        for group in groups.into_values() {
            let mut rest = group.into_iter();
            loop {
                let part: Vec<_> = rest.by_ref().take(TOGETHER_MAX).collect();
                match part.len() {
                    0 => break,
                    1 => alone.extend(part.into_iter().map(|(key, query, _)| (key, query))),
                    _ => {
                        if let Some(left) = self.match_together(part, sight, now, &mut answers).await? {
                            alone.extend(left);
                        }
                    }
                }
            }
        }
        for (key, query) in alone {
            let found = self.search(&query, sight, None, now).await?;
            answers.insert(key, found.map(|found| found.rows.into_iter().map(|row| row.stored).collect()));
        }
        Ok(answers)
    }

    /// One scan for many tokens; hands the conditions back when it finds too much to tell them apart.
    async fn match_together(
        &self,
        part: Vec<Sought>,
        sight: &Sight,
        now: Instant,
        answers: &mut HashMap<ConditionKey, Answer>,
    ) -> Result<Option<Vec<(ConditionKey, SearchQuery)>>, Fault> {
        let Some(resource_type) = part.first().map(|(key, _, _)| key.0) else { return Ok(None) };
        let Some(visibility) = sight.of(resource_type) else {
            for (key, _, _) in part {
                answers.insert(key, Err(crate::search::unseen(resource_type)));
            }
            return Ok(None);
        };
        let sealed = self.sealed(now).await?;
        let clauses = part.iter().flat_map(|(_, query, _)| query.clauses());
        let param = part.first().and_then(|(_, query, _)| query.clauses().next()).map(|c| c.param);
        let any =
            clauses.flat_map(|c| c.any_of.iter().flat_map(|v| condition::tests(resource_type, c, v, false)));
        let mut all = vec![Condition::Any(any.collect())];
        all.extend(crate::sight::conditions(resource_type, visibility, &sealed));
        let order = Order::Key { descending: false };
        let scan = Scan::new(kind_of(resource_type), all, order, PAGE_ROWS_MAX);
        let mut by_term: HashMap<Vec<u8>, Vec<Stored>> = HashMap::new();
        for shard in (0..self.store().shards()).map(ShardId) {
            let page = self.store().scan(shard, &scan).await?;
            if page.next.is_some() {
                return Ok(Some(part.into_iter().map(|(key, query, _)| (key, query)).collect()));
            }
            for document in page.documents {
                let stored = Stored { resource_type, shard, document };
                let Some(resource) = stored.resource()? else { continue };
                let values = param.map(|param| galen_fhir::extract_of(&resource, param)).unwrap_or_default();
                for value in values {
                    let Some(term) = encode::term(&value.term) else { continue };
                    let known = by_term.entry(term).or_default();
                    if known.last().is_none_or(|last| last.document.id != stored.document.id) {
                        known.push(stored.clone());
                    }
                }
            }
        }
        for (key, _, term) in part {
            let mut found = by_term.get(&term).cloned().unwrap_or_default();
            found.truncate(usize::try_from(MATCHES_RESOLVED_MAX).unwrap_or(usize::MAX));
            answers.insert(key, Ok(found));
        }
        Ok(None)
    }
}

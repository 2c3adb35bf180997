//! Which profiles, tags and security labels are in use: stepping through the values of the index, not through resources.

use crate::kind_of;
use crate::reader::Records;
use crate::rows::places;
use crate::sealed::SealedPatients;
use crate::sight::{Sight, conditions};
use galen_fhir::{Json, ResourceType, search_parameter};
use galen_kernel::Fault;
use galen_store::{Condition, Match, Order, Param, Scan, ShardId, TermMatch};
use std::collections::HashSet;

/// The lists of a meta, with the parameter that finds what is in each.
const LISTS: [(&str, &str); 3] = [("profile", "_profile"), ("security", "_security"), ("tag", "_tag")];

/// What is in use.
#[derive(Debug, Clone, Default)]
pub struct LabelsInUse {
    /// Each list of a meta with what is in it, in the order in which it was found.
    pub lists: Vec<(&'static str, Vec<Json>)>,
    /// Whether there are more values than were asked for.
    pub is_cut: bool,
}

impl Records {
    /// The profiles, tags and security labels of what `sight` shows of these types: at most `most` of each list.
    pub async fn labels_in_use(
        &self,
        types: &[ResourceType],
        sight: &Sight,
        sealed: &SealedPatients,
        most: usize,
    ) -> Result<LabelsInUse, Fault> {
        let mut used = LabelsInUse::default();
        for (list, name) in LISTS {
            let (mut known, mut items) = (HashSet::new(), Vec::new());
            for resource_type in types.iter().copied() {
                let (Some(visibility), Some(param)) =
                    (sight.of(resource_type), search_parameter(resource_type, name))
                else {
                    continue;
                };
                let sees = conditions(resource_type, visibility, sealed);
                let shards = (0..self.store().shards()).map(ShardId);
                for (shard, param) in shards.flat_map(|s| places(param).map(move |place| (s, place))) {
                    let of = (shard, resource_type, param);
                    self.add_values(of, &sees, (list, most), (&mut known, &mut items)).await?;
                }
            }
            used.is_cut |= items.len() > most;
            items.truncate(most);
            used.lists.push((list, items));
        }
        Ok(used)
    }

    /// Of each value that was not met before, what a resource says that has it and may be seen.
    async fn add_values(
        &self,
        (shard, resource_type, param): (ShardId, ResourceType, Param),
        sees: &[Condition],
        (list, most): (&'static str, usize),
        (known, items): (&mut HashSet<Vec<u8>>, &mut Vec<Json>),
    ) -> Result<(), Fault> {
        let kind = kind_of(resource_type);
        let mut after = Vec::new();
        while items.len() <= most
            && let Some(value) = self.store().next_term(shard, kind, param, &after).await?
        {
            after.clone_from(&value);
            if known.contains(&value) {
                continue;
            }
            let mut all = vec![Condition::Any(vec![Match::Term(param, TermMatch::Equals(value.clone()))])];
            all.extend(sees.iter().cloned());
            let scan = Scan::new(kind, all, Order::Key { descending: false }, 1);
            let Some(document) = self.store().scan(shard, &scan).await?.documents.into_iter().next() else {
                continue;
            };
            known.insert(value);
            let body = document.body.as_deref().unwrap_or_default();
            let Ok(resource) = galen_fhir::json::parse(body) else { continue };
            for item in resource.get("meta").into_iter().flat_map(|meta| meta.list(list)) {
                if !items.contains(item) {
                    items.push(item.clone());
                }
            }
        }
        Ok(())
    }
}

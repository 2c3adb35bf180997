//! Collections as sets: distinct, union, intersection, difference, inclusion.

use std::collections::HashMap;

use super::F;
use crate::fhirpath::compare;
use crate::fhirpath::eval::{Evaluated, Evaluator, one};
use crate::fhirpath::item::{Collection, Item};

/// From this many values on, equal ones are looked for by hash.
const SCAN_MAX: usize = 16;

/// Which values of a growing collection there already are.
#[derive(Default)]
pub(super) struct Seen {
    /// Positions by hash, made when a scan would be too long.
    by_hash: Option<HashMap<u64, Vec<usize>>>,
}

impl Seen {
    /// Whether a value is not yet in `known`; the caller then adds it there.
    pub(super) fn is_new<'a>(
        &mut self,
        evaluator: &mut Evaluator<'_, 'a, '_>,
        known: &[Item<'a>],
        item: &Item<'a>,
        at: u32,
    ) -> Evaluated<bool> {
        let equal = |other: &Item<'a>| compare::equal(item, other) == Some(true);
        if known.len() < SCAN_MAX {
            evaluator.spend(known.len() / 4, at)?;
            return Ok(!known.iter().any(equal));
        }
        let by_hash = self.by_hash.get_or_insert_with(HashMap::new);
        if by_hash.is_empty() {
            for (place, item) in known.iter().enumerate() {
                by_hash.entry(compare::hash(item)).or_default().push(place);
            }
        }
        let places = by_hash.entry(compare::hash(item)).or_default();
        evaluator.spend(places.len() + 1, at)?;
        let found = places.iter().filter_map(|&place| known.get(place)).any(equal);
        if !found {
            places.push(known.len());
        }
        Ok(!found)
    }
}

impl<'a> Evaluator<'_, 'a, '_> {
    /// Every value once, in order.
    pub(in crate::fhirpath) fn distinct(
        &mut self,
        input: Collection<'a>,
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        if input.len() < 2 {
            return Ok(input);
        }
        let mut out = Collection::new();
        let mut seen = Seen::default();
        for item in input {
            if seen.is_new(self, &out, &item, at)? {
                out.push(item);
            }
        }
        Ok(out)
    }

    pub(super) fn set(
        &mut self,
        function: F,
        input: Collection<'a>,
        other: Collection<'a>,
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        match function {
            F::Union => self.distinct(input.into_iter().chain(other).collect(), at),
            F::Combine => Ok(input.into_iter().chain(other).collect()),
            F::Intersect => {
                let input = self.distinct(input, at)?;
                self.kept(input, &other, true, at)
            }
            F::Exclude => self.kept(input, &other, false, at),
            F::SubsetOf => {
                let count = input.len();
                Ok(one(Item::Boolean(self.kept(input, &other, true, at)?.len() == count)))
            }
            _ => {
                let count = other.len();
                Ok(one(Item::Boolean(self.kept(other, &input, true, at)?.len() == count)))
            }
        }
    }

    /// The values that are (or are not) among others.
    fn kept(
        &mut self,
        input: Collection<'a>,
        others: &[Item<'a>],
        wanted: bool,
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let mut by_hash: HashMap<u64, Vec<&Item<'a>>> = HashMap::new();
        for other in others {
            by_hash.entry(compare::hash(other)).or_default().push(other);
        }
        let mut out = Collection::new();
        for item in input {
            let alike = by_hash.get(&compare::hash(&item)).map_or(&[][..], Vec::as_slice);
            self.spend(alike.len() + 1, at)?;
            if alike.iter().any(|other| compare::equal(&item, other) == Some(true)) == wanted {
                out.push(item);
            }
        }
        Ok(out)
    }
}

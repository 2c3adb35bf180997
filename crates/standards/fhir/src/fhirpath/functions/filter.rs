//! The functions whose arguments run for every value: `where`, `select`, `all`, `repeat`, `iif`, `aggregate`, `sort` ...

use std::cmp::Ordering;

use super::F;
use crate::fhirpath::ast::{Expr, Part};
use crate::fhirpath::compare::{self, Ordered};
use crate::fhirpath::eval::{Evaluated, Evaluator, one};
use crate::fhirpath::item::{Collection, Item};
use crate::fhirpath::navigate;

impl<'a> Evaluator<'_, 'a, '_> {
    pub(super) fn lambda(
        &mut self,
        function: F,
        input: Collection<'a>,
        explicit: bool,
        arguments: &'a [Expr],
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        match (function, arguments) {
            (F::Exists, []) => Ok(one(Item::Boolean(!input.is_empty()))),
            (F::Exists, [criteria, ..]) => {
                for (index, item) in input.into_iter().enumerate() {
                    if self.holds(criteria, item, index, at)? == Some(true) {
                        return Ok(one(Item::Boolean(true)));
                    }
                }
                Ok(one(Item::Boolean(false)))
            }
            (F::All, [criteria, ..]) => {
                for (index, item) in input.into_iter().enumerate() {
                    if self.holds(criteria, item, index, at)? != Some(true) {
                        return Ok(one(Item::Boolean(false)));
                    }
                }
                Ok(one(Item::Boolean(true)))
            }
            (F::Where, [criteria, ..]) => {
                let mut out = Collection::new();
                for (index, item) in input.into_iter().enumerate() {
                    if self.holds(criteria, item.clone(), index, at)? == Some(true) {
                        out.push(item);
                    }
                }
                Ok(out)
            }
            (F::Select, [projection, ..]) => {
                let mut out = Collection::new();
                for (index, item) in input.into_iter().enumerate() {
                    out.extend(self.within(projection, one(item), index)?);
                    self.spend(out.len() / 64, at)?;
                }
                Ok(out)
            }
            (F::Repeat | F::RepeatAll, [projection, ..]) => {
                self.repeat(input, projection, function == F::Repeat, at)
            }
            (F::Iif, [criterion, then, rest @ ..]) => {
                self.iif(input, explicit, criterion, (then, rest.first()), at)
            }
            (F::Aggregate, [aggregator, rest @ ..]) => self.aggregate(input, aggregator, rest.first()),
            (F::Sort, keys) => self.sort(input, keys, at),
            (F::Trace, [name, rest @ ..]) => self.trace(input, name, rest.first(), at),
            (F::DefineVariable, [name, rest @ ..]) => self.define(input, name, rest.first(), at),
            (F::Coalesce, alternatives) => {
                for alternative in alternatives {
                    let found = self.operand(alternative)?;
                    if !found.is_empty() {
                        return Ok(found);
                    }
                }
                Ok(Collection::new())
            }
            _ => Ok(Collection::new()),
        }
    }

    fn holds(
        &mut self,
        criteria: &'a Expr,
        item: Item<'a>,
        index: usize,
        at: u32,
    ) -> Evaluated<Option<bool>> {
        let found = self.within(criteria, one(item), index)?;
        Self::truth(&found, at)
    }

    /// Projects again and again until nothing new comes; each value once where `once`.
    fn repeat(
        &mut self,
        input: Collection<'a>,
        projection: &'a Expr,
        once: bool,
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let mut out = Collection::new();
        let mut seen = super::sets::Seen::default();
        let mut open = input;
        while !open.is_empty() {
            let mut next = Collection::new();
            for (index, item) in open.into_iter().enumerate() {
                for found in self.within(projection, one(item), index)? {
                    self.spend(1, at)?;
                    if !once || seen.is_new(self, &out, &found, at)? {
                        out.push(found.clone());
                        next.push(found);
                    }
                }
            }
            open = next;
        }
        Ok(out)
    }

    fn iif(
        &mut self,
        input: Collection<'a>,
        explicit: bool,
        criterion: &'a Expr,
        (then, otherwise): (&'a Expr, Option<&'a Expr>),
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let this = if explicit { one(Self::single(input, at)?) } else { self.scope.this.clone() };
        let index = self.scope.index.unwrap_or(0);
        let met = self.within(criterion, this.clone(), index)?;
        match (Self::truth(&met, at)?, otherwise) {
            (Some(true), _) => self.within(then, this, index),
            (_, Some(otherwise)) => self.within(otherwise, this, index),
            (_, None) => Ok(Collection::new()),
        }
    }

    fn aggregate(
        &mut self,
        input: Collection<'a>,
        aggregator: &'a Expr,
        start: Option<&'a Expr>,
    ) -> Evaluated<Collection<'a>> {
        let mut total = match start {
            Some(start) => self.operand(start)?,
            None => Collection::new(),
        };
        for (index, item) in input.into_iter().enumerate() {
            let outer = self.scope.total.replace(Box::new(total));
            let next = self.within(aggregator, one(item), index);
            self.scope.total = outer;
            total = next?;
        }
        Ok(total)
    }

    /// By the values themselves or by keys; `-key` is descending. What has no key comes first.
    fn sort(&mut self, input: Collection<'a>, keys: &'a [Expr], at: u32) -> Evaluated<Collection<'a>> {
        let mut rows: Vec<(Vec<Option<Item<'a>>>, Item<'a>)> = Vec::with_capacity(input.len());
        for (index, item) in input.into_iter().enumerate() {
            let mut row = Vec::with_capacity(keys.len().max(1));
            for key in keys {
                let key = if let Part::Sign(true, key) = &key.part { key } else { key };
                let found = self.within(key, one(item.clone()), index)?;
                row.push(Self::single(found, at)?);
            }
            if keys.is_empty() {
                row.push(Some(item.clone()));
            }
            rows.push((row, item));
        }
        let depth = usize::try_from(rows.len().max(1).ilog2()).unwrap_or(0) + 1;
        self.spend(rows.len() * depth, at)?;
        let descending: Vec<bool> = keys.iter().map(|key| matches!(key.part, Part::Sign(true, _))).collect();
        let mut fault = false;
        rows.sort_by(|(left, _), (right, _)| {
            let pairs = left.iter().zip(right).enumerate();
            let mut orders = pairs.map(|(at, pair)| match pair {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Less,
                (Some(_), None) => Ordering::Greater,
                (Some(left), Some(right)) => {
                    let order = match compare::order(left, right) {
                        Ordered::Known(order) => order,
                        Ordered::Unknown => Ordering::Equal,
                        Ordered::Incomparable => {
                            fault = true;
                            Ordering::Equal
                        }
                    };
                    if descending.get(at) == Some(&true) { order.reverse() } else { order }
                }
            });
            orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        if fault {
            return Self::fail(at, "sort() met values that have no order");
        }
        Ok(rows.into_iter().map(|(_, item)| item).collect())
    }

    fn trace(
        &mut self,
        input: Collection<'a>,
        name: &'a Expr,
        projection: Option<&'a Expr>,
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let name = self.operand(name)?;
        let name = Self::text_of(&name, at)?.unwrap_or_default();
        match projection {
            None => self.environment.lookup.trace(&name, &input),
            Some(projection) => {
                let mut shown = Collection::new();
                for (index, item) in input.iter().enumerate() {
                    shown.extend(self.within(projection, one(item.clone()), index)?);
                }
                self.environment.lookup.trace(&name, &shown);
            }
        }
        Ok(input)
    }

    fn define(
        &mut self,
        input: Collection<'a>,
        name: &'a Expr,
        value: Option<&'a Expr>,
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let name = self.operand(name)?;
        let Some(name) = Self::text_of(&name, at)? else {
            return Self::fail(at, "defineVariable() needs a name");
        };
        let taken =
            matches!(name.as_str(), "context" | "resource" | "rootResource" | "ucum" | "sct" | "loinc")
                || self.variables.iter().any(|(known, _)| *known == name);
        if taken {
            return Self::fail(at, format!("%{} is already defined", crate::resource::short(&name)));
        }
        let value = match value {
            None => input.clone(),
            Some(expr) => self.within(expr, input.clone(), 0)?,
        };
        self.variables.push((name, value));
        Ok(input)
    }

    pub(super) fn descendants(&mut self, input: Collection<'a>, at: u32) -> Evaluated<Collection<'a>> {
        let mut out = Collection::new();
        let mut open = input;
        while !open.is_empty() {
            let mut next = Collection::new();
            for item in &open {
                navigate::children(item, &mut next);
            }
            self.spend(next.len(), at)?;
            out.extend(next.iter().cloned());
            open = next;
        }
        Ok(out)
    }
}

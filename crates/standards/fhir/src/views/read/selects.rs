//! Selects: what they go over, what is in them, and the columns of their rows.

use super::{ROOT, ROW_INDEX, Read, Reader};
use crate::fhirpath::Yields;
use crate::issue::IssueCode;
use crate::json::{Json, Object};
use crate::views::column::Column;
use crate::views::members::Part;
use crate::views::{Cell, Each, NESTING_MAX, Path, SELECTS_MAX, Select, Source, union};

impl Reader {
    /// The view's selects, as one select over the resource.
    pub(super) fn selects(&mut self, object: &Object, context: &Yields) -> Option<Read> {
        let at = format!("{ROOT}.select");
        if self.list(object, "select", ROOT, SELECTS_MAX).is_empty() {
            if !object.has("select")
                || object.get("select").and_then(Json::as_array).is_some_and(<[Json]>::is_empty)
            {
                self.fault(IssueCode::Required, &at, "a view has at least one select");
            }
            return None;
        }
        let inner = self.inner(object, "select", ROOT, context, 0)?;
        Some(whole(Each::Context, (Vec::new(), Vec::new()), inner, Vec::new()))
    }

    /// The selects at a member; none of them where one is wrong.
    fn inner(
        &mut self,
        object: &Object,
        member: &str,
        at: &str,
        context: &Yields,
        depth: usize,
    ) -> Option<Vec<Read>> {
        let mut all = Some(Vec::new());
        for (place, json) in self.list(object, member, at, SELECTS_MAX).iter().enumerate() {
            let found = self.select(json, &format!("{at}.{member}[{place}]"), context, depth);
            match (found, &mut all) {
                (Some(found), Some(all)) => all.push(found),
                _ => all = None,
            }
        }
        all
    }

    fn select(&mut self, json: &Json, at: &str, context: &Yields, depth: usize) -> Option<Read> {
        self.selects += 1;
        if self.selects > SELECTS_MAX || depth > NESTING_MAX {
            let message = format!("a view has at most {SELECTS_MAX} selects, {NESTING_MAX} deep");
            self.fault(IssueCode::TooCostly, at, message);
            return None;
        }
        let object = self.object(json, Part::Select, at)?;
        if !["column", "select", "unionAll"].iter().any(|member| object.has(member)) {
            self.fault(IssueCode::Required, at, "a select has columns, selects or a union");
        }
        let (each, focus) = self.each(object, at, context)?;
        let columns = self.columns(object, at, &focus);
        let selects = self.inner(object, "select", at, &focus, depth + 1);
        let branches = self.inner(object, "unionAll", at, &focus, depth + 1);
        let (columns, selects, branches) = (columns?, selects?, branches?);
        for (place, branch) in branches.iter().enumerate().skip(1) {
            let mut first = branches.first().map(|first| first.columns.clone()).unwrap_or_default();
            if let Err(issue) = union::agree(&mut first, &branch.columns, &format!("{at}.unionAll[{place}]"))
            {
                self.issues.push(issue);
                return None;
            }
        }
        Some(whole(each, columns, selects, branches))
    }

    /// What a select goes over, and what that yields; at most one way (invariant `sql-expressions`).
    fn each(&mut self, object: &Object, at: &str, context: &Yields) -> Option<(Each, Yields)> {
        let ways = ["forEach", "forEachOrNull", "repeat"].iter().filter(|member| object.has(member)).count();
        if ways > 1 {
            let message = "a select has at most one of forEach, forEachOrNull and repeat";
            self.fault(IssueCode::Invalid, at, message);
            return None;
        }
        if object.has("forEach") {
            let (path, yields) = self.path(object, "forEach", at, context)?;
            return Some((Each::Item(path), yields));
        }
        if object.has("forEachOrNull") {
            let (path, yields) = self.path(object, "forEachOrNull", at, context)?;
            return Some((Each::ItemOrNull(path), yields));
        }
        if object.has("repeat") {
            return self.repeat(object, at, context);
        }
        Some((Each::Context, context.clone()))
    }

    /// Paths that are run on the context, and again on what they find.
    fn repeat(&mut self, object: &Object, at: &str, context: &Yields) -> Option<(Each, Yields)> {
        let texts = self.list(object, "repeat", at, SELECTS_MAX);
        let mut paths = Vec::with_capacity(texts.len());
        for (place, text) in texts.iter().enumerate() {
            let location = format!("{at}.repeat[{place}]");
            match text.as_str().filter(|text| !text.is_empty()) {
                Some(text) => paths.push(self.parsed(text, location)?),
                None => {
                    self.fault(IssueCode::Value, &location, "must be a text");
                    return None;
                }
            }
        }
        if paths.is_empty() {
            self.fault(IssueCode::Required, &format!("{at}.repeat"), "must be a list of at least one path");
            return None;
        }
        // A path need not be there on the context, if it is on what the others find.
        let first = |path: &Path| path.expression.yields(context).ok();
        let found = paths.iter().filter_map(first).reduce(Yields::or);
        let around = found.map_or_else(|| context.clone(), |found| context.clone().or(found));
        let yields = paths.iter().map(|path| self.yields(path, &around)).reduce(Yields::or);
        Some((Each::Descendant(paths), yields.unwrap_or_else(Yields::unknown)))
    }
}

/// A select of checked parts, with its columns in order: its own, those of its selects, those of its union.
fn whole(
    each: Each,
    (sources, mut columns): (Vec<Source>, Vec<Column>),
    selects: Vec<Read>,
    branches: Vec<Read>,
) -> Read {
    let null = |source: &Source| {
        if source.path.expression.is_variable(ROW_INDEX) { Cell::Integer(0) } else { Cell::Null }
    };
    let mut row: Vec<Cell> = sources.iter().map(null).collect();
    let mut inner = Vec::with_capacity(selects.len());
    for read in selects {
        columns.extend(read.columns);
        row.extend(read.select.null.iter().cloned());
        inner.push(read.select);
    }
    let mut union: Vec<Select> = Vec::with_capacity(branches.len());
    let mut of_union: Option<Vec<Column>> = None;
    for read in branches {
        match &mut of_union {
            None => {
                row.extend(read.select.null.iter().cloned());
                of_union = Some(read.columns);
            }
            // Known to agree; what they disagree in becomes unknown.
            Some(first) => drop(union::agree(first, &read.columns, "")),
        }
        union.push(read.select);
    }
    columns.extend(of_union.unwrap_or_default());
    let select = Select { each, columns: sources, selects: inner, union, width: row.len(), null: row };
    Read { select, columns }
}

//! Runs a view over a resource (<https://sql-on-fhir.org/ig/latest/StructureDefinition-ViewDefinition-notes.html>, Processing
//! Algorithm): partial rows of columns, selects and unions, multiplied.

use super::cell::{Cell, Row};
use super::read::ROW_INDEX;
use super::{
    CELLS_MAX, ColumnKind, Each, Path, REPEAT_DEPTH_MAX, ROWS_MAX, STEPS_MAX, Select, Source, View, one,
};
use crate::fhirpath::{Collection, Environment, ErrorKind, FhirPathError, Item, Lookup, Node, Resolved};
use crate::issue::{Issue, IssueCode};
use crate::json::Json;

type Ran<T> = Result<T, Issue>;

/// Tells the types that references name; a view stays within its resource.
struct Types;

impl<'a> Lookup<'a> for Types {
    fn resolve(&self, _: &str) -> Resolved<'a> {
        Resolved::Typed
    }
}

/// The rows of a resource.
pub(super) fn rows(view: &View, resource: &Json, now: Option<i64>) -> Ran<Vec<Row>> {
    if resource.str("resourceType") != Some(view.resource_type.name()) {
        return Ok(Vec::new());
    }
    let node = Node::resource(resource);
    let mut variables = vec![(ROW_INDEX, one(Item::Integer(0)))];
    variables.extend(view.constants.iter().map(|(name, value)| (&**name, one(value.clone()))));
    let (resource, root_resource) = (Some(node), Some(node));
    let environment = Environment { resource, root_resource, now, lookup: &Types, variables };
    let mut runner = Runner { environment, steps: STEPS_MAX, cells: CELLS_MAX };
    let focus = Item::Node(node);
    for condition in &view.conditions {
        if !runner.is_met(condition, &focus)? {
            return Ok(Vec::new());
        }
    }
    runner.select(&view.whole, &focus, 0)
}

struct Runner<'a> {
    environment: Environment<'a, 'a>,
    /// Steps that the expressions may still take.
    steps: u32,
    /// Cells that may still be made.
    cells: usize,
}

impl<'a> Runner<'a> {
    fn evaluate(&mut self, path: &'a Path, focus: &Item<'a>, index: usize) -> Ran<Collection<'a>> {
        if let Some((_, row)) = self.environment.variables.first_mut() {
            *row = i64::try_from(index).ok().map(Item::Integer).into_iter().collect();
        }
        path.expression
            .evaluate_within(focus.clone(), &self.environment, &mut self.steps)
            .map_err(|fault| failed(path, &fault))
    }

    /// A condition is met by true alone; nothing is not true.
    fn is_met(&mut self, condition: &'a Path, focus: &Item<'a>) -> Ran<bool> {
        let found = self.evaluate(condition, focus, 0)?;
        match found.as_slice() {
            [] => Ok(false),
            [item] => item.as_bool().ok_or_else(|| {
                let message = "a condition yields a boolean, this yields another value";
                Issue::error(IssueCode::Invalid, message).at(&*condition.location)
            }),
            _ => {
                let message = "a condition yields one boolean, this yields several values";
                Err(Issue::error(IssueCode::Invalid, message).at(&*condition.location))
            }
        }
    }

    fn select(&mut self, select: &'a Select, focus: &Item<'a>, index: usize) -> Ran<Vec<Row>> {
        let foci = match &select.each {
            Each::Context => return self.parts(select, focus, index),
            Each::Item(path) | Each::ItemOrNull(path) => self.evaluate(path, focus, index)?,
            Each::Descendant(paths) => {
                let mut found = Collection::new();
                self.descend(paths, focus, index, 0, &mut found)?;
                found
            }
        };
        if foci.is_empty() && matches!(select.each, Each::ItemOrNull(_)) {
            self.spend(select.width)?;
            return Ok(vec![select.null.clone()]);
        }
        let mut rows = Vec::new();
        for (index, focus) in foci.iter().enumerate() {
            rows.append(&mut self.parts(select, focus, index)?);
            within(rows.len())?;
        }
        Ok(rows)
    }

    /// What the paths find, each find followed by what they find in it.
    fn descend(
        &mut self,
        paths: &'a [Path],
        focus: &Item<'a>,
        index: usize,
        depth: usize,
        found: &mut Collection<'a>,
    ) -> Ran<()> {
        for path in paths {
            for item in self.evaluate(path, focus, index)? {
                if depth >= REPEAT_DEPTH_MAX {
                    let message = format!("goes deeper than {REPEAT_DEPTH_MAX} levels");
                    return Err(Issue::error(IssueCode::TooCostly, message).at(&*path.location));
                }
                found.push(item.clone());
                within(found.len())?;
                self.descend(paths, &item, index, depth + 1, found)?;
            }
        }
        Ok(())
    }

    /// The rows of one focus: its columns, times the rows of every select, times those of the union.
    fn parts(&mut self, select: &'a Select, focus: &Item<'a>, index: usize) -> Ran<Vec<Row>> {
        self.spend(select.columns.len())?;
        let mut own = Row::with_capacity(select.width);
        for source in &select.columns {
            own.push(self.cell(source, focus, index)?);
        }
        let mut rows = vec![own];
        for inner in &select.selects {
            let found = self.select(inner, focus, index)?;
            rows = self.product(&rows, &found)?;
            if rows.is_empty() {
                return Ok(rows);
            }
        }
        if select.union.is_empty() {
            return Ok(rows);
        }
        let mut all = Vec::new();
        for branch in &select.union {
            all.append(&mut self.select(branch, focus, index)?);
            within(all.len())?;
        }
        self.product(&rows, &all)
    }

    fn product(&mut self, rows: &[Row], found: &[Row]) -> Ran<Vec<Row>> {
        let (Some(left), Some(right)) = (rows.first(), found.first()) else { return Ok(Vec::new()) };
        let count = rows.len().saturating_mul(found.len());
        within(count)?;
        self.spend(count.saturating_mul(left.len() + right.len()))?;
        let mut all = Vec::with_capacity(count);
        for row in rows {
            for more in found {
                all.push(row.iter().chain(more).cloned().collect());
            }
        }
        Ok(all)
    }

    fn spend(&mut self, cells: usize) -> Ran<()> {
        match self.cells.checked_sub(cells) {
            Some(left) => {
                self.cells = left;
                Ok(())
            }
            None => {
                let message = format!("one resource makes more than {CELLS_MAX} cells");
                Err(Issue::error(IssueCode::TooCostly, message).at("ViewDefinition.select"))
            }
        }
    }

    fn cell(&mut self, source: &'a Source, focus: &Item<'a>, index: usize) -> Ran<Cell> {
        let found = self.evaluate(&source.path, focus, index)?;
        let mut cells = Vec::with_capacity(found.len());
        for item in &found {
            let Some(cell) = Cell::of(item) else { continue };
            Self::check(source, cell.kind())?;
            cells.push(match (source.kind, cell) {
                (ColumnKind::Decimal, Cell::Integer(value)) => Cell::Decimal(value.to_string().into()),
                (_, cell) => cell,
            });
        }
        if source.is_collection {
            self.spend(cells.len())?;
            return Ok(Cell::List(cells.into()));
        }
        if cells.len() > 1 {
            let message = format!(
                "yields {} values for a column that holds one; choose one with first() or where(), or set collection",
                cells.len()
            );
            return Err(Issue::error(IssueCode::Invalid, message).at(&*source.path.location));
        }
        Ok(cells.pop().unwrap_or(Cell::Null))
    }

    /// Whether a value is of the column's kind.
    fn check(source: &Source, given: ColumnKind) -> Ran<()> {
        if given == ColumnKind::Complex && !source.is_typed {
            let message = "yields a complex value, but the column names no type";
            return Err(Issue::error(IssueCode::Invalid, message).at(&*source.path.location));
        }
        if source.kind.takes(given) {
            return Ok(());
        }
        let message = format!("yields {}, but the column is {}", given.word(), source.kind.word());
        Err(Issue::error(IssueCode::Invalid, message).at(&*source.path.location))
    }
}

fn within(rows: usize) -> Ran<()> {
    if rows <= ROWS_MAX {
        return Ok(());
    }
    let message = format!("one resource makes more than {ROWS_MAX} rows");
    Err(Issue::error(IssueCode::TooCostly, message).at("ViewDefinition.select"))
}

fn failed(path: &Path, fault: &FhirPathError) -> Issue {
    let code = match fault.kind {
        ErrorKind::TooCostly => IssueCode::TooCostly,
        _ => IssueCode::Processing,
    };
    Issue::error(code, fault.to_string()).at(&*path.location)
}

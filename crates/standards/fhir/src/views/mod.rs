//! ViewDefinitions of SQL on FHIR v2 (<https://sql-on-fhir.org/ig/latest/StructureDefinition-ViewDefinition.html>): what a
//! resource comes to as rows of a table.
//!
//! A [`View`] is read once, with every fault of its definition at its place, and run over many resources, from many
//! threads. It keeps no state between resources, so whoever runs it streams. What rows are written as is another's.
//!
//! ```
//! use galen_fhir::views::View;
//! let definition = galen_fhir::json::parse(br#"{"resource":"Patient","select":[{"column":[
//!     {"name":"id","path":"getResourceKey()"},{"name":"family","path":"name.first().family"}]}]}"#).unwrap();
//! let view = View::read(&definition).unwrap();
//! let patient = galen_fhir::json::parse(br#"{"resourceType":"Patient","id":"1","name":[{"family":"A"}]}"#).unwrap();
//! let rows = view.run(&patient, None).unwrap();
//! assert_eq!(rows[0].iter().map(|cell| cell.to_text().unwrap()).collect::<Vec<_>>(), ["Patient/1", "A"]);
//! ```

mod cell;
mod column;
mod constant;
mod members;
mod read;
mod run;
#[cfg(test)]
mod tests;
mod union;

pub use cell::{Cell, Row};
pub use column::{Column, ColumnKind, Tag};

use crate::fhirpath::{Collection, Expression, Item};
use crate::issue::Issue;
use crate::json::Json;
use crate::resource_type::ResourceType;

/// Most columns of a view.
pub const COLUMNS_MAX: usize = 1_000;
/// Most selects of a view, nested ones and branches of unions included.
pub const SELECTS_MAX: usize = 500;
/// Deepest nesting of selects and unions.
pub const NESTING_MAX: usize = 16;
/// Most constants of a view.
pub const CONSTANTS_MAX: usize = 200;
/// Most conditions of a view.
pub const WHERE_MAX: usize = 100;
/// Longest name of a column, a constant or a view.
pub const NAME_BYTES_MAX: usize = 255;
/// Most rows of one resource.
pub const ROWS_MAX: usize = 50_000;
/// Most cells of one resource: rows times columns.
pub const CELLS_MAX: usize = 1_000_000;
/// How deep `repeat` goes.
pub const REPEAT_DEPTH_MAX: usize = 64;
/// Most steps that the expressions of a view take for one resource, together.
pub const STEPS_MAX: u32 = 5_000_000;

/// A checked ViewDefinition.
#[derive(Debug)]
pub struct View {
    name: Option<Box<str>>,
    resource_type: ResourceType,
    columns: Vec<Column>,
    constants: Vec<(Box<str>, Item<'static>)>,
    conditions: Vec<Path>,
    /// The whole: its `selects` are the view's.
    whole: Select,
    warnings: Vec<Issue>,
}

/// An expression, and where it is in the definition.
#[derive(Debug)]
struct Path {
    expression: Expression,
    location: Box<str>,
}

/// Over what a select goes (`ViewDefinition.select.forEach` and its like).
#[derive(Debug)]
enum Each {
    /// Over its context, once.
    Context,
    /// `forEach`.
    Item(Path),
    /// `forEachOrNull`.
    ItemOrNull(Path),
    /// `repeat`: what these paths find, and what they find in that, and so on.
    Descendant(Vec<Path>),
}

/// A selection structure, compiled. Its columns come first, then those of its selects, then those of its union.
#[derive(Debug)]
struct Select {
    each: Each,
    columns: Vec<Source>,
    selects: Vec<Select>,
    union: Vec<Select>,
    /// Cells of its rows.
    width: usize,
    /// The row of `forEachOrNull` where there is nothing.
    null: Row,
}

/// What a column's cells come from.
#[derive(Debug)]
struct Source {
    path: Path,
    kind: ColumnKind,
    is_collection: bool,
    /// Whether the definition says the type: then complex values are meant.
    is_typed: bool,
}

impl View {
    /// Reads and checks a ViewDefinition.
    ///
    /// # Errors
    /// Everything that is wrong with it, each at its place (`ViewDefinition.select[0].column[1].path`).
    pub fn read(definition: &Json) -> Result<Self, Vec<Issue>> {
        read::view(definition)
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The type of the resources that it is of.
    pub fn resource_type(&self) -> ResourceType {
        self.resource_type
    }

    /// Its columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// What is probably a mistake, though it runs: elements that R4 does not have, members that mean nothing.
    pub fn warnings(&self) -> &[Issue] {
        &self.warnings
    }

    /// The rows of a resource; none of one of another type, or one that a condition excludes. `now` is the time in
    /// microseconds since 1970, for expressions that ask for it.
    ///
    /// # Errors
    /// Values that the definition does not allow, at the place of the definition that they break; never the values.
    pub fn run(&self, resource: &Json, now: Option<i64>) -> Result<Vec<Row>, Issue> {
        run::rows(self, resource, now)
    }
}

/// A collection of one.
fn one(item: Item<'_>) -> Collection<'_> {
    std::iter::once(item).collect()
}

//! Columns: their names, types and paths.

use std::collections::HashSet;

use super::{ROW_INDEX, Reader};
use crate::fhirpath::Yields;
use crate::issue::IssueCode;
use crate::json::{Json, Object};
use crate::resource::short;
use crate::views::column::{Column, ColumnKind, Tag, type_name};
use crate::views::members::Part;
use crate::views::{COLUMNS_MAX, Source};

impl Reader {
    /// The columns of a select, with what their cells come from; none of them where one is wrong.
    pub(super) fn columns(
        &mut self,
        object: &Object,
        at: &str,
        focus: &Yields,
    ) -> Option<(Vec<Source>, Vec<Column>)> {
        let mut all = Some((Vec::new(), Vec::new()));
        for (place, json) in self.list(object, "column", at, COLUMNS_MAX).iter().enumerate() {
            self.columns += 1;
            let at = format!("{at}.column[{place}]");
            if self.columns > COLUMNS_MAX {
                let message =
                    format!("a view has at most {COLUMNS_MAX} columns, those of every branch counted");
                self.fault(IssueCode::TooCostly, &at, message);
                return None;
            }
            match (self.column(json, &at, focus), &mut all) {
                (Some((source, column)), Some((sources, columns))) => {
                    sources.push(source);
                    columns.push(column);
                }
                _ => all = None,
            }
        }
        all
    }

    fn column(&mut self, json: &Json, at: &str, focus: &Yields) -> Option<(Source, Column)> {
        let object = self.object(json, Part::Column, at)?;
        let name = self.name(object, at);
        let is_collection = match object.get("collection") {
            None => false,
            Some(Json::Bool(value)) => *value,
            Some(_) => {
                self.fault(IssueCode::Value, &format!("{at}.collection"), "must be true or false");
                false
            }
        };
        let description = self.optional_text(object, "description", at);
        let tags = self.tags(object, at);
        let declared = self.declared(object, at)?;
        let (path, yields) = self.path(object, "path", at, focus)?;
        let inferred = match ColumnKind::inferred(&yields) {
            _ if path.expression.is_variable(ROW_INDEX) => ColumnKind::Integer,
            kind => kind,
        };
        let kind = declared.as_ref().map_or(inferred, |(kind, _)| *kind);
        if !kind.takes(inferred) {
            let message = format!("the column is {}, its path yields {}", kind.word(), inferred.word());
            self.fault(IssueCode::Invalid, &format!("{at}.type"), message);
        }
        if declared.is_none() && inferred == ColumnKind::Complex {
            let message = "the path yields a complex value: name its type, or go on to one of its elements";
            self.fault(IssueCode::Required, &format!("{at}.type"), message);
        }
        let is_typed = declared.is_some();
        let fhir_type = declared.map(|(_, name)| name).or_else(|| type_name(&yields));
        let source = Source { path, kind, is_collection, is_typed };
        let location = at.into();
        Some((source, Column { name: name?, kind, fhir_type, is_collection, description, tags, location }))
    }

    /// The type that a column is said to have; `None` where that is none.
    #[expect(clippy::option_option, reason = "none said and a wrong one differ")]
    fn declared(&mut self, object: &Object, at: &str) -> Option<Option<(ColumnKind, Box<str>)>> {
        if !object.has("type") {
            return Some(None);
        }
        let given = self.text(object, "type", at)?;
        match ColumnKind::declared(given) {
            Some((kind, name)) => Some(Some((kind, name.into()))),
            None => {
                let message = format!("'{}' is no type of FHIR R4", short(given));
                self.fault(IssueCode::Value, &format!("{at}.type"), message);
                None
            }
        }
    }

    fn tags(&mut self, object: &Object, at: &str) -> Vec<Tag> {
        let mut tags = Vec::new();
        for (place, json) in self.list(object, "tag", at, COLUMNS_MAX).iter().enumerate() {
            let at = format!("{at}.tag[{place}]");
            let Some(object) = self.object(json, Part::Tag, &at) else { continue };
            if let (Some(name), Some(value)) =
                (self.text(object, "name", &at), self.text(object, "value", &at))
            {
                tags.push(Tag { name: name.into(), value: value.into() });
            }
        }
        tags
    }

    /// Two columns of one name are none.
    pub(super) fn distinct(&mut self, columns: &[Column]) {
        let mut seen = HashSet::with_capacity(columns.len());
        for column in columns {
            if !seen.insert(&*column.name) {
                let message = format!("there is a column '{}' already", column.name);
                self.fault(IssueCode::Duplicate, &format!("{}.name", column.location), message);
            }
        }
    }
}

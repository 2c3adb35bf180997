//! `unionAll`: its branches must have the same columns, in the same order (Validate Columns of the processing model).

use super::column::{Column, ColumnKind};
use crate::issue::{Issue, IssueCode};

/// Holds the columns of a branch against those of the first; what is not known of one is not known of the whole.
pub(super) fn agree(first: &mut [Column], other: &[Column], at: &str) -> Result<(), Issue> {
    let names = |columns: &[Column]| {
        let names: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
        names.join(", ")
    };
    let same =
        first.len() == other.len() && first.iter().zip(other).all(|(own, other)| own.name == other.name);
    if !same {
        let message = format!(
            "the branches of a union have the same columns in the same order: this has {}, the first {}",
            names(other),
            names(first)
        );
        return Err(Issue::error(IssueCode::Invalid, message).at(at));
    }
    for (own, other) in first.iter_mut().zip(other) {
        if own.is_collection != other.is_collection {
            let message = format!("column '{}' is a collection in one branch of the union only", own.name);
            return Err(Issue::error(IssueCode::Invalid, message).at(&*other.location));
        }
        let is_known = own.kind != ColumnKind::Any && other.kind != ColumnKind::Any;
        if is_known && own.kind != other.kind {
            let message = format!(
                "column '{}' is {} here and {} in the first branch of the union",
                own.name,
                other.kind.word(),
                own.kind.word()
            );
            return Err(Issue::error(IssueCode::Invalid, message).at(&*other.location));
        }
        if !is_known {
            own.kind = ColumnKind::Any;
        }
        if own.fhir_type != other.fhir_type {
            own.fhir_type = None;
        }
    }
    Ok(())
}

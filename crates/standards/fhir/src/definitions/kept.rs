//! Which parameters need index rows of their own. Several of R4's find what others of their type find together:
//! `combo-code` what `code` and `component-code` do, `phonetic` what `name` does, `patient` what `subject` does as far as
//! it is a Patient. A row costs a place in an index at every write, so those are asked for where the others' rows are.

use super::wire::{NONE, Path};
use super::{ParamId, ParamKind, SearchParameter};

/// Finds, for every parameter of a type, where its rows are.
pub(super) fn settle(parameters: &mut [SearchParameter]) {
    for at in (0..parameters.len()).rev() {
        let id = parameters.get(at).map(|one| one.id);
        // What keeps another's rows keeps its own.
        if parameters.iter().any(|one| Some(one.id) != id && one.kept_by.iter().any(|by| Some(*by) == id)) {
            continue;
        }
        let found = parameters.get(at).and_then(|one| elsewhere(one, parameters));
        if let (Some(found), Some(one)) = (found, parameters.get_mut(at)) {
            one.kept_by = found;
        }
    }
}

/// Other parameters, with rows of their own, that find together exactly what this one does.
fn elsewhere(one: &SearchParameter, all: &[SearchParameter]) -> Option<Vec<ParamId>> {
    if matches!(one.kind, ParamKind::Composite | ParamKind::Special) || one.paths.is_empty() {
        return None;
    }
    let within = |other: &&SearchParameter| {
        other.id != one.id
            && other.kind == one.kind
            && other.kept_by == [other.id]
            && !other.paths.is_empty()
            && other.paths.iter().all(|path| one.paths.iter().any(|own| finds(path, own)))
    };
    let others: Vec<&SearchParameter> = all.iter().filter(within).collect();
    let is_found = |own: &Path<'_>| others.iter().any(|o| o.paths.iter().any(|path| finds(path, own)));
    // One reference can be narrowed to a type by its rows; of several that would make long searches.
    let narrowed = one.paths.iter().any(|path| path.resolves_to != NONE) && one.paths.len() > 1;
    (!narrowed && one.paths.iter().all(is_found)).then(|| others.iter().map(|other| other.id).collect())
}

/// Whether the first finds what the second does, or more types of a reference.
fn finds(path: &Path<'_>, own: &Path<'_>) -> bool {
    path.steps == own.steps
        && path.leaf == own.leaf
        && path.binding == own.binding
        && (path.resolves_to == own.resolves_to || path.resolves_to == NONE)
}

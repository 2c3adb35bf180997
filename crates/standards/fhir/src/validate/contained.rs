//! Contained resources: flat, without meta of their own, and used (<https://hl7.org/fhir/R4/references.html#contained>).

use std::collections::HashSet;

use super::place::Place;
use super::structure::Validator;
use crate::issue::IssueCode;
use crate::json::Json;

/// What the walk has met of `#id`s in a resource that contains others.
#[derive(Default)]
pub(super) struct Fragments<'j> {
    /// Ids that something points to.
    used: HashSet<&'j str>,
    /// Which contained resource the walk is in.
    inside: Option<usize>,
    /// Contained resources that point back to their container.
    pointing_back: HashSet<usize>,
}

impl<'j> Validator<'j, '_> {
    /// Notes where a reference, canonical, uri or url points within the resource.
    pub(super) fn note_fragment(&mut self, literal: &'j str) {
        let Some(fragments) = &mut self.fragments else { return };
        match literal.strip_prefix('#') {
            Some("") => {
                fragments.pointing_back.extend(fragments.inside);
            }
            Some(id) => {
                fragments.used.insert(id);
            }
            None => {}
        }
    }

    pub(super) fn enter_contained(&mut self, index: Option<usize>) {
        if let Some(fragments) = &mut self.fragments {
            fragments.inside = index;
        }
    }

    /// dom-2, dom-4 and dom-5 of one contained resource.
    pub(super) fn contained_alone(&mut self, json: &'j Json, place: &Place<'_>) {
        if json.get("contained").is_some() {
            let message = "dom-2: a contained resource contains none itself";
            self.report(IssueCode::Invariant, &place.member("contained"), message);
        }
        for (name, rule) in [("versionId", "dom-4"), ("lastUpdated", "dom-4"), ("security", "dom-5")] {
            if json.at(&["meta", name]).is_some() {
                let message = format!("{rule}: a contained resource has no meta.{name}");
                self.report(IssueCode::Invariant, &place.member("meta"), message);
            }
        }
    }

    /// dom-3: every contained resource is pointed to, or points to its container.
    pub(super) fn contained_used(&mut self, json: &'j Json, place: &Place<'_>) {
        let Some(fragments) = self.fragments.take() else { return };
        let list = place.member("contained");
        for (at, one) in json.list("contained").enumerate() {
            let used = one.str("id").is_some_and(|id| fragments.used.contains(id));
            if !used && !fragments.pointing_back.contains(&at) {
                let message = "dom-3: nothing in the resource refers to this contained resource";
                self.report(IssueCode::Invariant, &list.item(at), message);
            }
        }
    }
}

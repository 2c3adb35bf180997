//! The walk itself: objects against structures, members against elements.

use std::collections::HashMap;
use std::sync::Arc;

use super::conformance::Conformance;
use super::contained::Fragments;
use super::place::Place;
use super::profile::{Profile, Unreadable};
use super::{Depth, ISSUES_MAX, bound, primitive};
use crate::definitions::{Element, Kind, NO_SLOT, Primitive, Structure, definitions};
use crate::fhirpath::Node;
use crate::issue::{Issue, IssueCode};
use crate::json::{Json, Object};
use crate::reference::ParsedReference;
use crate::resource::{Resource, short};
use crate::resource_type::ResourceType;

/// A name this unlike every known one is not worth a suggestion.
const LIKENESS_MIN: f64 = 0.8;
/// A name longer than any element's gets no suggestion: likeness costs the square of the length.
const SUGGESTED_CHARS_MAX: usize = 60;

pub(super) struct Validator<'j, 'l> {
    pub(super) issues: Vec<Issue>,
    /// Warnings and notes, which must not crowd out errors.
    pub(super) notes: Vec<Issue>,
    pub(super) depth: Depth,
    /// What is looked up beyond the resource.
    pub(super) conformance: &'l dyn Conformance,
    /// Profiles met so far, by canonical.
    pub(super) profiles: HashMap<String, Result<Arc<Profile>, Unreadable>>,
    /// How deep in profiles of profiles the check is.
    pub(super) nested: u8,
    /// Values compared with rules of profiles so far.
    pub(super) checks: u32,
    /// `now()` of invariants.
    pub(super) now: Option<i64>,
    /// The resource the walk is in, contained or not.
    pub(super) resource: Option<&'j Json>,
    /// The resource that `#id` references look into.
    pub(super) container: Option<&'j Json>,
    /// Types of its contained resources by id, made when the first `#id` is met.
    contained: Option<HashMap<&'j str, ResourceType>>,
    /// Kept while the container has contained resources.
    pub(super) fragments: Option<Fragments<'j>>,
}

impl<'j, 'l> Validator<'j, 'l> {
    pub(super) fn new(depth: Depth, conformance: &'l dyn Conformance) -> Self {
        Self {
            issues: Vec::new(),
            notes: Vec::new(),
            depth,
            conformance,
            profiles: HashMap::new(),
            nested: 0,
            checks: 0,
            now: None,
            resource: None,
            container: None,
            contained: None,
            fragments: None,
        }
    }

    /// Errors, then what is less.
    pub(super) fn into_issues(mut self) -> Vec<Issue> {
        self.issues.append(&mut self.notes);
        self.issues
    }

    pub(super) fn report(&mut self, code: IssueCode, place: &Place<'_>, message: impl Into<String>) {
        if self.issues.len() < ISSUES_MAX {
            self.issues.push(Issue::error(code, message).at(place.text()));
        }
    }

    pub(super) fn resource(&mut self, json: &'j Json, place: &Place<'_>, contained: Option<usize>) {
        let resource_type = match Resource::type_of(json) {
            Ok(resource_type) => resource_type,
            Err(issue) => return self.report(issue.code, &place.member("resourceType"), issue.message),
        };
        let (Some(structure), Some(object)) = (resource_type.structure(), json.as_object()) else { return };
        let node = Node::element(Some(json), None, Kind::Structure(resource_type.number()));
        let outer = self.resource.replace(json);
        if contained.is_some() {
            self.contained_alone(json, place);
            self.enter_contained(contained);
            self.members(structure, object, place, true);
            self.invariants(&structure.constraints, node, place);
            self.enter_contained(None);
        } else {
            let around = (self.container.replace(json), self.contained.take(), self.fragments.take());
            self.fragments = object.has("contained").then(Fragments::default);
            self.members(structure, object, place, true);
            self.contained_used(json, place);
            self.invariants(&structure.constraints, node, place);
            (self.container, self.contained, self.fragments) = around;
        }
        self.named_profiles(json, node, place);
        self.resource = outer;
    }

    /// Checks the members of an object; answers which slots are filled.
    fn members(
        &mut self,
        structure: &'static Structure,
        object: &'j Object,
        place: &Place<'_>,
        whole: bool,
    ) -> u64 {
        let (mut filled, mut hint) = (0u64, 0usize);
        for (name, value) in object.iter() {
            if whole && name == "resourceType" {
                continue;
            }
            let bare = name.strip_prefix('_');
            let Some(element) = structure.element_near(bare.unwrap_or(name), &mut hint) else {
                self.unknown(structure, name, place);
                continue;
            };
            if element.slot != NO_SLOT {
                let bit = 1u64 << element.slot;
                if filled & bit != 0 && !element.choice.is_empty() {
                    self.check_one_choice(structure, element, object, place);
                }
                filled |= bit;
            }
            match bare {
                Some(bare) => self.extended(element, bare, value, object.get(bare), place),
                None => self.element(element, value, object, place),
            }
        }
        let missing = structure.required & !filled;
        if missing != 0 {
            self.missing(structure, missing, place);
        }
        let substance = object.len() - usize::from(object.has("id"));
        if substance == 0 && !whole {
            self.report(IssueCode::Structure, place, "ele-1: an object must not be empty");
        }
        filled
    }

    fn unknown(&mut self, structure: &'static Structure, name: &str, place: &Place<'_>) {
        if self.issues.len() >= ISSUES_MAX {
            return;
        }
        let suggestible = name.len() <= SUGGESTED_CHARS_MAX;
        let near = structure
            .names()
            .filter(|_| suggestible)
            .map(|known| (strsim::jaro_winkler(known, name), known))
            .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
            .max_by(|left, right| left.0.total_cmp(&right.0));
        let hint = near.map(|(_, known)| format!("; did you mean '{known}'?")).unwrap_or_default();
        let message = format!("'{}' is no element of {}{hint}", short(name), structure.name);
        self.report(IssueCode::Structure, &place.member(short(name)), message);
    }

    fn check_one_choice(
        &mut self,
        structure: &Structure,
        element: &Element,
        object: &Object,
        place: &Place<'_>,
    ) {
        let other = object.iter().any(|(name, _)| {
            let name = name.strip_prefix('_').unwrap_or(name);
            name != element.name && structure.element(name).is_some_and(|one| one.choice == element.choice)
        });
        if other {
            let message = format!("only one type of {}[x] may be given", element.choice);
            self.report(IssueCode::Structure, &place.member(element.name), message);
        }
    }

    fn missing(&mut self, structure: &'static Structure, missing: u64, place: &Place<'_>) {
        let mut told = 0u64;
        for element in structure.elements.iter().filter(|element| element.slot != NO_SLOT) {
            let bit = 1u64 << element.slot;
            if missing & bit != 0 && told & bit == 0 {
                told |= bit;
                let (name, mark) =
                    if element.choice.is_empty() { (element.name, "") } else { (element.choice, "[x]") };
                let message = format!("{}.{name}{mark} is required", structure.name);
                self.report(IssueCode::Required, &place.member(name), message);
            }
        }
    }

    fn element(&mut self, element: &'static Element, value: &'j Json, object: &'j Object, place: &Place<'_>) {
        let here = place.member(element.name);
        if !element.many {
            if value.as_array().is_some() {
                return self.report(
                    IssueCode::Structure,
                    &here,
                    "must not be an array: at most one is allowed",
                );
            }
            return self.value(element, value, 0, &here);
        }
        let Some(items) = value.as_array() else {
            return self.report(IssueCode::Structure, &here, "must be an array");
        };
        if items.is_empty() {
            return self.report(IssueCode::Structure, &here, "an array must not be empty");
        }
        if element.max > 0 && items.len() > usize::from(element.max) {
            self.report(IssueCode::Structure, &here, format!("at most {} allowed", element.max));
        }
        for (at, item) in items.iter().enumerate() {
            if item.is_null() && has_extension_at(element, object, at) {
                continue;
            }
            self.value(element, item, at, &here.item(at));
        }
    }

    fn value(&mut self, element: &'static Element, value: &'j Json, at: usize, here: &Place<'_>) {
        match element.kind {
            Kind::Primitive(kind) => self.primitive(element, kind, value, here),
            Kind::AnyResource => self.resource(value, here, (element.name == "contained").then_some(at)),
            Kind::Structure(number) => {
                let Some(structure) = definitions().structure(number) else { return };
                let Some(object) = value.as_object() else {
                    return self.report(
                        IssueCode::Structure,
                        here,
                        format!("must be an object ({})", structure.name),
                    );
                };
                let filled = self.members(structure, object, here, false);
                match structure.name {
                    "Extension" => self.extension(structure, filled, object, here),
                    "Reference" => self.reference(element, value, here),
                    _ => {}
                }
                if let Some(set) = element.required()
                    && !bound::satisfies(set, structure.name, value)
                {
                    self.report(
                        IssueCode::CodeInvalid,
                        here,
                        format!("no code of the required value set {}", set.url),
                    );
                }
                let node = Node::element(Some(value), None, element.kind);
                if self.depth == Depth::Full {
                    self.looked_up(element, node, here);
                }
                self.invariants(&structure.constraints, node, here);
                self.invariants(&element.constraints, node, here);
            }
        }
    }

    fn primitive(&mut self, element: &'static Element, kind: Primitive, value: &'j Json, here: &Place<'_>) {
        if let Some(message) = primitive::fault(kind, value) {
            return self.report(IssueCode::Value, here, format!("{} {message}", kind.name()));
        }
        if let (Primitive::Canonical | Primitive::Uri | Primitive::Url, Some(text)) = (kind, value.as_str()) {
            self.note_fragment(text);
        }
        if !element.constraints.is_empty() {
            self.invariants(
                &element.constraints,
                Node { value: Some(value), twin: None, kind: element.kind },
                here,
            );
        }
        if let (Some(set), Some(code)) = (element.required(), value.as_str())
            && !set.has_code(code)
        {
            let message = format!("'{}' is not in the required value set {}", short(code), set.url);
            self.report(IssueCode::CodeInvalid, here, message);
        }
    }

    /// `_birthDate`: id and extensions of a primitive, an array with nulls where the primitive repeats.
    fn extended(
        &mut self,
        element: &Element,
        bare: &str,
        value: &'j Json,
        main: Option<&Json>,
        place: &Place<'_>,
    ) {
        let here = place.member(bare);
        if !matches!(element.kind, Kind::Primitive(_)) {
            return self.report(
                IssueCode::Structure,
                &here,
                format!("'_{bare}': only primitives have such a member"),
            );
        }
        if !element.many {
            return self.primitive_extension(value, &here);
        }
        let Some(items) = value.as_array().filter(|items| !items.is_empty()) else {
            return self.report(
                IssueCode::Structure,
                &here,
                format!("'_{bare}' must be an array that is not empty"),
            );
        };
        let primary = main.map(Json::items);
        if primary.as_ref().is_some_and(|primary| primary.len() != items.len()) {
            self.report(IssueCode::Structure, &here, format!("'{bare}' and '_{bare}' must be equally long"));
        }
        for (at, item) in items.iter().enumerate() {
            if item.is_null()
                && primary
                    .as_ref()
                    .is_some_and(|rest| rest.as_slice().get(at).is_some_and(|one| !one.is_null()))
            {
                continue;
            }
            self.primitive_extension(item, &here.item(at));
        }
    }

    fn primitive_extension(&mut self, value: &'j Json, here: &Place<'_>) {
        let Some(object) = value.as_object() else {
            return self.report(IssueCode::Structure, here, "the extensions of a primitive are an object");
        };
        if let Some(structure) = definitions().element_structure() {
            if object.len() == 1 && object.has("id") {
                return;
            }
            self.members(structure, object, here, false);
        }
    }

    /// ext-1: a value or extensions, never both and never neither.
    fn extension(&mut self, structure: &Structure, filled: u64, object: &Object, here: &Place<'_>) {
        let slot = structure.element("valueString").map_or(NO_SLOT, |element| element.slot);
        let has_value = slot != NO_SLOT && filled & (1 << slot) != 0;
        if has_value == object.has("extension") {
            let message = "ext-1: an extension has either a value or extensions, not both and not neither";
            self.report(IssueCode::Extension, here, message);
        }
    }

    fn reference(&mut self, element: &Element, value: &'j Json, here: &Place<'_>) {
        let Some(literal) = value.str("reference") else { return };
        self.note_fragment(literal);
        let at = here.member("reference");
        let pointed = match ParsedReference::parse(literal) {
            None => {
                let message = "not a reference: expected Type/id, an absolute url, #id or Type?query";
                return self.report(IssueCode::Value, &at, message);
            }
            Some(ParsedReference::Contained(id)) => match self.contained_type(id) {
                Some(found) => Some(found),
                None => {
                    let message = "ref-1: no contained resource has this id";
                    return self.report(IssueCode::NotFound, &at, message);
                }
            },
            Some(other) => other.resource_type(),
        };
        let Some(pointed) = pointed else { return };
        if value
            .str("type")
            .is_some_and(|named| ResourceType::parse(named).is_some_and(|named| named != pointed))
        {
            self.report(IssueCode::Value, here, "the reference and its type disagree");
        }
        if !element.targets.is_empty() && !element.targets.contains(&pointed) {
            let names: Vec<&str> = element.targets.iter().map(|target| target.name()).collect();
            let message = format!("may point to {}, not to {}", names.join(", "), pointed.name());
            self.report(IssueCode::Value, &at, message);
        }
    }

    pub(super) fn contained_type(&mut self, id: &str) -> Option<ResourceType> {
        let container = self.container?;
        if id.is_empty() {
            return container.str("resourceType").and_then(ResourceType::parse);
        }
        let by_id = self.contained.get_or_insert_with(|| {
            let typed = |one: &'j Json| {
                Some((one.str("id")?, one.str("resourceType").and_then(ResourceType::parse)?))
            };
            container.list("contained").filter_map(typed).collect()
        });
        by_id.get(id).copied()
    }
}

fn has_extension_at(element: &Element, object: &Object, at: usize) -> bool {
    // Only a null asks for this, so building the name is no cost in the common case.
    matches!(element.kind, Kind::Primitive(_))
        && object
            .get(&format!("_{}", element.name))
            .and_then(|twin| twin.as_array())
            .and_then(|twins| twins.get(at))
            .is_some_and(|twin| !twin.is_null())
}

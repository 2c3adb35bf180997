//! Resources against profiles: how often an element occurs, its slices, its values.

use std::sync::Arc;

use super::read::{self, Unreadable};
use super::rule::{Openness, Profile, Rule, Slicing};
use super::{CHECKS_MAX, PROFILE_DEPTH_MAX, PROFILES_MAX};
use crate::definitions::Kind;
use crate::fhirpath::{Item, Node, children_named, is_a};
use crate::issue::{IssueCode, Severity};
use crate::json::Json;
use crate::validate::place::Place;
use crate::validate::structure::Validator;

/// A value of an element, and its place in the array if it is in one.
#[derive(Clone, Copy)]
pub(super) struct Found<'j> {
    pub(super) node: Node<'j>,
    pub(super) index: Option<usize>,
}

impl<'j> Validator<'j, '_> {
    /// Checks a resource or element against a profile. One that is not known is a warning.
    pub(in crate::validate) fn profiled(&mut self, canonical: &str, node: Node<'j>, place: &Place<'_>) {
        match self.profile(canonical) {
            Ok(profile) => self.against(&profile, node, place),
            Err(Unreadable::Unknown(url)) => {
                let url = crate::resource::short(&url).to_owned();
                let message = format!("the profile '{url}' is not known here, so it was not checked");
                self.tell(Severity::Warning, IssueCode::NotFound, place, message);
            }
            Err(Unreadable::Broken(why)) => {
                let message =
                    format!("the profile '{}' cannot be checked: {why}", crate::resource::short(canonical));
                self.tell(Severity::Warning, IssueCode::NotSupported, place, message);
            }
        }
    }

    /// Checks a resource against the profiles its meta names.
    pub(in crate::validate) fn named_profiles(&mut self, json: &'j Json, node: Node<'j>, place: &Place<'_>) {
        if !self.says_all() {
            return;
        }
        let named = json.at(&["meta", "profile"]).map_or(&[][..], |list| list.as_array().unwrap_or(&[]));
        for canonical in named.iter().filter_map(Json::as_str).take(PROFILES_MAX) {
            self.profiled(canonical, node, place);
        }
    }

    /// Checks a resource against profiles that were asked for and that its meta does not name.
    pub(in crate::validate) fn wanted(&mut self, profiles: &[&str], json: &'j Json, place: &Place<'_>) {
        let node = Node::resource(json);
        self.resource = Some(json);
        self.container = Some(json);
        let named = json.at(&["meta", "profile"]).map_or(&[][..], |list| list.as_array().unwrap_or(&[]));
        let new = |canonical: &&&str| !named.iter().any(|known| known.as_str() == Some(**canonical));
        for canonical in profiles.iter().filter(new).take(PROFILES_MAX) {
            self.profiled(canonical, node, place);
        }
    }

    /// A profile, read once for each validation.
    pub(in crate::validate) fn profile(&mut self, canonical: &str) -> Result<Arc<Profile>, Unreadable> {
        if let Some(known) = self.profiles.get(canonical) {
            return known.clone();
        }
        let made = read::profile(canonical, self.conformance).map(Arc::new);
        self.profiles.insert(canonical.to_owned(), made.clone());
        made
    }

    fn against(&mut self, profile: &Profile, node: Node<'j>, place: &Place<'_>) {
        if !is_a(node.kind, profile.kind) {
            let message =
                format!("{} is a profile of {}, not of {}", profile.url, profile.root.name, node.type_name());
            return self.report(IssueCode::Structure, place, message);
        }
        if self.nested >= PROFILE_DEPTH_MAX {
            let message = "profiles are nested too deeply here, so some were not checked".to_owned();
            return self.tell(Severity::Warning, IssueCode::TooCostly, place, message);
        }
        self.nested += 1;
        self.value_of(&profile.root, node, &profile.url, place);
        self.nested -= 1;
    }

    /// Counts a check; when there were too many, says so once and stops.
    pub(super) fn may_check(&mut self, place: &Place<'_>) -> bool {
        if self.checks == CHECKS_MAX {
            self.checks += 1;
            let message = "checking the profiles takes too long, so some rules were not checked".to_owned();
            self.tell(Severity::Warning, IssueCode::TooCostly, place, message);
        }
        if self.checks > CHECKS_MAX {
            return false;
        }
        self.checks += 1;
        true
    }

    /// Whether what this does finds no error; what it says is not kept.
    pub(super) fn is_quiet(&mut self, check: impl FnOnce(&mut Self)) -> bool {
        let kept = (std::mem::take(&mut self.issues), std::mem::take(&mut self.notes));
        check(self);
        let quiet = self.issues.is_empty();
        (self.issues, self.notes) = kept;
        quiet
    }

    pub(super) fn children(&mut self, rule: &Rule, node: Node<'j>, by: &str, place: &Place<'_>) {
        for child in &rule.children {
            let found = found(node, &child.name);
            self.occurring(child, &found, by, &place.member(&child.name));
        }
    }

    fn occurring(&mut self, rule: &Rule, found: &[Found<'j>], by: &str, place: &Place<'_>) {
        if !self.may_check(place) {
            return;
        }
        self.counted(rule, found.len(), "", by, place);
        if !rule.slices.is_empty() {
            self.sliced(rule, found, by, place);
        }
        for one in found {
            self.at_item(*one, place, |this, place| this.value_of(rule, one.node, by, place));
        }
    }

    fn at_item(&mut self, one: Found<'j>, place: &Place<'_>, check: impl FnOnce(&mut Self, &Place<'_>)) {
        match one.index {
            Some(index) => check(self, &place.item(index)),
            None => check(self, place),
        }
    }

    fn counted(&mut self, rule: &Rule, count: usize, what: &str, by: &str, place: &Place<'_>) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if count < rule.min {
            let message = format!("{what}at least {} needed, found {count} (profile {by})", rule.min);
            self.report(IssueCode::Required, place, message);
        }
        if let Some(max) = rule.max.filter(|max| count > *max) {
            let message = match max {
                0 => format!("{what}not allowed here (profile {by})"),
                _ => format!("{what}at most {max} allowed, found {count} (profile {by})"),
            };
            self.report(IssueCode::Structure, place, message);
        }
    }

    /// Puts each value into the first slice it belongs to, and checks the slices.
    fn sliced(&mut self, rule: &Rule, found: &[Found<'j>], by: &str, place: &Place<'_>) {
        let by_url;
        let slicing = match &rule.slicing {
            Some(slicing) => slicing,
            None if matches!(&*rule.name, "extension" | "modifierExtension") => {
                by_url = Slicing::by_url();
                &by_url
            }
            // Without discriminators nothing can be told apart.
            None => return,
        };
        let mut members: Vec<Vec<Found<'j>>> = rule.slices.iter().map(|_| Vec::new()).collect();
        let (mut last, mut others) = (0, false);
        for one in found {
            if !self.may_check(place) {
                return;
            }
            let slice = (0..rule.slices.len()).find(|&at| {
                rule.slices.get(at).is_some_and(|slice| self.belongs(slicing, &slice.rule, one.node, place))
            });
            let Some(at) = slice else {
                others = true;
                if slicing.openness == Openness::Closed {
                    self.at_item(*one, place, |this, place| {
                        let message =
                            format!("in none of the slices, and no others are allowed (profile {by})");
                        this.report(IssueCode::Structure, place, message);
                    });
                }
                continue;
            };
            let late = slicing.openness == Openness::OpenAtEnd && others;
            if late || (slicing.ordered && at < last) {
                self.at_item(*one, place, |this, place| {
                    let why =
                        if late { "others may only follow the slices" } else { "the slices have an order" };
                    this.report(IssueCode::Structure, place, format!("out of order: {why} (profile {by})"));
                });
            }
            last = last.max(at);
            if let Some(list) = members.get_mut(at) {
                list.push(*one);
            }
        }
        for (slice, members) in rule.slices.iter().zip(members) {
            let what = format!("slice '{}': ", slice.name);
            self.counted(&slice.rule, members.len(), &what, by, place);
            if !slice.rule.slices.is_empty() {
                self.sliced(&slice.rule, &members, by, place);
            }
            for one in members {
                self.at_item(one, place, |this, place| this.value_of(&slice.rule, one.node, by, place));
            }
        }
    }
}

/// What an object has at a name; of a choice, whichever arm is given.
fn found<'j>(node: Node<'j>, name: &str) -> Vec<Found<'j>> {
    let object = match node.kind {
        Kind::Primitive(_) => node.twin,
        _ => node.value,
    };
    let listed = object.is_some_and(|object| {
        let twin = || {
            object
                .as_object()
                .and_then(|object| object.iter().find(|(known, _)| known.strip_prefix('_') == Some(name)))
        };
        object.get(name).or_else(|| twin().map(|(_, value)| value)).and_then(Json::as_array).is_some()
    });
    let items = children_named(&Item::Node(node), name);
    let nodes = items.into_iter().filter_map(|item| item.node().copied()).enumerate();
    nodes.map(|(index, node)| Found { node, index: listed.then_some(index) }).collect()
}

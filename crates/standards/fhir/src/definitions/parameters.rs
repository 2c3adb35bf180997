//! The search parameters in force: R4's own, and those that a server's users define
//! (<https://hl7.org/fhir/R4/searchparameter.html>).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::{ParamId, ParamKind, SearchParameter, search_parameter, search_parameters};
use crate::fhirpath::{Expression, Order};
use crate::issue::{Issue, IssueCode};
use crate::json::Json;
use crate::resource_type::ResourceType;

/// Numbers of parameters that are defined here begin here: R4's own lie below, and grow by tens in a release.
pub const ADDED_FIRST: u16 = 0x1000;
/// The last such number; above are those of derived indexes.
pub const ADDED_LAST: u16 = 0x1EFF;
/// Most parameters that may be defined for one type: each costs every write of it an evaluation.
pub const ADDED_OF_TYPE_MAX: usize = 64;
/// Longest code of a parameter.
const CODE_BYTES_MAX: usize = 64;
/// Most definitions that one process keeps: they stay for its life, so that a parsed query can point to them.
const KEPT_MAX: usize = 20_000;
/// Where R4's own parameters have their addresses.
const OWN_URL: &str = "http://hl7.org/fhir/SearchParameter/";

/// What a SearchParameter resource defines.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Definition {
    /// Its canonical.
    pub url: String,
    /// The name used in a query.
    pub code: String,
    /// The types that have it, in the order of their numbers.
    pub base: Vec<ResourceType>,
    /// Types that a reference parameter may point to; empty for any.
    pub targets: Vec<ResourceType>,
    /// What it finds, in FHIRPath.
    pub expression: String,
    kind: ParamKind,
}

impl Definition {
    /// Reads a SearchParameter; `None` for one of R4's own, which hold already, and for one that is not active.
    ///
    /// # Errors
    /// Everything in it that keeps it from being indexed, located.
    pub fn read(json: &Json) -> Result<Option<Self>, Vec<Issue>> {
        let url = json.str("url").unwrap_or_default();
        if json.str("status") != Some("active") || url.starts_with(OWN_URL) {
            return Ok(None);
        }
        let mut issues = Vec::new();
        let mut refuse = |place: &str, code, message: String| {
            issues.push(Issue::error(code, message).at(format!("SearchParameter.{place}")));
        };
        let code = json.str("code").unwrap_or_default();
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        if code.is_empty()
            || code.len() > CODE_BYTES_MAX
            || code.starts_with('_')
            || !code.chars().all(is_plain)
        {
            let message = "is made of letters, digits, '-' and '_', and does not begin with '_'".to_owned();
            refuse("code", IssueCode::Value, message);
        }
        let kind = json.str("type").and_then(kind_named);
        if kind.is_none() {
            let message = "must be number, date, string, token, reference, quantity or uri; others are not \
                           indexed here";
            refuse("type", IssueCode::NotSupported, message.to_owned());
        }
        let base = types(json, "base", &mut refuse);
        let targets = types(json, "target", &mut refuse);
        for resource_type in base.iter().filter(|&&one| search_parameter(one, code).is_some()) {
            let message = format!("{resource_type} has a search parameter '{code}' of R4 already");
            refuse("code", IssueCode::Duplicate, message);
        }
        let text = json.str("expression").unwrap_or_default();
        match Expression::parse(text) {
            Err(_) if text.is_empty() => {
                refuse("expression", IssueCode::Required, "is needed to index the parameter".to_owned());
            }
            Err(error) => refuse("expression", IssueCode::Invalid, error.to_string()),
            Ok(expression) => {
                let checks = base.iter().map(|one| expression.check(one.name(), Order::Ignored));
                // An alternative of another type is no fault, as long as some type has it.
                if let Some(Err(error)) = checks.min_by_key(Result::is_err) {
                    refuse("expression", IssueCode::Invalid, error.to_string());
                }
            }
        }
        match kind {
            Some(kind) if issues.is_empty() => Ok(Some(Self {
                url: url.to_owned(),
                code: code.to_owned(),
                base,
                targets,
                expression: text.to_owned(),
                kind,
            })),
            _ => Err(issues),
        }
    }

    /// The parameter that it defines, under its number. The same definition gives the same parameter, which stays for
    /// the life of the process.
    ///
    /// # Errors
    /// More definitions were read than a process keeps.
    pub fn parameter(&self, id: ParamId) -> Result<&'static SearchParameter, Issue> {
        static KEPT: OnceLock<Mutex<HashMap<(u16, Definition), &'static SearchParameter>>> = OnceLock::new();
        let mut kept = KEPT.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(&(id.0, self.clone())) {
            return Ok(known);
        }
        if kept.len() >= KEPT_MAX {
            let message = "too many search parameters were defined; restart the server";
            return Err(Issue::error(IssueCode::TooCostly, message));
        }
        let expression = Expression::parse(&self.expression)
            .map_err(|error| Issue::error(IssueCode::Invalid, error.to_string()))?;
        let parameter: &'static SearchParameter = Box::leak(Box::new(SearchParameter {
            code: self.code.clone().leak(),
            url: Some(self.url.clone().leak()),
            id,
            kept_by: vec![id],
            kind: self.kind,
            targets: self.targets.clone().leak(),
            patient_compartment: false,
            paths: Vec::new(),
            components: Vec::new(),
            expression: Some(expression),
        }));
        kept.insert((id.0, self.clone()), parameter);
        Ok(parameter)
    }
}

/// The kinds that may be defined, by the words for them.
const KINDS: [(&str, ParamKind); 7] = [
    ("number", ParamKind::Number),
    ("date", ParamKind::Date),
    ("string", ParamKind::String),
    ("token", ParamKind::Token),
    ("reference", ParamKind::Reference),
    ("quantity", ParamKind::Quantity),
    ("uri", ParamKind::Uri),
];

fn kind_named(word: &str) -> Option<ParamKind> {
    KINDS.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind)
}

/// The resource types of a list of codes; `Resource` and `DomainResource` stand for all.
fn types(json: &Json, name: &str, refuse: &mut dyn FnMut(&str, IssueCode, String)) -> Vec<ResourceType> {
    let mut found = Vec::new();
    for (at, word) in json.list(name).filter_map(Json::as_str).enumerate() {
        match (word, ResourceType::parse(word)) {
            ("Resource" | "DomainResource", _) if name == "target" => return Vec::new(),
            ("Resource" | "DomainResource", _) => found.extend(ResourceType::all()),
            (_, Some(resource_type)) => found.push(resource_type),
            (_, None) => {
                let message = format!("'{}' is no resource type", crate::resource::short(word));
                refuse(&format!("{name}[{at}]"), IssueCode::Value, message);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// One that was defined here.
#[derive(Debug, Clone, Copy)]
struct Added {
    parameter: &'static SearchParameter,
    is_indexed: bool,
}

/// Which search parameters hold; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Parameters(Arc<BTreeMap<ResourceType, Vec<Added>>>);

impl Parameters {
    /// R4's own and these; the flag tells whether everything stored is indexed by it, so that it may be searched by.
    pub fn with<'d>(added: impl IntoIterator<Item = (&'d Definition, ParamId, bool)>) -> Result<Self, Issue> {
        let mut all: BTreeMap<ResourceType, Vec<Added>> = BTreeMap::new();
        for (definition, id, is_indexed) in added {
            let parameter = definition.parameter(id)?;
            for resource_type in &definition.base {
                all.entry(*resource_type).or_default().push(Added { parameter, is_indexed });
            }
        }
        for list in all.values_mut() {
            list.sort_by_key(|one| (one.parameter.code, one.parameter.id));
        }
        Ok(Self(Arc::new(all)))
    }

    /// Whether both are of the same reading.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn added(&self, resource_type: ResourceType) -> &[Added] {
        self.0.get(&resource_type).map_or(&[], Vec::as_slice)
    }

    /// Every parameter of a type that may be searched by: R4's own by code, then the others by code.
    pub fn of(&self, resource_type: ResourceType) -> impl Iterator<Item = &'static SearchParameter> {
        let own = search_parameters(resource_type).iter();
        own.chain(self.added(resource_type).iter().filter(|one| one.is_indexed).map(|one| one.parameter))
    }

    /// The parameter of this code, when it may be searched by.
    pub fn find(&self, resource_type: ResourceType, code: &str) -> Option<&'static SearchParameter> {
        let added = || self.added(resource_type).iter().filter(|one| one.is_indexed);
        search_parameter(resource_type, code)
            .or_else(|| added().map(|one| one.parameter).find(|one| one.code == code))
    }

    /// Whether the parameter of this code is defined, but not all that is stored is indexed by it yet.
    pub fn is_unfinished(&self, resource_type: ResourceType, code: &str) -> bool {
        self.added(resource_type).iter().any(|one| !one.is_indexed && one.parameter.code == code)
    }

    /// Those defined here that a resource of this type is indexed by, whether they may be searched by or not.
    pub fn to_index(&self, resource_type: ResourceType) -> impl Iterator<Item = &'static SearchParameter> {
        self.added(resource_type).iter().map(|one| one.parameter)
    }
}

//! Transactions and batches (<https://hl7.org/fhir/R4/http.html#transaction>) as typed entries, with every fault located.

use std::collections::HashSet;

use super::patch;
use super::url::{Target, query_pairs};
use crate::issue::{Issue, IssueCode};
use crate::json::{Json, Object};
use crate::patch::Patch;
use crate::resource::Resource;
use crate::resource_type::ResourceType;

/// Most entries of one bundle.
pub const ENTRIES_MAX: usize = 50_000;

/// All or nothing, or each for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleKind {
    /// All or nothing.
    Transaction,
    /// Each entry for itself.
    Batch,
}

/// `Bundle.entry.request.method`, in processing order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each variant is the method of the same name")]
pub enum Method {
    Delete,
    Post,
    Put,
    Patch,
    Get,
    Head,
}

impl Method {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "DELETE" => Self::Delete,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            _ => return None,
        })
    }

    /// PUT and PATCH share a turn, so do GET and HEAD.
    fn turn(self) -> u8 {
        match self {
            Self::Delete => 0,
            Self::Post => 1,
            Self::Put | Self::Patch => 2,
            Self::Get | Self::Head => 3,
        }
    }
}

/// One thing to do.
#[derive(Debug, Clone)]
pub struct RequestEntry {
    /// Its place in the bundle; responses keep it.
    pub index: usize,
    /// What to do.
    pub method: Method,
    /// To what.
    pub target: Target,
    /// The name other entries refer to it by.
    pub full_url: Option<String>,
    /// `ifNoneExist`: create only if this search finds nothing.
    pub if_none_exist: Option<Vec<(String, String)>>,
    /// `ifMatch`, as written (`W/"1"`).
    pub if_match: Option<String>,
    /// `ifNoneMatch`.
    pub if_none_match: Option<String>,
    /// `ifModifiedSince`.
    pub if_modified_since: Option<String>,
    /// What to store, or the input of an operation.
    pub resource: Option<Resource>,
    /// How to change what is there, for PATCH.
    pub patch: Option<Patch>,
}

/// A transaction or batch.
#[derive(Debug, Clone)]
pub struct RequestBundle {
    /// Which of the two.
    pub kind: BundleKind,
    /// In the order given.
    pub entries: Vec<RequestEntry>,
    /// Entries of a batch that cannot be read: they fail by themselves.
    pub unreadable: Vec<(usize, Issue)>,
}

impl RequestBundle {
    /// A transaction of these entries.
    pub fn transaction(entries: Vec<RequestEntry>) -> Self {
        Self { kind: BundleKind::Transaction, entries, unreadable: Vec::new() }
    }

    /// Places of the entries in the order they are to be done: DELETE, POST, PUT and PATCH, GET and HEAD.
    pub fn processing_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|&at| self.entries.get(at).map(|entry| entry.method.turn()));
        order
    }
}

/// Reads a Bundle of type transaction or batch. Takes the JSON so that resources move instead of being copied.
/// Only the bundle's own structure is checked here; each resource is still to be validated.
pub fn read(bundle: Json) -> Result<RequestBundle, Vec<Issue>> {
    let Json::Object(mut bundle) = bundle else {
        return Err(vec![Issue::error(IssueCode::Structure, "a bundle is a JSON object")]);
    };
    if bundle.get("resourceType").and_then(Json::as_str) != Some("Bundle") {
        return Err(vec![Issue::error(IssueCode::Structure, "expected a Bundle").at("resourceType")]);
    }
    let kind = match bundle.get("type").and_then(Json::as_str) {
        Some("transaction") => BundleKind::Transaction,
        Some("batch") => BundleKind::Batch,
        _ => {
            let message = "only bundles of type transaction or batch can be processed";
            return Err(vec![Issue::error(IssueCode::Value, message).at("Bundle.type")]);
        }
    };
    let entries = match bundle.remove("entry") {
        None => Vec::new(),
        Some(Json::Array(entries)) => entries,
        Some(_) => {
            return Err(vec![Issue::error(IssueCode::Structure, "must be an array").at("Bundle.entry")]);
        }
    };
    if entries.len() > ENTRIES_MAX {
        let message = format!("a bundle has at most {ENTRIES_MAX} entries");
        return Err(vec![Issue::error(IssueCode::TooCostly, message).at("Bundle.entry")]);
    }
    let (mut read, mut unreadable) = (Vec::with_capacity(entries.len()), Vec::new());
    for (index, json) in entries.into_iter().enumerate() {
        match entry(index, json) {
            Ok(entry) => read.push(entry),
            Err(issue) => {
                let location = format!("Bundle.entry[{index}]{}", issue.location);
                unreadable.push((index, Issue { location, ..issue }));
            }
        }
    }
    let mut bundle = RequestBundle { kind, entries: read, unreadable };
    if kind == BundleKind::Transaction {
        let mut issues: Vec<Issue> = bundle.unreadable.drain(..).map(|(_, issue)| issue).collect();
        collisions(&bundle, &mut issues);
        if !issues.is_empty() {
            return Err(issues);
        }
    }
    Ok(bundle)
}

fn entry(index: usize, json: Json) -> Result<RequestEntry, Issue> {
    let Json::Object(mut object) = json else {
        return Err(Issue::error(IssueCode::Structure, "an entry is an object"));
    };
    let resource = match object.remove("resource") {
        Some(json) => Some(Resource::from_json(json).map_err(|issue| issue.at(".resource"))?),
        None => None,
    };
    let Some(request) = object.get("request").and_then(Json::as_object) else {
        return Err(Issue::error(IssueCode::Required, "a request is required").at(".request"));
    };
    let text = |object: &Object, name: &str| object.get(name).and_then(Json::as_str).map(str::to_owned);
    let method = request.get("method").and_then(Json::as_str).and_then(Method::parse);
    let method = method.ok_or_else(|| {
        Issue::error(IssueCode::Value, "must be GET, HEAD, POST, PUT, PATCH or DELETE").at(".request.method")
    })?;
    let url = request.get("url").and_then(Json::as_str);
    let url = url.ok_or_else(|| Issue::error(IssueCode::Required, "a url is required").at(".request.url"))?;
    let target = Target::parse(url)
        .map_err(|fault| Issue::error(IssueCode::Value, fault.to_string()).at(".request.url"))?;
    let if_none_exist = match text(request, "ifNoneExist") {
        Some(query) => Some(query_pairs(query.trim_start_matches('?')).ok_or_else(|| {
            Issue::error(IssueCode::Value, "is a malformed query").at(".request.ifNoneExist")
        })?),
        None => None,
    };
    let (resource, patch) = match (method, resource) {
        (Method::Patch, Some(resource)) => (None, Some(patch::of_entry(&resource)?)),
        (_, resource) => (resource, None),
    };
    let entry = RequestEntry {
        index,
        method,
        target,
        full_url: text(&object, "fullUrl"),
        if_none_exist,
        if_match: text(request, "ifMatch"),
        if_none_match: text(request, "ifNoneMatch"),
        if_modified_since: text(request, "ifModifiedSince"),
        resource,
        patch,
    };
    agree(&entry)?;
    Ok(entry)
}

/// Method, url and resource must fit together.
fn agree(entry: &RequestEntry) -> Result<(), Issue> {
    let named = entry.target.resource_type;
    let url_fault = |message: &str| Err(Issue::error(IssueCode::Value, message).at(".request.url"));
    let target = &entry.target;
    if target.operation.is_some() || (target.search && entry.method == Method::Post) {
        return Ok(());
    }
    let writes = !matches!(entry.method, Method::Get | Method::Head);
    if writes && (target.history || target.member.is_some() || target.search || target.metadata) {
        return url_fault("nothing can be written there");
    }
    match entry.method {
        Method::Post | Method::Put => {
            let Some(resource) = &entry.resource else {
                return Err(Issue::error(IssueCode::Required, "a resource is required").at(".resource"));
            };
            if named != Some(resource.resource_type()) {
                return url_fault("the url does not name the type of the resource");
            }
            if entry.method == Method::Post && entry.target.id.is_some() {
                return url_fault("a POST names a type, not an id");
            }
            if entry.method == Method::Put {
                return agree_put(entry, resource);
            }
        }
        Method::Patch if entry.patch.is_none() => {
            return Err(Issue::error(IssueCode::Required, "a patch is required").at(".resource"));
        }
        Method::Patch | Method::Delete => {
            if named.is_none() || (entry.target.id.is_none() && entry.target.query.is_empty()) {
                return url_fault("the url must name a resource or a search");
            }
        }
        Method::Get | Method::Head => {}
    }
    Ok(())
}

fn agree_put(entry: &RequestEntry, resource: &Resource) -> Result<(), Issue> {
    match &entry.target.id {
        Some(id) if resource.id() != Some(id) => {
            Err(Issue::error(IssueCode::Value, "the id of the resource and of the url must be the same")
                .at(".resource.id"))
        }
        None if entry.target.query.is_empty() => {
            Err(Issue::error(IssueCode::Value, "a PUT names an id or a search").at(".request.url"))
        }
        _ => Ok(()),
    }
}

/// A transaction may touch a resource once, and its full urls are unique.
fn collisions(bundle: &RequestBundle, issues: &mut Vec<Issue>) {
    let mut urls: HashSet<&str> = HashSet::new();
    let mut touched: HashSet<(ResourceType, &str)> = HashSet::new();
    for entry in &bundle.entries {
        let at = |rest: &str| format!("Bundle.entry[{}]{rest}", entry.index);
        if let Some(url) = &entry.full_url
            && !urls.insert(url)
        {
            issues.push(
                Issue::error(IssueCode::Duplicate, "another entry has this fullUrl").at(at(".fullUrl")),
            );
        }
        let writes = matches!(entry.method, Method::Put | Method::Patch | Method::Delete);
        if let (true, Some(resource_type), Some(id)) = (writes, entry.target.resource_type, &entry.target.id)
            && !touched.insert((resource_type, id))
        {
            let message = "another entry writes the same resource";
            issues.push(Issue::error(IssueCode::Duplicate, message).at(at(".request.url")));
        }
    }
}

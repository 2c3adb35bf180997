//! All of the Synthea corpus, unmodified: nothing is refused, everything reads back equal to what went in, and loading it
//! again loads nothing. On SQLite and on PostgreSQL with three shards.

use crate::harness::{Place, Server};
use flate2::read::GzDecoder;
use galen_fhir::json::parse;
use galen_fhir::{Json, Object};
use http::{Method, StatusCode};
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Requests that are in flight at once.
const READERS: usize = 16;
/// Resources of the corpus.
const RESOURCES: usize = 18_295;

/// The corpus, when it is here.
fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora/fhir/synthea");
    if !folder.is_dir() {
        println!("notice: there is no Synthea corpus here; nothing is tested with it");
        return None;
    }
    Some(folder)
}

/// Its bundles as text, in the order of their names: the directory comes first.
fn bundles(folder: &Path) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|file| {
            let mut bytes = Vec::new();
            GzDecoder::new(std::fs::File::open(file).unwrap()).read_to_end(&mut bytes).unwrap();
            bytes
        })
        .collect()
}

fn on_three_shards() -> Place {
    let place = Place::on_postgres(galen_testkit::postgres::server().database());
    std::fs::write(place.path().join("galen.toml"), "shards = 3\n").unwrap();
    place
}

/// Without what a server gives (id, version, time), every string turned by `turn(member name, text)`.
fn essence(resource: &Json, turn: &impl Fn(&str, &str) -> Option<String>) -> Json {
    let mut json = walk("", resource, turn);
    let object = json.as_object_mut().unwrap();
    object.remove("id");
    if let Some(meta) = object.get_mut("meta").and_then(Json::as_object_mut) {
        meta.remove("versionId");
        meta.remove("lastUpdated");
        if meta.is_empty() {
            object.remove("meta");
        }
    }
    json
}

/// Members sorted by name: their order means nothing in JSON.
fn walk(name: &str, json: &Json, turn: &impl Fn(&str, &str) -> Option<String>) -> Json {
    match json {
        Json::String(text) => turn(name, text).map_or_else(|| json.clone(), |t| Json::String(t.into())),
        Json::Array(items) => Json::Array(items.iter().map(|item| walk(name, item, turn)).collect()),
        Json::Object(object) => {
            let mut members: Vec<(&str, &Json)> = object.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let sorted = members.into_iter().fold(Object::new(), |o, (n, v)| o.with(n, walk(n, v, turn)));
            Json::Object(sorted)
        }
        other => other.clone(),
    }
}

/// Loads by the command line, twice.
fn import(place: &Place, folder: &Path) {
    let path = folder.to_str().unwrap();
    let report = place.json(&["import", path, "--json"]);
    assert_eq!(report["refused"].as_array().unwrap().len(), 0, "{report}");
    assert_eq!(report["created"], RESOURCES, "{report}");
    let again = place.json(&["import", path, "--json"]);
    assert_eq!(again["skipped"], report["files"], "{again}");
    for counted in ["created", "updated", "unchanged"] {
        assert_eq!(again[counted], 0, "{again}");
    }
}

/// Everything that the server has, as text without ids and with references' types only.
async fn everything_there(server: &Server, token: &str, types: &[String]) -> Vec<String> {
    let type_only = |name: &str, text: &str| (name == "reference").then(|| kind_of(text).to_owned());
    let mut all = Vec::new();
    for kind in types {
        let mut path = format!("/fhir/{kind}?_count=500");
        loop {
            let answer = server.get(token, &path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            let page = parse(&answer.body).unwrap();
            let resources = page.list("entry").filter_map(|e| e.get("resource"));
            all.extend(resources.map(|r| essence(r, &type_only).to_string()));
            let next =
                page.list("link").find(|l| l.str("relation") == Some("next")).and_then(|l| l.str("url"));
            let Some(next) = next else { break };
            path = next.strip_prefix(&server.origin).unwrap().to_owned();
        }
    }
    all.sort();
    all
}

fn kind_of(reference: &str) -> &str {
    reference.split(['/', '?']).next().unwrap()
}

/// Everything that the corpus has, in the same form; and its types.
fn everything_sent(bundles: &[Vec<u8>]) -> (Vec<String>, Vec<String>) {
    let (mut all, mut types) = (Vec::new(), Vec::new());
    for bundle in bundles {
        let bundle = parse(bundle).unwrap();
        let kinds: HashMap<&str, &str> = bundle
            .list("entry")
            .map(|e| (e.str("fullUrl").unwrap(), e.str_at(&["resource", "resourceType"]).unwrap()))
            .collect();
        let turn = |name: &str, text: &str| {
            (name == "reference")
                .then(|| kinds.get(text).map_or_else(|| kind_of(text), |kind| *kind).to_owned())
        };
        all.extend(bundle.list("entry").map(|e| essence(e.get("resource").unwrap(), &turn).to_string()));
        types.extend(kinds.values().map(|kind| (*kind).to_owned()));
    }
    all.sort();
    types.sort();
    types.dedup();
    (all, types)
}

async fn imports_whole_and_only_once(place: &Place) {
    let Some(folder) = corpus() else { return };
    place.add_user("feed", "integration");
    let token = place.token("feed");
    import(place, &folder);
    let (sent, types) = everything_sent(&bundles(&folder));
    let server = place.serve();
    let there = everything_there(&server, &token, &types).await;
    assert_eq!(there.len(), sent.len());
    for (there, sent) in there.iter().zip(&sent) {
        assert_eq!(there, sent);
    }
}

/// Where the server put what the bundles name.
#[derive(Default)]
struct Names {
    /// Full URLs, per bundle.
    full_urls: HashMap<String, String>,
    /// Conditional references by identifier.
    conditional: HashMap<String, String>,
}

impl Names {
    fn learn(&mut self, entry: &Json, reference: &str) {
        self.full_urls.insert(entry.str("fullUrl").unwrap().to_owned(), reference.to_owned());
        let resource = entry.get("resource").unwrap();
        for identifier in resource.list("identifier") {
            if let (Some(system), Some(value)) = (identifier.str("system"), identifier.str("value")) {
                let condition =
                    format!("{}?identifier={system}|{value}", resource.str("resourceType").unwrap());
                self.conditional.insert(condition, reference.to_owned());
            }
        }
    }

    fn expected(&self, resource: &Json) -> Json {
        essence(resource, &|name, text| {
            if name != "reference" || text.starts_with('#') {
                return None;
            }
            let found = self.full_urls.get(text).or_else(|| self.conditional.get(text));
            Some(found.unwrap_or_else(|| panic!("{text} names nothing")).clone())
        })
    }
}

/// Posts all bundles; where each entry went and what it must read as.
async fn post_all(server: &Server, token: &str, bundles: &[Vec<u8>]) -> Vec<(String, Json)> {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/fhir+json")];
    let (mut names, mut all) = (Names::default(), Vec::new());
    for bytes in bundles {
        let answer = server.send(Method::POST, "/fhir", &headers, bytes).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
        let (sent, got) = (parse(bytes).unwrap(), parse(&answer.body).unwrap());
        assert_eq!(sent.list("entry").len(), got.list("entry").len());
        let mut references = Vec::new();
        for (entry, answer) in sent.list("entry").zip(got.list("entry")) {
            assert!(answer.str_at(&["response", "status"]).unwrap().starts_with("201"), "{answer}");
            let location = answer.str_at(&["response", "location"]).unwrap();
            let parts: Vec<&str> = location.split("/_history").next().unwrap().rsplitn(3, '/').collect();
            let reference = format!("{}/{}", parts[1], parts[0]);
            names.learn(entry, &reference);
            references.push(reference);
        }
        for (entry, reference) in sent.list("entry").zip(references) {
            all.push((reference, names.expected(entry.get("resource").unwrap())));
        }
    }
    all
}

async fn reads_back_equal(place: &Place) {
    let Some(folder) = corpus() else { return };
    place.add_user("feed", "integration");
    let token = place.token("feed");
    let server = Arc::new(place.serve());
    let all = post_all(&server, &token, &bundles(&folder)).await;
    assert_eq!(all.len(), RESOURCES);
    let mut readers = JoinSet::new();
    let mut parts: Vec<Vec<(String, Json)>> = (0..READERS).map(|_| Vec::new()).collect();
    for (number, expected) in all.into_iter().enumerate() {
        parts[number % READERS].push(expected);
    }
    for part in parts {
        let (server, token) = (Arc::clone(&server), token.clone());
        readers.spawn(async move {
            for (reference, expected) in part {
                let answer = server.get(&token, &format!("/fhir/{reference}")).await;
                assert_eq!(answer.status, StatusCode::OK, "{reference}");
                let found = essence(&parse(&answer.body).unwrap(), &|_, _| None);
                assert!(found.same_as(&expected), "{reference}\nsent  {expected}\nfound {found}");
            }
        });
    }
    while let Some(read) = readers.join_next().await {
        read.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn synthea_imports_whole_and_only_once_on_sqlite() {
    imports_whole_and_only_once(&Place::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn synthea_imports_whole_and_only_once_on_postgres() {
    imports_whole_and_only_once(&on_three_shards()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn synthea_posted_over_http_reads_back_equal_on_sqlite() {
    reads_back_equal(&Place::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn synthea_posted_over_http_reads_back_equal_on_postgres() {
    reads_back_equal(&on_three_shards()).await;
}

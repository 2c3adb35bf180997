//! Unmodified Synthea bundles load without a refusal and read back as they went in.

use crate::ward::Ward;
use galen_fhir::json::parse;
use galen_fhir::{Json, ResourceType};
use std::collections::HashMap;
use std::io::Read;
use std::path::PathBuf;

/// Where the corpus lies; beside the checkout unless said otherwise.
fn corpus() -> Option<Vec<PathBuf>> {
    let folder = std::env::var("GALEN_SYNTHEA").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/corpora/fhir/synthea").to_owned()
    });
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.map(|f| f.unwrap().path()).collect();
    files.sort();
    Some(files)
}

fn unzipped(path: &PathBuf) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

/// The resource without what a server may change; references replaced by a mark where a bundle's are rewritten.
fn essence(json: &Json, names: &HashMap<String, String>) -> Json {
    fn walk(json: &mut Json, names: &HashMap<String, String>) {
        match json {
            Json::Array(items) => items.iter_mut().for_each(|item| walk(item, names)),
            Json::Object(object) => object.iter_mut().for_each(|(name, value)| match value {
                Json::String(text) if name == "reference" => {
                    if let Some(known) = names.get(&**text) {
                        *text = known.as_str().into();
                    } else if text.contains('?') {
                        *text = "conditional".into();
                    }
                }
                other => walk(other, names),
            }),
            _ => {}
        }
    }
    let mut json = json.clone();
    let object = json.as_object_mut().unwrap();
    object.remove("id");
    if let Some(meta) = object.get_mut("meta").and_then(Json::as_object_mut) {
        meta.remove("versionId");
        meta.remove("lastUpdated");
        if meta.is_empty() {
            object.remove("meta");
        }
    }
    walk(&mut json, names);
    json
}

#[tokio::test]
async fn all_of_it_loads_and_reads_back() {
    let Some(files) = corpus() else {
        println!("no corpus here");
        return;
    };
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let mut resources = 0;
    let started = std::time::Instant::now();
    let mut checked = 0;
    let mut loading = std::time::Duration::ZERO;
    for (number, file) in files.iter().enumerate() {
        let bytes = unzipped(file);
        let start = std::time::Instant::now();
        let reply = client.send("POST", "", bytes.clone()).await.expect(200);
        loading += start.elapsed();
        let (sent, got) = (parse(&bytes).unwrap(), parse(&reply.bytes).unwrap());
        let entries: Vec<(&Json, &Json)> = sent.list("entry").zip(got.list("entry")).collect();
        assert_eq!(sent.list("entry").len(), got.list("entry").len());
        resources += entries.len();
        let mut names = HashMap::new();
        for (index, (entry, answer)) in entries.iter().enumerate() {
            let status = answer.str_at(&["response", "status"]).unwrap();
            assert!(status.starts_with("20"), "{file:?} entry {index}: {answer}");
            let location = answer.str_at(&["response", "location"]).unwrap();
            let reference = location.split("/_history").next().unwrap().to_owned();
            names.insert(entry.str("fullUrl").unwrap().to_owned(), reference);
        }
        if !number.is_multiple_of(5) {
            continue;
        }
        for (entry, _) in entries.iter().step_by(7) {
            let reference = &names[entry.str("fullUrl").unwrap()];
            let (kind, id) = reference.split_once('/').unwrap();
            let stored =
                ward.house.records.get(ResourceType::parse(kind).unwrap(), id).await.unwrap().unwrap();
            let body = parse(stored.document.body.as_deref().unwrap()).unwrap();
            let expected = essence(entry.get("resource").unwrap(), &names);
            let mut actual = essence(&body, &HashMap::new());
            conditional_marks(&expected, &mut actual);
            assert!(expected.same_as(&actual), "{reference}\n{expected}\n{actual}");
            checked += 1;
        }
    }
    assert!(resources > 18_000 && checked > 300, "{resources} {checked}");
    println!(
        "{resources} resources in {:?} of {:?}: {:.0}/s",
        loading,
        started.elapsed(),
        resources as f64 / loading.as_secs_f64()
    );
    // Once more: the two batches find everything by ifNoneExist.
    let context = ward.context("fhir").await;
    let report = galen_fhir_api::load(&ward.house, &context, &unzipped(&files[0])).await.unwrap();
    assert_eq!((report.created, report.refused.len()), (0, 0), "{report:?}");
}

/// Where a conditional reference was sent, any reference is right.
fn conditional_marks(expected: &Json, actual: &mut Json) {
    match (expected, actual) {
        (Json::String(mark), Json::String(text)) if &**mark == "conditional" => {
            assert!(!text.contains('?'), "a conditional reference was left: {text}");
            *text = "conditional".into();
        }
        (Json::Array(from), Json::Array(to)) => {
            from.iter().zip(to).for_each(|(a, b)| conditional_marks(a, b));
        }
        (Json::Object(from), Json::Object(to)) => {
            for (name, value) in to.iter_mut() {
                if let Some(other) = from.get(name) {
                    conditional_marks(other, value);
                }
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn lines_load_in_one_commit_and_a_bad_one_is_left_out() {
    let ward = Ward::new().await;
    let context = ward.context("fhir").await;
    let lines: Vec<String> = (0..200)
        .map(|n| match n {
            7 => "{\"resourceType\":\"Patient\",\"gender\":\"blue\"}".to_owned(),
            8 => "{\"resourceType\":".to_owned(),
            9 => "{\"resourceType\":\"AuditEvent\",\"id\":\"x\"}".to_owned(),
            10 => "{\"resourceType\":\"Patient\",\"id\":\"p0\"}".to_owned(),
            _ => {
                format!("{{\"resourceType\":\"Patient\",\"id\":\"p{n}\",\"name\":[{{\"family\":\"F{n}\"}}]}}")
            }
        })
        .collect();
    let slices: Vec<&[u8]> = lines.iter().map(String::as_bytes).collect();
    let report = galen_fhir_api::load_lines(&ward.house, &context, &slices).await.unwrap();
    let refused: Vec<usize> = report.refused.iter().map(|r| r.index).collect();
    assert_eq!(refused, [7, 8, 9], "{report:?}");
    assert_eq!((report.created, report.updated), (196, 1));
    ward.as_user("fhir").get("/Patient/p199").await.expect(200);
    assert_eq!(ward.as_user("fhir").get("/Patient/p0").await.json()["meta"]["versionId"], "2");
}

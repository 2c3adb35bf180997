//! Transactions read and refused; pages that are valid bundles.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::json::{Json, parse};
use crate::validate::validate_json;

fn transaction(entries: &str) -> Result<RequestBundle, Vec<crate::Issue>> {
    read(
        parse(format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{entries}]}}"#).as_bytes())
            .unwrap(),
    )
}

#[test]
fn reads_every_kind_of_entry_in_processing_order() {
    let bundle = transaction(
        r#"{"request":{"method":"GET","url":"Patient?name=a%20b&_count=1"}},
        {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=a|b"}},
        {"resource":{"resourceType":"Patient","id":"7"},"request":{"method":"PUT","url":"Patient/7","ifMatch":"W/\"2\""}},
        {"request":{"method":"DELETE","url":"Patient/9"}},
        {"resource":{"resourceType":"Patient"},"request":{"method":"PUT","url":"Patient?identifier=c"}},
        {"request":{"method":"GET","url":"Patient/1/_history/2"}},
        {"resource":{"resourceType":"Parameters"},"request":{"method":"POST","url":"Patient/1/$everything"}}"#,
    )
    .unwrap();
    assert_eq!(bundle.processing_order(), [3, 1, 6, 2, 4, 0, 5]);
    let at = |index: usize| &bundle.entries[index];
    assert_eq!(at(0).target.query[0], ("name".to_owned(), "a b".to_owned()));
    assert_eq!(at(1).if_none_exist.as_ref().unwrap()[0], ("identifier".to_owned(), "a|b".to_owned()));
    assert_eq!(at(2).if_match.as_deref(), Some("W/\"2\""));
    assert_eq!(at(3).target.id.as_deref(), Some("9"));
    assert_eq!(at(5).target.version.as_deref(), Some("2"));
    assert_eq!(at(6).target.operation.as_deref(), Some("everything"));
}

#[test]
fn faults_are_located() {
    let patient = r#""resource":{"resourceType":"Patient","id":"1"}"#;
    for (entries, location) in [
        (r"1".to_owned(), "Bundle.entry[0]"),
        ("{}".to_owned(), "Bundle.entry[0].request"),
        (r#"{"request":{"method":"POKE","url":"Patient"}}"#.to_owned(), "Bundle.entry[0].request.method"),
        (r#"{"request":{"method":"GET"}}"#.to_owned(), "Bundle.entry[0].request.url"),
        (r#"{"request":{"method":"GET","url":"Foo/1"}}"#.to_owned(), "Bundle.entry[0].request.url"),
        (r#"{"request":{"method":"GET","url":"http://x/Patient/1"}}"#.to_owned(), "Bundle.entry[0].request.url"),
        (r#"{"request":{"method":"GET","url":"Patient?a=%zz"}}"#.to_owned(), "Bundle.entry[0].request.url"),
        (r#"{"request":{"method":"POST","url":"Patient"}}"#.to_owned(), "Bundle.entry[0].resource"),
        (format!(r#"{{{patient},"request":{{"method":"POST","url":"Group"}}}}"#), "Bundle.entry[0].request.url"),
        (format!(r#"{{{patient},"request":{{"method":"POST","url":"Patient/1"}}}}"#), "Bundle.entry[0].request.url"),
        (format!(r#"{{{patient},"request":{{"method":"PUT","url":"Patient/2"}}}}"#), "Bundle.entry[0].resource.id"),
        (format!(r#"{{{patient},"request":{{"method":"PUT","url":"Patient"}}}}"#), "Bundle.entry[0].request.url"),
        (r#"{"request":{"method":"DELETE","url":"Patient"}}"#.to_owned(), "Bundle.entry[0].request.url"),
        (
            format!(r#"{{{patient},"request":{{"method":"PUT","url":"Patient/1"}}}},{{"request":{{"method":"DELETE","url":"Patient/1"}}}}"#),
            "Bundle.entry[1].request.url",
        ),
        (
            r#"{"fullUrl":"urn:a","request":{"method":"GET","url":"Patient"}},{"fullUrl":"urn:a","request":{"method":"GET","url":"Group"}}"#.to_owned(),
            "Bundle.entry[1].fullUrl",
        ),
    ] {
        assert_eq!(transaction(&entries).unwrap_err()[0].location, location, "{entries}");
    }
    for other in [r#"{"resourceType":"Patient"}"#, r#"{"resourceType":"Bundle","type":"searchset"}"#, "[]"] {
        assert!(read(parse(other.as_bytes()).unwrap()).is_err());
    }
}

#[test]
fn pages_are_valid_bundles() {
    let links = [
        Link { relation: "self", url: "http://x/Patient?name=\"a\"" },
        Link { relation: "next", url: "http://x/2" },
    ];
    let page =
        Page { id: Some("b1"), timestamp: Some("2020-01-01T00:00:00Z"), total: Some(2), links: &links };
    let patient = br#"{"resourceType":"Patient","id":"1"}"#;
    let entry = SearchEntry { full_url: "http://x/Patient/1", resource: patient, mode: SearchMode::Match };
    let history_entry = HistoryEntry {
        full_url: "http://x/Patient/1",
        resource: None,
        method: "DELETE",
        url: "Patient/1",
        status: "204",
        etag: "W/\"2\"",
        last_modified: "2020-01-01T00:00:00Z",
    };
    let stored = HistoryEntry { resource: Some(patient), method: "PUT", ..history_entry };
    for bytes in [
        searchset(&page, &[entry, SearchEntry { full_url: "http://x/Patient/2", ..entry }]),
        searchset(&Page::default(), &[]),
        history(&page, &[history_entry, stored]),
        response(
            BundleKind::Transaction,
            vec![ResponseEntry {
                status: "201 Created".into(),
                etag: Some("W/\"1\"".into()),
                ..ResponseEntry::default()
            }],
        )
        .to_bytes(),
    ] {
        let bundle = parse(&bytes).unwrap();
        assert_eq!(validate_json(&bundle), [], "{bundle}");
    }
    let bundle = parse(&searchset(&page, &[entry])).unwrap();
    assert_eq!(bundle.str_at(&["link", "0", "url"]), Some("http://x/Patient?name=\"a\""));
    assert_eq!(bundle.list("entry").map(Json::items).len(), 1);
}

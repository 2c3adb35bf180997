//! What is refused before anything runs, and where.

use super::super::View;
use super::{definition, json, names, refused, view};

#[test]
fn a_definition_is_whole_or_refused() {
    let id = r#"{"column":[{"name":"id","path":"id"}]}"#;
    for (text, place) in [
        ("{}".to_owned(), "resource"),
        ("[]".to_owned(), ""),
        (format!(r#"{{"select":[{id}]}}"#), "resource"),
        (format!(r#"{{"resource":7,"select":[{id}]}}"#), "resource"),
        (format!(r#"{{"resource":"Nobody","select":[{id}]}}"#), "resource"),
        (format!(r#"{{"resourceType":"Patient","resource":"Patient","select":[{id}]}}"#), "resourceType"),
        (format!(r#"{{"resource":"Patient","name":"a b","select":[{id}]}}"#), "name"),
        (r#"{"resource":"Patient"}"#.to_owned(), "select"),
        (r#"{"resource":"Patient","select":[]}"#.to_owned(), "select"),
        (r#"{"resource":"Patient","select":{}}"#.to_owned(), "select"),
        (r#"{"resource":"Patient","select":["x"]}"#.to_owned(), "select[0]"),
        (format!(r#"{{"resource":"Patient","select":[{id}],"where":{{}}}}"#), "where"),
        (format!(r#"{{"resource":"Patient","select":[{id}],"where":[{{}}]}}"#), "where[0].path"),
        (
            format!(r#"{{"resource":"Patient","select":[{id}],"where":[{{"path":"name.family"}}]}}"#),
            "where[0].path",
        ),
        (
            format!(r#"{{"resource":"Patient","select":[{id}],"where":[{{"path":"name.count()"}}]}}"#),
            "where[0].path",
        ),
    ] {
        let place =
            if place.is_empty() { "ViewDefinition".to_owned() } else { format!("ViewDefinition.{place}") };
        assert_eq!(refused(&json(&text)).0, place, "{text}");
    }
}

#[test]
fn selects_and_columns_are_refused_at_their_place() {
    for (select, place) in [
        (r#"{"forEach":"@@","column":[{"name":"a","path":"id"}]}"#, "forEach"),
        (r#"{"forEach":1,"column":[{"name":"a","path":"id"}]}"#, "forEach"),
        (r#"{"forEachOrNull":"name.nothing(","column":[{"name":"a","path":"id"}]}"#, "forEachOrNull"),
        (r#"{"repeat":"name","column":[{"name":"a","path":"id"}]}"#, "repeat"),
        (r#"{"repeat":[],"column":[{"name":"a","path":"id"}]}"#, "repeat"),
        (r#"{"repeat":["name",7],"column":[{"name":"a","path":"id"}]}"#, "repeat[1]"),
        (r#"{"forEach":"name","forEachOrNull":"name","column":[{"name":"a","path":"family"}]}"#, ""),
        (r#"{"forEach":"name","repeat":["name"],"column":[{"name":"a","path":"family"}]}"#, ""),
        (r#"{"forEach":"name"}"#, ""),
        (r#"{"column":{}}"#, "column"),
        (r#"{"column":["x"]}"#, "column[0]"),
        (r#"{"column":[{"path":"id"}]}"#, "column[0].name"),
        (r#"{"column":[{"name":"a"}]}"#, "column[0].path"),
        (r#"{"column":[{"name":"a","path":""}]}"#, "column[0].path"),
        (r#"{"column":[{"name":"a","path":"nothing()"}]}"#, "column[0].path"),
        (r#"{"column":[{"name":"_a","path":"id"}]}"#, "column[0].name"),
        (r#"{"column":[{"name":"a-b","path":"id"}]}"#, "column[0].name"),
        (r#"{"column":[{"name":"ä","path":"id"}]}"#, "column[0].name"),
        (r#"{"column":[{"name":"a","path":"id","collection":"yes"}]}"#, "column[0].collection"),
        (r#"{"column":[{"name":"a","path":"id","type":"Nothing"}]}"#, "column[0].type"),
        (r#"{"column":[{"name":"a","path":"id","type":7}]}"#, "column[0].type"),
        (r#"{"column":[{"name":"a","path":"id","tag":[{"name":"x"}]}]}"#, "column[0].tag[0].value"),
        (r#"{"column":[{"name":"a","path":"id"},{"name":"a","path":"active"}]}"#, "column[1].name"),
        (
            r#"{"column":[{"name":"a","path":"id"}],"select":[{"column":[{"name":"a","path":"id"}]}]}"#,
            "select[0].column[0].name",
        ),
        (
            r#"{"column":[{"name":"a","path":"id"}],"unionAll":[{"column":[{"name":"a","path":"id"}]}]}"#,
            "unionAll[0].column[0].name",
        ),
        (r#"{"select":[{"column":[{"name":"a","path":"%nothing"}]}]}"#, "select[0].column[0].path"),
    ] {
        let place = if place.is_empty() { String::new() } else { format!(".{place}") };
        let found = refused(&definition("Patient", &format!(r#""select":[{select}]"#)));
        assert_eq!(found.0, format!("ViewDefinition.select[0]{place}"), "{select}: {}", found.1);
    }
}

#[test]
fn every_fault_is_told_at_once() {
    let select = r#""select":[{"column":[{"name":"1","path":"id"},{"name":"b","path":"("},{"name":"c"}]}],"where":[{}]"#;
    let issues = View::read(&definition("Patient", select)).unwrap_err();
    assert_eq!(issues.len(), 4, "{issues:?}");
}

#[test]
fn branches_of_a_union_have_the_same_columns() {
    let column = |name: &str, more: &str| format!(r#"{{"name":"{name}","path":"id"{more}}}"#);
    let branch = |columns: &[String]| format!(r#"{{"column":[{}]}}"#, columns.join(","));
    let (a, b) = (column("a", ""), column("b", ""));
    for (other, place) in [
        (branch(&[a.clone(), column("c", "")]), ""),
        (branch(&[b.clone(), a.clone()]), ""),
        (branch(std::slice::from_ref(&a)), ""),
        (branch(&[a.clone(), b.clone(), column("c", "")]), ""),
        (branch(&[a.clone(), column("b", r#","collection":true"#)]), ".column[1]"),
        (branch(&[a.clone(), r#"{"name":"b","path":"active"}"#.to_owned()]), ".column[1]"),
    ] {
        let union = format!(r#""select":[{{"unionAll":[{},{other}]}}]"#, branch(&[a.clone(), b.clone()]));
        let found = refused(&definition("Patient", &union));
        assert_eq!(found.0, format!("ViewDefinition.select[0].unionAll[1]{place}"), "{other}");
    }
    let good = format!(r#""select":[{{"unionAll":[{0},{0}]}}]"#, branch(&[a, b]));
    assert_eq!(names(&view("Patient", &good)), ["a", "b"]);
}

#[test]
fn what_is_known_of_columns_is_kept() {
    let view = view(
        "Patient",
        r#""name":"people","select":[{"column":[{"name":"born","path":"birthDate","type":"date","description":"when",
            "tag":[{"name":"ansi/type","value":"DATE"}]}]}]"#,
    );
    assert_eq!((view.name(), view.resource_type().name()), (Some("people"), "Patient"));
    let column = &view.columns()[0];
    assert_eq!((column.fhir_type.as_deref(), column.description.as_deref()), (Some("date"), Some("when")));
    assert_eq!((&*column.tags[0].name, &*column.tags[0].value), ("ansi/type", "DATE"));
    assert!(view.warnings().is_empty());
}

#[test]
fn what_is_probably_misspelt_is_doubted() {
    let places = |members: &str| {
        let view = view("Patient", members);
        view.warnings().iter().map(|issue| issue.location.clone()).collect::<Vec<_>>()
    };
    let id = r#"{"name":"id","path":"id"}"#;
    assert_eq!(places(&format!(r#""selct":[],"select":[{{"column":[{id}]}}]"#)), ["ViewDefinition.selct"]);
    assert_eq!(
        places(&format!(r#""select":[{{"forEachOrNul":"name","column":[{id}]}}]"#)),
        ["ViewDefinition.select[0].forEachOrNul"]
    );
    assert_eq!(
        places(r#""select":[{"column":[{"name":"id","path":"id","tags":[],"_path":{}}]}]"#),
        ["ViewDefinition.select[0].column[0].tags"]
    );
    assert_eq!(
        places(
            r#""select":[{"column":[{"name":"a","path":"name.familiy"}]},{"forEach":"nam","column":[{"name":"b","path":"x"}]}]"#
        ),
        ["ViewDefinition.select[0].column[0].path", "ViewDefinition.select[1].forEach"]
    );
    assert_eq!(
        places(
            r#""url":"u","version":"1","title":"t","fhirVersion":["4.0.1"],"extension":[],"select":[{"id":"x","forEach":"contact",
            "column":[{"name":"a","path":"name.family"},{"name":"b","path":"relationship.coding.code.first()"}]}]"#
        ),
        [""; 0]
    );
}

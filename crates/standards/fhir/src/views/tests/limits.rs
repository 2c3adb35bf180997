//! Limits: of definitions before anything runs, and of what one resource may cost.

use super::super::{CELLS_MAX, COLUMNS_MAX, NESTING_MAX, REPEAT_DEPTH_MAX, ROWS_MAX, SELECTS_MAX, View};
use super::{columns, definition, json, refused, view};
use crate::issue::IssueCode;

#[test]
fn definitions_have_limits() {
    let columns = |count: usize| {
        let all: Vec<String> = (0..count).map(|n| format!(r#"{{"name":"c{n}","path":"id"}}"#)).collect();
        definition("Patient", &format!(r#""select":[{{"column":[{}]}}]"#, all.join(",")))
    };
    assert!(View::read(&columns(COLUMNS_MAX)).is_ok());
    assert_eq!(refused(&columns(COLUMNS_MAX + 1)).0, "ViewDefinition.select[0].column");
    let select = r#"{"column":[{"name":"v","path":"id"}]}"#;
    let branches = vec![select; SELECTS_MAX].join(",");
    let (place, _) = refused(&definition("Patient", &format!(r#""select":[{{"unionAll":[{branches}]}}]"#)));
    assert_eq!(place, format!("ViewDefinition.select[0].unionAll[{}]", SELECTS_MAX - 1));
    let deep = |depth: usize| {
        let nested = (0..depth).fold(select.to_owned(), |inner, _| format!(r#"{{"select":[{inner}]}}"#));
        View::read(&definition("Patient", &format!(r#""select":[{nested}]"#)))
    };
    assert!(deep(NESTING_MAX).is_ok());
    assert!(deep(NESTING_MAX + 1).is_err());
}

#[test]
fn one_resource_has_limits() {
    let names = |count: usize| {
        let all = vec![r#"{"family":"A"}"#; count].join(",");
        json(&format!(r#"{{"resourceType":"Patient","id":"p","name":[{all}]}}"#))
    };
    let each = |name: &str| format!(r#"{{"forEach":"name","column":[{{"name":"{name}","path":"family"}}]}}"#);
    let product = view("Patient", &format!(r#""select":[{},{}]"#, each("a"), each("b")));
    assert_eq!(product.run(&names(100), None).unwrap().len(), 10_000);
    let issue = product.run(&names(300), None).unwrap_err();
    assert_eq!(issue.code, IssueCode::TooCostly);
    assert!(issue.message.contains(&ROWS_MAX.to_string()));
    let many: Vec<String> = (0..500).map(|n| format!(r#"{{"name":"c{n}","path":"'x'"}}"#)).collect();
    let wide = view("Patient", &format!(r#""select":[{{"forEach":"name","column":[{}]}}]"#, many.join(",")));
    let issue = wide.run(&names(CELLS_MAX / 500 + 1), None).unwrap_err();
    assert!(issue.message.contains(&CELLS_MAX.to_string()), "{issue:?}");
    let steps =
        columns("Patient", &[("v", "name.select(%resource.name.where(family = 'B').count()).count()")]);
    let lasting = view(
        "Patient",
        r#""select":[{"forEach":"name","column":[{"name":"v","path":"%resource.name.where(family = 'B' or given = 'x').count()"}]}]"#,
    );
    assert_eq!(steps.run(&names(10), None).unwrap().len(), 1);
    assert_eq!(lasting.run(&names(3_000), None).unwrap_err().code, IssueCode::TooCostly);
}

#[test]
fn repeat_ends_even_where_it_finds_itself() {
    let view = view("Patient", r#""select":[{"repeat":["$this"],"column":[{"name":"id","path":"id"}]}]"#);
    let issue = view.run(&json(r#"{"resourceType":"Patient"}"#), None).unwrap_err();
    assert_eq!((issue.code, &*issue.location), (IssueCode::TooCostly, "ViewDefinition.select[0].repeat[0]"));
    assert!(issue.message.contains(&REPEAT_DEPTH_MAX.to_string()));
}

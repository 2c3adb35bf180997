//! What paths come to: the functions that every view runner has, keys, boundaries, and the kinds of cells.

use super::super::{Cell, ColumnKind};
use super::{columns, definition, failed, json, refused, rows, view};

/// The one cell of a path on a resource, as JSON.
fn of(path: &str, resource: &str) -> String {
    let kind = resource.split('"').nth(3).unwrap();
    let view = columns(kind, &[("v", path)]);
    assert!(view.warnings().is_empty(), "{path}: {:?}", view.warnings());
    let found = rows(&view, &[resource]);
    assert_eq!(found.len(), 1);
    found[0].strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap().to_owned()
}

const PERSON: &str = r#"{"resourceType":"Patient","id":"p1","active":true,"birthDate":"1970-06",
    "managingOrganization":{"reference":"Organization/o1"},
    "generalPractitioner":[{"reference":"http://other.example/fhir/Practitioner/d1"},{"display":"somebody"}],
    "name":[{"use":"official","family":"f1","given":["g1","g2"]},{"family":"f2","given":["g3"]}],
    "link":[{"type":"seealso","other":{"reference":"Patient/p1"}}],
    "extension":[{"url":"urn:sex","valueCode":"F"},{"url":"urn:race","extension":[{"url":"part","valueCoding":{"code":"c"}}]}]}"#;

#[test]
fn the_functions_of_every_view_runner() {
    for (path, wanted) in [
        ("name.family.first()", r#""f1""#),
        ("name.first().given.first()", r#""g1""#),
        ("name[1].family", r#""f2""#),
        ("name[2].family", "null"),
        ("name.where(use = 'official').family", r#""f1""#),
        ("name.exists()", "true"),
        ("name.exists(use = 'old')", "false"),
        ("photo.empty()", "true"),
        ("name.empty()", "false"),
        ("name.given.join(', ')", r#""g1, g2, g3""#),
        ("name.given.join('')", r#""g1g2g3""#),
        ("name.given.join()", r#""g1g2g3""#),
        ("extension('urn:sex').value.ofType(code).first()", r#""F""#),
        ("extension('urn:race').extension('part').value.ofType(Coding).code.first()", r#""c""#),
        ("extension('urn:none').value.ofType(code)", "null"),
        ("'text'", r#""text""#),
        ("7", "7"),
        ("1.50", "1.50"),
        ("active and name.exists()", "true"),
        ("active.not() or photo.exists()", "false"),
        ("(2 + 3) * 4 - 10 / 4", "17.5"),
        ("3 > 2 and 3 >= 3 and 2 < 3 and 2 <= 2 and 1 != 2", "true"),
        ("managingOrganization.resolve() is Organization", "true"),
    ] {
        assert_eq!(of(path, PERSON), wanted, "{path}");
    }
}

#[test]
fn keys_are_equal_on_both_sides_of_a_reference() {
    for (path, wanted) in [
        ("getResourceKey()", r#""Patient/p1""#),
        ("getResourceKey() = link.other.getReferenceKey()", "true"),
        ("getResourceKey() = link.other.getReferenceKey(Patient)", "true"),
        ("getResourceKey() = link.other.getReferenceKey('Patient')", "true"),
        ("getResourceKey() = link.other.getReferenceKey(Observation)", "null"),
        ("managingOrganization.getReferenceKey()", r#""Organization/o1""#),
        ("managingOrganization.getReferenceKey(Encounter)", "null"),
        ("generalPractitioner.getReferenceKey(Practitioner)", r#""Practitioner/d1""#),
    ] {
        assert_eq!(of(path, PERSON), wanted, "{path}");
    }
    let (place, _) = refused(&definition(
        "Patient",
        r#""select":[{"column":[{"name":"v","path":"managingOrganization.getReferenceKey(Patient, Group)"}]}]"#,
    ));
    assert_eq!(place, "ViewDefinition.select[0].column[0].path");
}

#[test]
fn boundaries_of_what_is_not_exact() {
    let observation = |value: &str| format!(r#"{{"resourceType":"Observation","id":"o",{value}}}"#);
    for (path, resource, wanted) in [
        ("birthDate.lowBoundary()", PERSON.to_owned(), r#""1970-06-01""#),
        ("birthDate.highBoundary()", PERSON.to_owned(), r#""1970-06-30""#),
        (
            "value.ofType(dateTime).lowBoundary()",
            observation(r#""valueDateTime":"2010-10-10""#),
            r#""2010-10-10T00:00:00.000+14:00""#,
        ),
        (
            "value.ofType(dateTime).highBoundary()",
            observation(r#""valueDateTime":"2010-10-10""#),
            r#""2010-10-10T23:59:59.999-12:00""#,
        ),
        ("value.ofType(time).lowBoundary()", observation(r#""valueTime":"12:34""#), r#""12:34:00.000""#),
        ("value.ofType(time).highBoundary()", observation(r#""valueTime":"12:34""#), r#""12:34:59.999""#),
        ("value.ofType(dateTime).lowBoundary()", observation(r#""valueString":"x""#), "null"),
    ] {
        assert_eq!(of(path, &resource), wanted, "{path}");
    }
    let decimal = observation(r#""valueQuantity":{"value":1.0}"#);
    for (path, wanted) in [("lowBoundary", "0.95"), ("highBoundary", "1.05")] {
        let found = of(&format!("value.ofType(Quantity).value.{path}()"), &decimal);
        assert_eq!(found.trim_end_matches('0'), wanted);
    }
}

#[test]
fn a_choice_is_taken_by_its_type() {
    let both =
        columns("Observation", &[("text", "value.ofType(string)"), ("number", "value.ofType(integer)")]);
    let resources = [
        r#"{"resourceType":"Observation","valueString":"foo"}"#,
        r#"{"resourceType":"Observation","valueInteger":42}"#,
        r#"{"resourceType":"Observation"}"#,
    ];
    assert_eq!(rows(&both, &resources), [r#"["foo",null]"#, "[null,42]", "[null,null]"]);
    for path in ["value.ofType(Invalid)", "value.ofType(42)"] {
        let select = format!(r#""select":[{{"column":[{{"name":"v","path":"{path}"}}]}}]"#);
        assert_eq!(refused(&definition("Observation", &select)).0, "ViewDefinition.select[0].column[0].path");
    }
}

#[test]
fn numbers_keep_their_exact_text() {
    let resource = r#"{"resourceType":"Observation","valueQuantity":{"value":5.40}}"#;
    let view = columns("Observation", &[("v", "value.ofType(Quantity).value")]);
    assert_eq!(view.run(&json(resource), None).unwrap(), [[Cell::Decimal("5.40".into())]]);
}

#[test]
fn the_kind_of_a_column_is_said_or_follows_from_its_path() {
    use ColumnKind::{Any, Boolean, Decimal, Integer, Text};
    let kinds = |kind: &str, paths: &[(&str, &str)]| {
        columns(kind, paths)
            .columns()
            .iter()
            .map(|column| (column.kind, column.fhir_type.clone()))
            .collect::<Vec<_>>()
    };
    let found = kinds(
        "Observation",
        &[
            ("a", "id"),
            ("b", "subject.reference"),
            ("c", "value.ofType(integer)"),
            ("d", "value.ofType(Quantity).value"),
            ("e", "component.exists()"),
            ("f", "getResourceKey()"),
            ("g", "%rowIndex"),
            ("h", "status | issued"),
            ("i", "effective.toString().length() + 1"),
            ("j", "component.count()"),
        ],
    );
    let kinds: Vec<ColumnKind> = found.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [Text, Text, Integer, Decimal, Boolean, Text, Integer, Text, Any, Integer]);
    assert_eq!(found[0].1.as_deref(), Some("id"));
    assert_eq!(found[3].1.as_deref(), Some("decimal"));
    for (given, kind) in [
        ("string", Text),
        ("http://hl7.org/fhir/StructureDefinition/dateTime", Text),
        ("http://hl7.org/fhirpath/System.Boolean", Boolean),
        ("System.Decimal", Decimal),
        ("integer64", Integer),
        ("Observation.referenceRange", ColumnKind::Complex),
        ("CodeableConcept", ColumnKind::Complex),
    ] {
        let members =
            format!(r#""select":[{{"column":[{{"name":"v","path":"%resource.foo","type":"{given}"}}]}}]"#);
        assert_eq!(view("Observation", &members).columns()[0].kind, kind, "{given}");
    }
}

#[test]
fn cells_must_be_of_the_kind_of_their_column() {
    let with = |kind: &str, path: &str| {
        let members = format!(r#""select":[{{"column":[{{"name":"v","path":"{path}","type":"{kind}"}}]}}]"#);
        definition("Observation", &members)
    };
    let place = "ViewDefinition.select[0].column[0].type";
    for (kind, path) in [
        ("boolean", "status"),
        ("integer", "value.ofType(Quantity).value"),
        ("string", "code"),
        ("Coding", "status"),
    ] {
        assert_eq!(refused(&with(kind, path)).0, place, "{kind} {path}");
    }
    // What the path may yield is not known before.
    let lax = super::View::read(&with("integer", "value")).unwrap();
    assert_eq!(rows(&lax, &[r#"{"resourceType":"Observation","valueInteger":3}"#]), ["[3]"]);
    let (at, message) = failed(&lax, r#"{"resourceType":"Observation","valueString":"secret"}"#);
    assert_eq!(at, "ViewDefinition.select[0].column[0].path");
    assert!(!message.contains("secret"));
    let widened = super::View::read(&with("decimal", "value.ofType(integer)")).unwrap();
    assert_eq!(
        widened.run(&json(r#"{"resourceType":"Observation","valueInteger":3}"#), None).unwrap(),
        [[Cell::Decimal("3".into())]]
    );
}

#[test]
fn a_complex_value_needs_a_type() {
    let select = |more: &str| format!(r#""select":[{{"column":[{{"name":"v","path":"code"{more}}}]}}]"#);
    let resource = r#"{"resourceType":"Observation","code":{"text":"t"}}"#;
    assert_eq!(
        rows(&view("Observation", &select(r#","type":"CodeableConcept""#)), &[resource]),
        [r#"[{"text":"t"}]"#]
    );
    assert_eq!(refused(&definition("Observation", &select(""))).0, "ViewDefinition.select[0].column[0].type");
    let lax = columns("Observation", &[("v", "value")]);
    let (_, message) = failed(&lax, r#"{"resourceType":"Observation","valueQuantity":{"value":1}}"#);
    assert!(message.contains("complex"));
    let quantity =
        view("Patient", r#""select":[{"column":[{"name":"v","path":"5 'mg'","type":"Quantity"}]}]"#);
    assert_eq!(rows(&quantity, &[r#"{"resourceType":"Patient"}"#]), [r#"[{"value":5,"code":"mg"}]"#]);
}

#[test]
fn a_primitive_of_extensions_alone_has_no_value() {
    let resource = r#"{"resourceType":"Patient","_birthDate":{"extension":[{"url":"u","valueCode":"x"}]},
        "name":[{"given":[null,"b"],"_given":[{"id":"1"},null]}]}"#;
    let view = view(
        "Patient",
        r#""select":[{"column":[{"name":"born","path":"birthDate"},{"name":"given","path":"name.given","collection":true},
            {"name":"one","path":"name.given"}]}]"#,
    );
    assert_eq!(rows(&view, &[resource]), [r#"[null,["b"],"b"]"#]);
}

#[test]
fn the_time_is_an_argument() {
    let view = columns("Patient", &[("v", "now() > @2020-01-01T00:00:00Z")]);
    let patient = json(r#"{"resourceType":"Patient"}"#);
    assert_eq!(view.run(&patient, Some(1_700_000_000_000_000)).unwrap(), [[Cell::Boolean(true)]]);
    assert_eq!(view.run(&patient, None).unwrap(), [[Cell::Null]]);
}

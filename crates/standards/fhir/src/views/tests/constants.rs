//! Constants of every type, wherever expressions are.

use super::{definition, refused, rows, view};

const PERSON: &str = r#"{"resourceType":"Patient","id":"1","birthDate":"1980-02-03","deceasedBoolean":true,"gender":"male",
    "multipleBirthInteger":2,"name":[{"use":"usual","family":"A"},{"use":"official","family":"B"}]}"#;

/// Whether `path` with a constant `%c` of this value is true of the resource.
fn is_true(value: &str, path: &str, resource: &str) -> bool {
    let kind = resource.split('"').nth(3).unwrap();
    let members = format!(
        r#""constant":[{{"name":"c",{value}}}],"select":[{{"column":[{{"name":"met","path":"{path}","type":"boolean"}}]}}]"#
    );
    rows(&view(kind, &members), &[resource]) == ["[true]"]
}

#[test]
fn constants_of_every_type_compare_as_their_type() {
    let task = |value: &str| {
        format!(r#"{{"resourceType":"Task","id":"t","output":[{{"type":{{"text":"x"}},{value}}}]}}"#)
    };
    let observation = |value: &str| format!(r#"{{"resourceType":"Observation","id":"o",{value}}}"#);
    let device = r#"{"resourceType":"Device","id":"d","udiCarrier":[{"carrierAIDC":"aGk="}]}"#;
    let study = r#"{"resourceType":"ImagingStudy","id":"i","numberOfSeries":9}"#;
    let claim = r#"{"resourceType":"ClaimResponse","id":"c","item":[{"itemSequence":1}]}"#;
    let measure = r#"{"resourceType":"Measure","id":"m","url":"urn:uuid:1","library":["urn:l"]}"#;
    let out = "output.first().value";
    for (value, path, resource) in [
        (r#""valueBase64Binary":"aGk=""#, "udiCarrier.first().carrierAIDC = %c", device),
        (r#""valueBoolean":true"#, "deceased.ofType(boolean) = %c", PERSON),
        (r#""valueCanonical":"urn:l""#, "library = %c", measure),
        (r#""valueCode":"male""#, "gender = %c", PERSON),
        (r#""valueDate":"1980-02-03""#, "birthDate = %c", PERSON),
        (
            r#""valueDateTime":"2020-01-02""#,
            "value.ofType(dateTime) = %c",
            &observation(r#""valueDateTime":"2020-01-02""#),
        ),
        (
            r#""valueDecimal":1.2"#,
            "value.ofType(Quantity).value < %c",
            &observation(r#""valueQuantity":{"value":1.1}"#),
        ),
        (r#""valueId":"a1""#, &format!("{out}.ofType(id) = %c"), &task(r#""valueId":"a1""#)),
        (
            r#""valueInstant":"2015-02-07T13:28:17.239+02:00""#,
            "effective.ofType(instant) = %c",
            &observation(r#""effectiveInstant":"2015-02-07T11:28:17.239Z""#),
        ),
        (r#""valueInteger":2"#, "multipleBirth.ofType(integer) = %c", PERSON),
        (r#""valueInteger64":2"#, "multipleBirth.ofType(integer) = %c", PERSON),
        (r#""valueMarkdown":"B""#, "name.last().family = %c", PERSON),
        (
            r#""valueOid":"urn:oid:1.2""#,
            &format!("{out}.ofType(oid) = %c"),
            &task(r#""valueOid":"urn:oid:1.2""#),
        ),
        (r#""valuePositiveInt":1"#, "item.first().itemSequence = %c", claim),
        (r#""valueString":"official""#, "name.where(use = %c).family = 'B'", PERSON),
        (r#""valueTime":"18:12:00""#, "value.ofType(time) = %c", &observation(r#""valueTime":"18:12:00""#)),
        (r#""valueUnsignedInt":9"#, "numberOfSeries = %c", study),
        (r#""valueUri":"urn:uuid:1""#, "url = %c", measure),
        (
            r#""valueUrl":"http://a.example""#,
            &format!("{out}.ofType(url) = %c"),
            &task(r#""valueUrl":"http://a.example""#),
        ),
        (
            r#""valueUuid":"urn:uuid:2""#,
            &format!("{out}.ofType(uuid) = %c"),
            &task(r#""valueUuid":"urn:uuid:2""#),
        ),
    ] {
        assert!(is_true(value, path, resource), "{value} in {path}");
    }
    assert!(!is_true(r#""valueDate":"1980-02-04""#, "birthDate = %c", PERSON));
}

#[test]
fn constants_are_known_in_every_expression() {
    let constants =
        r#""constant":[{"name":"use","valueString":"official"},{"name":"place","valueInteger":1}]"#;
    let run = |members: &str| rows(&view("Patient", &format!("{constants},{members}")), &[PERSON]);
    let column = |path: &str| format!(r#""column":[{{"name":"v","path":"{path}"}}]"#);
    assert_eq!(run(&format!(r#""select":[{{{}}}]"#, column("name.where(use = %use).family"))), [r#"["B"]"#]);
    assert_eq!(run(&format!(r#""select":[{{{}}}]"#, column("name[%place].family"))), [r#"["B"]"#]);
    for each in ["forEach", "forEachOrNull"] {
        let select = format!(r#""select":[{{"{each}":"name.where(use = %use)",{}}}]"#, column("family"));
        assert_eq!(run(&select), [r#"["B"]"#]);
    }
    let repeat = format!(r#""select":[{{"repeat":["name.where(use = %use)"],{}}}]"#, column("family"));
    assert_eq!(run(&repeat), [r#"["B"]"#]);
    let union = format!(
        r#""select":[{{"unionAll":[{{"forEach":"name.where(use = %use)",{0}}},{{{1}}}]}}]"#,
        column("family"),
        column("gender")
    );
    assert_eq!(run(&union), [r#"["B"]"#, r#"["male"]"#]);
    let condition =
        format!(r#""select":[{{{}}}],"where":[{{"path":"name.where(use = %use).exists()"}}]"#, column("id"));
    assert_eq!(run(&condition), [r#"["1"]"#]);
}

#[test]
fn constants_that_are_none_are_refused() {
    let with = |constants: &str| {
        let select = r#""select":[{"column":[{"name":"id","path":"id"}]}]"#;
        refused(&definition("Patient", &format!(r#""constant":{constants},{select}"#)))
    };
    for (constants, place) in [
        (r#"[{"name":"c"}]"#, "constant[0].value"),
        (r#"[{"name":"c","valueString":"a","valueCode":"b"}]"#, "constant[0].value"),
        (r#"[{"name":"c","valueQuantity":{"value":1}}]"#, "constant[0].value"),
        (r#"[{"name":"c","valueInteger":true}]"#, "constant[0].valueInteger"),
        (r#"[{"name":"c","valueInteger":1.5}]"#, "constant[0].valueInteger"),
        (r#"[{"name":"c","valuePositiveInt":0}]"#, "constant[0].valuePositiveInt"),
        (r#"[{"name":"c","valueUnsignedInt":-1}]"#, "constant[0].valueUnsignedInt"),
        (r#"[{"name":"c","valueDate":"x"}]"#, "constant[0].valueDate"),
        (r#"[{"name":"c","valueBoolean":"true"}]"#, "constant[0].valueBoolean"),
        (r#"[{"name":"c","valueString":1}]"#, "constant[0].valueString"),
        (r#"[{"name":"1c","valueString":"a"}]"#, "constant[0].name"),
        (r#"[{"valueString":"a"}]"#, "constant[0].name"),
        (r#"[{"name":"c","valueString":"a"},{"name":"c","valueString":"b"}]"#, "constant[1].name"),
        (r#"[{"name":"resource","valueString":"a"}]"#, "constant[0].name"),
        (r#"[{"name":"rowIndex","valueInteger":1}]"#, "constant[0].name"),
        ("[7]", "constant[0]"),
        ("{}", "constant"),
    ] {
        assert_eq!(with(constants).0, format!("ViewDefinition.{place}"), "{constants}");
    }
}

#[test]
fn a_constant_that_there_is_not_is_found_before_anything_runs() {
    let select =
        r#""select":[{"forEach":"name.where(use = %wrong)","column":[{"name":"v","path":"family"}]}]"#;
    let (place, message) = refused(&definition("Patient", select));
    assert_eq!(place, "ViewDefinition.select[0].forEach");
    assert!(message.contains("%wrong"), "{message}");
    // What FHIR or the expression itself defines is there.
    let own = r#""select":[{"column":[{"name":"v","path":"defineVariable('x', id).select(%x & %resource.id & %ucum)"}]}]"#;
    assert_eq!(rows(&view("Patient", own), &[PERSON]), [r#"["11http://unitsofmeasure.org"]"#]);
}

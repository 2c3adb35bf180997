//! Bad resources, one fault each: what is said and where.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use proptest::prelude::*;

use super::*;
use crate::definitions::Primitive;
use crate::issue::IssueCode;
use crate::json::parse;

/// The issues of a resource as (code, location).
fn found(text: &str) -> Vec<(&'static str, String)> {
    let json = parse(text.as_bytes()).unwrap();
    validate_json(&json).into_iter().map(|issue| (issue.code.code(), issue.location)).collect()
}

fn one(text: &str, code: &str, location: &str) {
    let issues = found(text);
    assert!(issues.iter().any(|issue| issue.0 == code && issue.1 == location), "{text}\n{issues:?}");
}

#[test]
fn faults_of_structure() {
    for (members, code, location) in [
        (r#""nme":[]"#, "structure", "Patient.nme"),
        (r#""name":{"family":"x"}"#, "structure", "Patient.name"),
        (r#""name":[]"#, "structure", "Patient.name"),
        (r#""name":[{}]"#, "structure", "Patient.name[0]"),
        (r#""name":[null]"#, "structure", "Patient.name[0]"),
        (r#""name":["x"]"#, "structure", "Patient.name[0]"),
        (r#""name":[{"family":["x"]}]"#, "structure", "Patient.name[0].family"),
        (r#""name":[{"id":"x"}]"#, "structure", "Patient.name[0]"),
        (r#""birthDate":null"#, "value", "Patient.birthDate"),
        (r#""active":"true""#, "value", "Patient.active"),
        (r#""active":[true]"#, "structure", "Patient.active"),
        (r#""deceasedBoolean":true,"deceasedDateTime":"2020""#, "structure", "Patient.deceasedDateTime"),
        (
            r#""_deceasedBoolean":{"id":"a"},"deceasedDateTime":"2020""#,
            "structure",
            "Patient.deceasedDateTime",
        ),
        (r#""deceasedString":"x""#, "structure", "Patient.deceasedString"),
        (r#""link":[{"type":"seealso"}]"#, "required", "Patient.link[0].other"),
        (r#""communication":[{"preferred":true}]"#, "required", "Patient.communication[0].language"),
        (r#""gender":"m""#, "code-invalid", "Patient.gender"),
        (r#""gender":1"#, "value", "Patient.gender"),
        (r#""id":"a b""#, "value", "Patient.id"),
        (r#""birthDate":"2020-02-30""#, "value", "Patient.birthDate"),
        (r#""multipleBirthInteger":1.5"#, "value", "Patient.multipleBirthInteger"),
        (r#""multipleBirthInteger":2147483648"#, "value", "Patient.multipleBirthInteger"),
        (r#""name":[{"family":""}]"#, "value", "Patient.name[0].family"),
        (r#""text":{"status":"generated","div":"x"}"#, "value", "Patient.text.div"),
        (r#""text":{"status":"generated"}"#, "required", "Patient.text.div"),
        (
            r#""managingOrganization":{"reference":"Patient/1"}"#,
            "value",
            "Patient.managingOrganization.reference",
        ),
        (r#""managingOrganization":{"reference":"foo"}"#, "value", "Patient.managingOrganization.reference"),
        (
            r##""managingOrganization":{"reference":"#o"}"##,
            "not-found",
            "Patient.managingOrganization.reference",
        ),
        (
            r#""managingOrganization":{"reference":"Organization/1","type":"Location"}"#,
            "value",
            "Patient.managingOrganization",
        ),
        (r#""contained":[{"id":"a"}]"#, "required", "Patient.contained[0].resourceType"),
        (r#""contained":[{"resourceType":"Foo"}]"#, "structure", "Patient.contained[0].resourceType"),
        (
            r#""contained":[{"resourceType":"Patient","contained":[{"resourceType":"Patient"}]}]"#,
            "invariant",
            "Patient.contained[0].contained",
        ),
        (r#""contact":[{"gender":"m"}]"#, "code-invalid", "Patient.contact[0].gender"),
        (
            r#""name":[{"resourceType":"HumanName","family":"x"}]"#,
            "structure",
            "Patient.name[0].resourceType",
        ),
        (r#""fhir_comments":["x"]"#, "structure", "Patient.fhir_comments"),
    ] {
        one(&format!("{{\"resourceType\":\"Patient\",{members}}}"), code, location);
    }
}

#[test]
fn faults_of_extensions() {
    for (members, code, location) in [
        (r#""extension":[{"valueString":"x"}]"#, "required", "Patient.extension[0].url"),
        (r#""extension":[{"url":"u"}]"#, "extension", "Patient.extension[0]"),
        (
            r#""extension":[{"url":"u","valueString":"x","extension":[{"url":"v","valueBoolean":true}]}]"#,
            "extension",
            "Patient.extension[0]",
        ),
        (r#""extension":[{"url":"u","valueCode":" x"}]"#, "value", "Patient.extension[0].valueCode"),
        (r#""extension":[{"url":"u","valuePatient":"x"}]"#, "structure", "Patient.extension[0].valuePatient"),
        (r#""_birthDate":"x""#, "structure", "Patient.birthDate"),
        (r#""_birthDate":{}"#, "structure", "Patient.birthDate"),
        (r#""_birthDate":{"value":"x"}"#, "structure", "Patient.birthDate.value"),
        (r#""_name":[{"id":"x"}]"#, "structure", "Patient.name"),
        (r#""name":[{"given":["a",null]}]"#, "value", "Patient.name[0].given[1]"),
        (r#""name":[{"given":["a",null],"_given":[null,null]}]"#, "value", "Patient.name[0].given[1]"),
        (r#""name":[{"given":["a"],"_given":[null,{"id":"x"}]}]"#, "structure", "Patient.name[0].given"),
        (r#""name":[{"_given":[null]}]"#, "structure", "Patient.name[0].given[0]"),
    ] {
        one(&format!("{{\"resourceType\":\"Patient\",{members}}}"), code, location);
    }
}

#[test]
fn fine_ones_pass() {
    for text in [
        r#"{"resourceType":"Patient"}"#,
        r#"{"resourceType":"Patient","_birthDate":{"extension":[{"url":"u","valueString":"x"}]}}"#,
        r#"{"resourceType":"Patient","birthDate":"1970","_birthDate":{"id":"x"}}"#,
        r#"{"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"extension":[{"url":"u","valueCode":"unknown"}]}]}]}"#,
        r#"{"resourceType":"Patient","modifierExtension":[{"url":"u","extension":[{"url":"v","valueDecimal":1.10}]}]}"#,
        r##"{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"O"}],"managingOrganization":{"reference":"#o"}}"##,
        r#"{"resourceType":"Patient","managingOrganization":{"reference":"urn:uuid:6a1e5b5c-2c2f-4d0e-9a35-6b3d1b3a7a11"}}"#,
        r#"{"resourceType":"Patient","managingOrganization":{"reference":"Organization?identifier=a|b"}}"#,
        r#"{"resourceType":"Patient","managingOrganization":{"identifier":{"value":"x"}}}"#,
        r#"{"resourceType":"Patient","meta":{"profile":["http://nobody.example/knows"]},"photo":[{"contentType":"made/up"}]}"#,
        r#"{"resourceType":"Observation","_status":{"extension":[{"url":"u","valueCode":"unknown"}]},"code":{"text":"x"}}"#,
        r##"{"resourceType":"Parameters","parameter":[{"name":"a","resource":{"resourceType":"Patient","contained":[{"resourceType":"Patient","link":[{"other":{"reference":"#"},"type":"refer"}]}]}}]}"##,
        r#"{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"1.1","type":"string"}]}]}"#,
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn bundles_are_walked_into() {
    let text = r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Observation"}}]}"#;
    one(text, "required", "Bundle.entry[0].resource.status");
    one(text, "required", "Bundle.entry[0].resource.code");
    assert_eq!(found(text).len(), 2);
}

#[test]
fn concepts_need_a_code_of_their_required_set() {
    let condition = |status: &str| {
        format!(
            r#"{{"resourceType":"Condition","subject":{{"reference":"Patient/1"}},"clinicalStatus":{status}}}"#
        )
    };
    let system = "http://terminology.hl7.org/CodeSystem/condition-clinical";
    assert_eq!(found(&condition(&format!(r#"{{"coding":[{{"system":"{system}","code":"active"}}]}}"#))), []);
    for bad in [
        r#"{"text":"active"}"#.to_owned(),
        r#"{"coding":[{"system":"http://other","code":"active"}]}"#.to_owned(),
        format!(r#"{{"coding":[{{"system":"{system}","code":"nope"}}]}}"#),
    ] {
        one(&condition(&bad), "code-invalid", "Condition.clinicalStatus");
    }
}

#[test]
fn unknown_elements_get_a_suggestion_and_many_issues_stop() {
    let issues = validate_json(&parse(br#"{"resourceType":"Patient","birthdate":"1970"}"#).unwrap());
    assert!(issues.first().unwrap().message.contains("birthDate"));
    let many: Vec<String> = (0..500).map(|n| format!("\"x{n}\":1")).collect();
    let issues = found(&format!("{{\"resourceType\":\"Patient\",{}}}", many.join(",")));
    assert_eq!(issues.len(), ISSUES_MAX);
}

#[test]
fn primitive_formats() {
    use Primitive::*;
    for (kind, good, bad) in [
        (
            Date,
            &["2020", "2020-12", "2020-12-31"][..],
            &["2020-1", "2020-12-31T00:00:00Z", "20201231", ""][..],
        ),
        (
            DateTime,
            &["2020", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00.123+01:00"],
            &["2020-01-01T00:00:00", "2020-01-01T00:00Z"],
        ),
        (Instant, &["2020-01-01T00:00:00Z"], &["2020", "2020-01-01T00:00:00"]),
        (Time, &["23:59:59", "00:00:00.5"], &["24:00:00", "10:00", "10:00:00Z"]),
        (Code, &["a", "a b"], &[" a", "a ", "a  b", ""]),
        (Id, &["a.b-C9"], &["a_b"]),
        (Uri, &["http://x", "urn:oid:1.2", "x"], &["a b"]),
        (Oid, &["urn:oid:1.2.3"], &["urn:oid:3.1", "urn:oid:1", "1.2.3", "urn:oid:1.02", "urn:oid:1..2"]),
        (
            Uuid,
            &["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
            &["urn:uuid:C757873D-EC9A-4326-A141-556F43239520", "c757873d-ec9a-4326-a141-556f43239520"],
        ),
        (Base64Binary, &["QQ==", "QUJD", "QU\nJD"], &["QQ=", "Q", "=QQQ", "QQ==QQ==", "Q!=="]),
        (String, &["a\tb\r\n", "é"], &["", "\u{1}"]),
        (Xhtml, &["<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"], &["x"]),
    ] {
        assert!(good.iter().all(|text| is_format(kind, text)), "{kind:?} {good:?}");
        for text in bad {
            assert!(!is_format(kind, text), "{kind:?} {text:?}");
        }
    }
}

#[test]
fn outcome_of_issues_is_itself_valid() {
    let issues = [
        Issue::error(IssueCode::Value, "x").at("Patient.name"),
        Issue::warning(IssueCode::NotSupported, "y"),
    ];
    for outcome in [crate::operation_outcome(&issues), crate::operation_outcome(&[])] {
        assert_eq!(validate_json(&outcome), []);
    }
}

proptest! {
    /// Random members under random names never panic, and never pass with an unknown name.
    #[test]
    fn anything_at_all_is_answered(name in "[_a-zA-Z]{1,12}", text in "\\PC{0,20}", number in any::<i32>()) {
        for value in [Json::from(text), Json::from(number), Json::Null, crate::array![Json::Null], crate::object! { "a" => 1 }] {
            let mut patient = crate::object! { "resourceType" => "Patient" };
            patient.as_object_mut().unwrap().insert(&name, value);
            let _ = validate_json(&patient);
        }
    }
}

/// Every value of a real resource, replaced by each kind of junk: an answer every time, from every walker.
#[test]
fn junk_anywhere_never_panics() {
    let text = r##"{"resourceType":"Observation","id":"a","meta":{"tag":[{"code":"x"}],"lastUpdated":"2020-01-01T00:00:00Z"},
      "contained":[{"resourceType":"Patient","id":"p","name":[{"given":["a",null],"_given":[null,{"id":"x"}]}]}],
      "status":"final","code":{"coding":[{"system":"s","code":"c"}]},"subject":{"reference":"#p"},
      "effectiveTiming":{"event":["2020"],"repeat":{"boundsPeriod":{"start":"2020"}}},
      "component":[{"code":{"text":"x"},"valueSampledData":{"origin":{"value":1.0},"period":1,"dimensions":1}}]}"##;
    let whole = parse(text.as_bytes()).unwrap();
    let junk = [
        "null",
        "1e-5",
        "\"\"",
        "\"x\"",
        "[]",
        "{}",
        "[null]",
        "[[{}]]",
        "{\"id\":\"x\"}",
        "[{\"x\":[]}]",
        "true",
    ];
    for at in 0..count(&whole) {
        for one in junk {
            let mut changed = whole.clone();
            replace(&mut changed, &mut { at }, &parse(one.as_bytes()).unwrap());
            let _ = validate_json(&changed);
            if let Ok(mut resource) = Resource::from_json(changed) {
                let _ = (
                    crate::extract(&resource, &crate::Parameters::default()),
                    crate::patient_compartment(&resource).len(),
                );
                let _ = crate::index::references(&resource).len();
                crate::index::rewrite_references(&mut resource, |text| Some(text.to_owned()));
            }
        }
    }
}

fn count(json: &Json) -> usize {
    let inner: usize = match json {
        Json::Array(items) => items.iter().map(count).sum(),
        Json::Object(object) => object.iter().map(|(_, value)| count(value)).sum(),
        _ => 0,
    };
    inner + 1
}

/// Replaces the value met after `left` others.
fn replace(json: &mut Json, left: &mut usize, junk: &Json) -> bool {
    if *left == 0 {
        *json = junk.clone();
        return true;
    }
    *left -= 1;
    match json {
        Json::Array(items) => items.iter_mut().any(|item| replace(item, left, junk)),
        Json::Object(object) => object.iter_mut().any(|(_, value)| replace(value, left, junk)),
        _ => false,
    }
}

#[test]
fn hostile_resources_cost_no_square() {
    let contained: Vec<String> =
        (0..5_000).map(|n| format!(r#"{{"resourceType":"Basic","id":"b{n}"}}"#)).collect();
    let entries: Vec<String> =
        (0..5_000).map(|n| format!(r##"{{"item":{{"reference":"#b{n}"}}}}"##)).collect();
    let unknown: Vec<String> = (0..20_000).map(|n| format!(r#""unknown{n}":1"#)).collect();
    let text = format!(
        r#"{{"resourceType":"List","contained":[{}],"entry":[{}],{}}}"#,
        contained.join(","),
        entries.join(","),
        unknown.join(",")
    );
    let resource = Resource::parse(text.as_bytes()).unwrap();
    let start = std::time::Instant::now();
    assert_eq!(validate(&resource).len(), ISSUES_MAX);
    assert!(
        crate::extract(&resource, &crate::Parameters::default()).is_empty(),
        "contained resources are not indexed"
    );
    assert!(start.elapsed() < std::time::Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn narratives_that_could_run_are_refused() {
    for good in [
        "<div xmlns=\"http://www.w3.org/1999/xhtml\">a<br/><b>b</b> &lt;c&gt;</div>",
        " <div><p style='color: red'><a href=\"http://x/y?z\">x</a><a href='#a'/><img src=\"data:image/png;base64,QQ==\" alt=\"\"/></p></div>\n",
        "<div><!-- c --><a href=\"Patient/1\">p</a></div>",
    ] {
        assert!(is_format(Primitive::Xhtml, good), "{good}");
    }
    for bad in [
        "<p>x</p>",
        "<div>x",
        "<div></div><div></div>",
        "<div></div>x",
        "<div><b></div></b>",
        "<div><script>x</script></div>",
        "<div><SCRIPT>x</SCRIPT></div>",
        "<div><svg/></div>",
        "<div><iframe src='x'></iframe></div>",
        "<div onclick=\"x\">x</div>",
        "<div ONCLICK=\"x\">x</div>",
        "<div><a href=\"javascript:x\">x</a></div>",
        "<div><a href=\" JaVaScript:x\">x</a></div>",
        "<div><a href=\"java&#115;cript:x\">x</a></div>",
        "<div><a href=\"javascript&colon;x\">x</a></div>",
        "<div><a href=\"data:text/html,x\">x</a></div>",
        "<div><a href=x>x</a></div>",
        "<div><img src=\"x\"onerror=\"y\"/></div>",
        "<div><p style=\"background:url(javascript:x)\">x</p></div>",
        "<div><!-- x</div>",
        "<div><![CDATA[x]]></div>",
        "<div><a /x=\"y\">x</a></div>",
    ] {
        assert!(!is_format(Primitive::Xhtml, bad), "{bad}");
    }
}

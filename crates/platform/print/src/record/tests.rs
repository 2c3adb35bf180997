//! What records say, resource by resource.

use super::*;
use galen_fhir::json::parse;

fn json(text: &str) -> Json {
    parse(text.as_bytes()).unwrap()
}

fn patient() -> Json {
    json(
        r#"{"resourceType":"Patient","birthDate":"1970-02-07","gender":"female",
            "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9434765919"},
                          {"type":{"coding":[{"code":"MR"}]},"value":"123456785"}],
            "name":[{"use":"maiden","family":"Old"},{"use":"official","family":"Smith","given":["Anna","Maria"]}],
            "address":[{"use":"old","city":"Nowhere"},{"line":["7 Mill Road"],"city":"York","postalCode":"YO1 7HH"}]}"#,
    )
}

fn printed(language: Language, resources: &[Json]) -> Report {
    record(&RecordOf { patient: &patient(), resources, language, printed: "2026-11-27T18:30:12.345Z" })
}

fn rows<'r>(report: &'r Report, title: &str) -> &'r [Vec<String>] {
    &report.sections.iter().find(|section| section.title == title).unwrap().rows
}

fn notes<'r>(report: &'r Report, title: &str) -> &'r [String] {
    &report.sections.iter().find(|section| section.title == title).unwrap().notes
}

#[test]
fn it_says_on_every_page_whose_it_is_and_when_it_was_printed() {
    let report = printed(Language::English, &[]);
    assert_eq!(report.about, ["Anna Maria Smith", "Born 07-Feb-1970", "NHS No. 943 476 5919"]);
    assert_eq!(report.foot, "Printed 27-Nov-2026 18:30 (UTC)");
    assert_eq!(rows(&report, "About you")[5], ["Address", "7 Mill Road, York, YO1 7HH"]);
    let arabic = printed(Language::Arabic, &[]);
    assert!(arabic.is_right_to_left && arabic.foot.contains("27 نوفمبر 2026"));
}

#[test]
fn that_nobody_asked_is_never_taken_for_none() {
    let said = |resources: &[Json]| notes(&printed(Language::English, resources), "Allergies").to_vec();
    assert!(said(&[])[0].contains("does not mean that you have none"));
    let denial = r#"{"resourceType":"AllergyIntolerance","recordedDate":"2026-01-01",
        "clinicalStatus":{"coding":[{"code":"active"}]},
        "code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003","display":"No known allergy"}]}}"#;
    assert_eq!(said(&[json(denial)]), ["You were asked and said that you have none: No known allergy"]);
    // One withdrawn says nothing, and an allergy outweighs a record of none.
    let withdrawn =
        denial.replacen('{', r#"{"verificationStatus":{"coding":[{"code":"entered-in-error"}]},"#, 1);
    assert!(said(&[json(&withdrawn)])[0].contains("does not mean"));
    let latex = r#"{"resourceType":"AllergyIntolerance","criticality":"high","code":{"text":"Latex"},
        "reaction":[{"manifestation":[{"text":"Hives"}],"severity":"severe"}]}"#;
    let both = printed(Language::English, &[json(denial), json(latex)]);
    assert_eq!(rows(&both, "Allergies"), [["Latex", "Hives, Severe", "Can be dangerous"]]);
}

#[test]
fn medicines_are_named_and_how_they_are_taken_is_said() {
    let report = printed(
        Language::English,
        &[
            json(r#"{"resourceType":"Medication","id":"m1","code":{"text":"Metformin 500 mg"}}"#),
            json(
                r#"{"resourceType":"MedicationRequest","status":"stopped","authoredOn":"2026-03-01",
                     "medicationCodeableConcept":{"text":"Aspirin"},"statusReason":{"text":"Bleeding"},
                     "dosageInstruction":[{"text":"One in the morning"}]}"#,
            ),
            json(
                r#"{"resourceType":"MedicationRequest","status":"active","authoredOn":"2025-03",
                     "medicationReference":{"reference":"Medication/m1"},
                     "dosageInstruction":[{"asNeededBoolean":false,"doseAndRate":[{"doseQuantity":{"value":1.50,"unit":"tablet"}}],
                       "timing":{"repeat":{"frequency":2,"period":1,"periodUnit":"d"}}}]}"#,
            ),
            json(
                r#"{"resourceType":"MedicationStatement","status":"entered-in-error",
                     "medicationCodeableConcept":{"text":"Never"}}"#,
            ),
        ],
    );
    assert_eq!(
        rows(&report, "Medicines"),
        [
            ["Metformin 500 mg", "1.50 tablet, 2 times a day", "Now", "Mar-2025"],
            ["Aspirin", "One in the morning", "Stopped, Bleeding", "01-Mar-2026"],
        ]
    );
}

#[test]
fn results_keep_their_digits_and_say_what_is_not_final() {
    let report = printed(
        Language::English,
        &[
            json(
                r#"{"resourceType":"Observation","status":"preliminary","effectiveDateTime":"2026-05-01T23:30:00+01:00",
                     "code":{"text":"Potassium"},"valueQuantity":{"value":5.40,"unit":"mmol/L","comparator":"<="},
                     "interpretation":[{"coding":[{"code":"H"}]}],
                     "referenceRange":[{"low":{"value":3.5},"high":{"value":5.3,"unit":"mmol/L"}}]}"#,
            ),
            json(
                r#"{"resourceType":"Observation","status":"final","effectiveDateTime":"2026-06-01","code":{"text":"Blood pressure"},
                     "category":[{"coding":[{"code":"vital-signs"}]}],
                     "component":[{"code":{"text":"Systolic"},"valueQuantity":{"value":120,"unit":"mmHg"}},
                                  {"code":{"text":"Diastolic"},"dataAbsentReason":{"text":"Not done"}}]}"#,
            ),
        ],
    );
    assert_eq!(
        rows(&report, "Test results"),
        [["Potassium", "≤5.40 mmol/L, above usual, Not final", "3.5 – 5.3 mmol/L", "01-May-2026"]]
    );
    assert_eq!(
        rows(&report, "Measurements and answers"),
        [["Blood pressure", "Systolic: 120 mmHg; Diastolic: Not done", "01-Jun-2026"]]
    );
}

#[test]
fn what_is_not_printed_is_counted() {
    let others = [
        json(r#"{"resourceType":"Claim"}"#),
        json(r#"{"resourceType":"CarePlan"}"#),
        json(r#"{"resourceType":"Provenance"}"#),
    ];
    let report = printed(Language::English, &others);
    assert!(notes(&report, "What else there is")[0].contains("2 other entries"));
}

#[test]
fn a_record_prints_in_every_language_whatever_is_in_it() {
    let odd = [
        json(
            r#"{"resourceType":"Observation","valueRatio":{},"component":[{}],"referenceRange":[{}],"interpretation":[{}]}"#,
        ),
        json(r#"{"resourceType":"Encounter","period":{}}"#),
        json(r#"{"resourceType":"Immunization","occurrenceDateTime":"20"}"#),
        json(r#"{"resourceType":"Condition","onsetDateTime":"2026-13-99"}"#),
        json(
            r##"{"resourceType":"MedicationRequest","medicationReference":{"reference":"#x"},"dosageInstruction":[{"timing":{"repeat":{}}}]}"##,
        ),
    ];
    for language in Language::ALL {
        let pdf = crate::report(&printed(language, &odd)).unwrap();
        assert!(pdf.starts_with(b"%PDF-"), "{language:?}");
    }
}

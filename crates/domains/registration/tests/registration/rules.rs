//! The rules, given/when/then.

use galen_kernel::{Instant, PatientId, Phi};
use galen_registration::commands::{Details, RegisterPatient};
use galen_registration::decide::{self, LIKENESS_MIN, RECORDS_MOVED_MAX, Surroundings, likeness};
use galen_registration::events::{Event, evolve};
use galen_registration::fhir;
use galen_registration::model::{
    Candidate, Demographics, MRN_SYSTEM, Merge, Mrn, NHS_NUMBER_SYSTEM, StoredPatient,
};
use proptest::prelude::*;

const NOW: Instant = Instant::from_micros(1_790_000_000_000_000);

fn details(family: &str, given: &str, birth_date: &str) -> Details {
    Details {
        family: Some(Phi::new(family.to_owned())),
        given: vec![Phi::new(given.to_owned())],
        birth_date: Some(Phi::new(birth_date.to_owned())),
        ..Details::default()
    }
}

fn register(demographics: Details) -> RegisterPatient {
    RegisterPatient { demographics, unidentified: false, not_same_as: vec![] }
}

fn around(ids: &[&str]) -> Surroundings {
    let candidates = ids
        .iter()
        .map(|id| Candidate { id: PatientId::parse(*id).unwrap(), likeness: 0.9, same_identifier: false })
        .collect();
    Surroundings { candidates, drawn: Some(Mrn::draw([7; 8])) }
}

fn who(family: &str, given: &str, birth_date: &str) -> Demographics {
    Demographics {
        family: vec![Phi::new(family.to_owned())],
        given: vec![Phi::new(given.to_owned())],
        birth_date: Some(Phi::new(birth_date.to_owned())),
        ..Demographics::default()
    }
}

fn stored(id: &str, version: u64) -> StoredPatient {
    let mut resource = fhir::patient(id, &details("Lovelace", "Ada", "1985-12-10")).unwrap();
    fhir::add_mrn(&mut resource, &Mrn::draw([1; 8]));
    StoredPatient {
        id: PatientId::parse(id).unwrap(),
        version,
        demographics: fhir::demographics(&resource),
        resource,
    }
}

#[test]
fn given_nobody_alike_when_registered_then_an_mrn_is_given() {
    let events =
        decide::register(&register(details("Lovelace", "Ada", "1985-12-10")), &around(&[]), NOW).unwrap();
    assert!(matches!(events.as_slice(), [Event::Registered { mrn: Some(_), .. }]));
}

#[test]
fn given_somebody_alike_when_registered_then_they_are_named_until_looked_at() {
    let mut command = register(details("Lovelace", "Ada", "1985-12-10"));
    let refused = decide::register(&command, &around(&["p1", "p2"]), NOW).unwrap_err();
    assert_eq!(
        (refused.code, refused.related),
        ("possible-duplicates", vec!["p1".to_owned(), "p2".to_owned()])
    );
    command.not_same_as = vec!["p1".to_owned()];
    let refused = decide::register(&command, &around(&["p1", "p2"]), NOW).unwrap_err();
    assert_eq!(refused.related, vec!["p2".to_owned()], "only whom nobody has looked at");
    command.not_same_as.push("p2".to_owned());
    assert!(decide::register(&command, &around(&["p1", "p2"]), NOW).is_ok());
}

#[test]
fn given_bad_details_when_registered_then_each_is_refused_at_its_place() {
    let good = || details("Lovelace", "Ada", "1985-12-10");
    let cases: Vec<(&str, &str, Details)> = vec![
        ("birth-date-in-future", "birthDate", details("L", "A", "2999-01-01")),
        ("birth-date-too-early", "birthDate", details("L", "A", "1850-01-01")),
        ("birth-date-invalid", "birthDate", details("L", "A", "10.12.1985")),
        ("birth-date-invalid", "birthDate", details("L", "A", "1985-02-30")),
        ("name-invalid", "family", details("   ", "A", "1985-12-10")),
        ("name-invalid", "family", details(&"x".repeat(301), "A", "1985-12-10")),
        ("gender-unknown", "gender", Details { gender: Some("f".into()), ..good() }),
        (
            "nhs-number-invalid",
            "nhsNumber",
            Details { nhs_number: Some(Phi::new("9434765918".into())), ..good() },
        ),
    ];
    for (code, place, details) in cases {
        let refused = decide::register(&register(details), &around(&[]), NOW).unwrap_err();
        assert_eq!((refused.code, refused.location.as_deref()), (code, Some(place)));
    }
}

#[test]
fn given_no_name_when_registered_then_only_the_unidentified_pass() {
    let mut command = register(Details::default());
    assert_eq!(decide::register(&command, &around(&[]), NOW).unwrap_err().code, "name-required");
    command.unidentified = true;
    assert!(decide::register(&command, &around(&[]), NOW).is_ok());
}

#[test]
fn given_partial_dates_when_registered_then_they_keep_their_precision() {
    for date in ["1985", "1985-12", "1985-12-10"] {
        let resource = fhir::patient("p", &details("L", "A", date)).unwrap();
        assert_eq!(resource.json().str("birthDate"), Some(date));
        assert!(decide::register(&register(details("L", "A", date)), &around(&[]), NOW).is_ok());
    }
}

#[test]
fn given_a_record_number_of_its_own_when_it_comes_by_fhir_then_no_second_one_is_given() {
    let mut brought = who("L", "A", "1985-12-10");
    brought.record_number = Some("X-1".to_owned().into());
    let events = decide::register_resource(&brought, &around(&["p1"]), NOW).unwrap();
    let [Event::Registered { mrn, possible_duplicates }] = events.as_slice() else { panic!() };
    assert_eq!(mrn, &None);
    assert_eq!(possible_duplicates.len(), 1, "the sender cannot be asked, so they are told of");
}

#[test]
fn given_another_version_when_amended_then_the_current_one_is_named() {
    let refused = decide::amend(&stored("p", 3), 2, &Details::default(), NOW).unwrap_err();
    assert_eq!((refused.code, refused.related), ("version-conflict", vec!["3".to_owned()]));
}

#[test]
fn given_an_mrn_when_updated_by_fhir_then_it_stays() {
    let before = stored("p", 1).demographics;
    let mrn = before.identifier(MRN_SYSTEM).unwrap().to_owned();
    let without = who("Lovelace", "Ada", "1985-12-10");
    let events = decide::amend_resource(&before, &without, NOW).unwrap();
    let mut resource = fhir::patient("p", &details("Lovelace", "Ada", "1985-12-10")).unwrap();
    for event in &events {
        evolve(&mut resource, event);
    }
    assert_eq!(fhir::demographics(&resource).identifier(MRN_SYSTEM), Some(mrn.as_str()));
    let mut other = before.clone();
    other.identifiers = vec![(MRN_SYSTEM.to_owned(), Phi::new(Mrn::draw([9; 8]).as_str().to_owned()))];
    assert_eq!(decide::amend_resource(&before, &other, NOW).unwrap_err().code, "mrn-fixed");
}

#[test]
fn given_a_merge_when_decided_then_only_two_different_whole_patients_pass() {
    let (survivor, duplicate) = (stored("a", 1), stored("b", 4));
    assert_eq!(decide::merge(&survivor, &survivor, &[]).unwrap_err().code, "same-patient");
    let mut replaced = stored("c", 1);
    replaced.demographics.replaced_by = Some(PatientId::parse("z").unwrap());
    assert_eq!(decide::merge(&survivor, &replaced, &[]).unwrap_err().code, "patient-replaced");
    assert_eq!(decide::merge(&replaced, &survivor, &[]).unwrap_err().code, "patient-replaced");
    let many = vec![("Observation/x".to_owned(), 2); RECORDS_MOVED_MAX + 1];
    assert_eq!(decide::merge(&survivor, &duplicate, &many).unwrap_err().code, "too-many-records");
    let events = decide::merge(&survivor, &duplicate, &[("Observation/x".to_owned(), 2)]).unwrap();
    let [Event::Merged(merge)] = events.as_slice() else { panic!() };
    assert_eq!((merge.survivor_version, merge.duplicate_version), (1, 4));
}

#[test]
fn given_a_merge_when_undone_then_both_patients_are_as_before() {
    let merge = Merge {
        survivor: PatientId::parse("a").unwrap(),
        duplicate: PatientId::parse("b").unwrap(),
        survivor_version: 1,
        duplicate_version: 1,
        moved: vec![],
        undone: false,
    };
    for id in ["a", "b"] {
        let before = stored(id, 1).resource;
        let mut after = before.clone();
        evolve(&mut after, &Event::Merged(merge.clone()));
        assert_ne!(before, after);
        evolve(&mut after, &Event::Unmerged(merge.clone()));
        assert!(before.json().same_as(after.json()), "{}", after.json());
    }
    assert!(decide::unmerge(&merge).is_ok());
    assert_eq!(decide::unmerge(&Merge { undone: true, ..merge }).unwrap_err().code, "already-unmerged");
}

#[test]
fn given_two_people_when_compared_then_likeness_follows_name_and_date() {
    let ada = who("Lovelace", "Ada", "1985-12-10");
    let alike = [
        who("Lovelace", "Ada", "1985-12-10"),
        who("LOVELACE", "ada", "1985-12-10"),
        who("Lovelance", "Ada", "1985-12-10"),
        who("Ada", "Lovelace", "1985-12-10"),
        who("Lovelace", "Ada", "1985-10-12"),
        who("Lovelace", "Ada", "1985-12-11"),
    ];
    for other in &alike {
        assert!(likeness(&ada, other) >= LIKENESS_MIN, "{:?}", other.family[0].reveal());
    }
    for other in
        [who("Lovelace", "Ada", "1950-01-01"), who("Hopper", "Grace", "1985-12-10"), Demographics::default()]
    {
        assert!(likeness(&ada, &other) < LIKENESS_MIN);
    }
}

#[test]
fn given_a_form_when_applied_then_what_it_does_not_name_stays() {
    let mut resource = stored("p", 1).resource;
    let form = Details { nhs_number: Some(Phi::new("943 476 5919".into())), ..Details::default() };
    fhir::apply(&mut resource, &form);
    let after = fhir::demographics(&resource);
    assert_eq!(after.identifier(NHS_NUMBER_SYSTEM), Some("9434765919"));
    assert_eq!(after.family[0].reveal(), "Lovelace");
    assert!(after.identifier(MRN_SYSTEM).is_some());
}

proptest! {
    #[test]
    fn likeness_is_symmetric_and_between_0_and_1(a in "[A-Za-zé ]{1,12}", b in "[A-Za-zé ]{1,12}", y in 1900u32..2020) {
        let (one, other) = (who(&a, &b, &format!("{y}-01-02")), who(&b, &a, &format!("{y}-02-01")));
        let (there, back) = (likeness(&one, &other), likeness(&other, &one));
        prop_assert!((there - back).abs() < 1e-9);
        prop_assert!((0.0..=1.0).contains(&there));
    }

    #[test]
    fn any_text_as_birth_date_is_decided_without_panic(date in ".{0,20}") {
        let _decided = decide::register(&register(details("L", "A", &date)), &around(&[]), NOW);
    }
}

#[test]
fn given_answers_when_patients_write_them_then_their_own_and_once() {
    use galen_registration::decide::answering::{Answers, answer};
    let ada = galen_kernel::PatientId::parse("ada").unwrap();
    let own = |status: &str| Answers { status: status.into(), source: Some(ada.clone()), is_others: false };
    let others = Answers { is_others: true, ..own("in-progress") };
    let code = |before: Option<&Answers>, after: &Answers| answer(&ada, before, after).err().map(|r| r.code);
    assert_eq!(code(None, &own("in-progress")), None);
    assert_eq!(code(Some(&own("in-progress")), &own("completed")), None);
    assert_eq!(code(None, &others), Some("not-own-answers"));
    assert_eq!(code(None, &Answers { source: None, ..own("completed") }), Some("not-own-answers"));
    assert_eq!(code(Some(&others), &own("in-progress")), Some("not-own-answers"));
    assert_eq!(code(Some(&own("completed")), &own("completed")), Some("answers-sent"));
    assert_eq!(code(None, &own("amended")), Some("status-not-for-patients"));
}

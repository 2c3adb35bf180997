//! What the packed definitions and given resources answer.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;

use super::packed::{Definitions, Kind};
use super::*;
use crate::json;

fn codes(set: &ValueSet, asked: &Expanding, source: &dyn Source) -> Vec<String> {
    expand(set, asked, source).unwrap().codes.into_iter().map(|one| one.code.into()).collect()
}

fn value_set(text: &str) -> ValueSet {
    ValueSet::from_json(&json::parse(text.as_bytes()).unwrap())
}

fn r4(name: &str) -> Arc<ValueSet> {
    Definitions.value_set(&format!("http://hl7.org/fhir/ValueSet/{name}"), None).unwrap()
}

#[test]
fn all_of_r4_is_packed() {
    assert!(packed::count(Kind::CodeSystem) > 1_000, "{}", packed::count(Kind::CodeSystem));
    assert!(packed::count(Kind::ValueSet) > 1_300, "{}", packed::count(Kind::ValueSet));
    assert_eq!(packed::concept_maps().len(), packed::count(Kind::ConceptMap));
    let gender = Definitions.code_system("http://hl7.org/fhir/administrative-gender", None).unwrap();
    let concept = gender.concept("female").unwrap();
    assert_eq!(concept.display.as_deref(), Some("Female"));
    assert!(concept.definition.is_some());
    assert!(gender.concept("FEMALE").is_none(), "its codes count case");
    assert!(Definitions.code_system("http://hl7.org/fhir/administrative-gender", Some("4.0.1")).is_some());
    assert!(Definitions.code_system("http://hl7.org/fhir/administrative-gender", Some("9")).is_none());
}

#[test]
fn nothing_of_snomed_but_its_codes_is_packed() {
    let findings = r4("condition-severity");
    let listed: Vec<_> = findings.includes.iter().flat_map(|one| &one.concepts).collect();
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().all(|one| one.display.is_none()));
}

#[test]
fn sets_expand_in_order() {
    assert_eq!(
        codes(&r4("administrative-gender"), &Expanding::default(), &Definitions),
        ["male", "female", "other", "unknown"]
    );
    let page = Expanding { offset: 1, count: Some(2), ..Expanding::default() };
    assert_eq!(codes(&r4("administrative-gender"), &page, &Definitions), ["female", "other"]);
    let like = Expanding { filter: Some("fem".into()), ..Expanding::default() };
    assert_eq!(codes(&r4("administrative-gender"), &like, &Definitions), ["female"]);
    let units = expand(&r4("ucum-units"), &Expanding::default(), &Definitions);
    assert!(matches!(units, Err(Unanswered::UnknownSystem(_))), "UCUM has no list of units");
    let encounter =
        Definitions.value_set("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode", None).unwrap();
    let found = codes(&encounter, &Expanding::default(), &Definitions);
    assert!(found.contains(&"AMB".to_owned()) && found.contains(&"IMP".to_owned()), "{found:?}");
    assert!(!found.contains(&"ACCTRECEIVABLE".to_owned()));
}

struct Given {
    systems: HashMap<String, Arc<CodeSystem>>,
    sets: HashMap<String, Arc<ValueSet>>,
}

impl Source for Given {
    fn code_system(&self, url: &str, version: Option<&str>) -> Option<Arc<CodeSystem>> {
        self.systems.get(url).cloned().filter(|one| one.is_version(version))
    }

    fn value_set(&self, url: &str, version: Option<&str>) -> Option<Arc<ValueSet>> {
        self.sets.get(url).cloned().filter(|one| one.is_version(version))
    }
}

const ANIMALS: &str = r#"{"resourceType":"CodeSystem","url":"urn:animals","version":"2","content":"complete","caseSensitive":false,
  "concept":[{"code":"animal","display":"Animal","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
    {"code":"mammal","display":"Mammal","concept":[
      {"code":"cat","display":"Domestic cat","designation":[{"language":"de","value":"Hauskatze"}],"property":[{"code":"legs","valueInteger":4}]},
      {"code":"bat","display":"Bat","property":[{"code":"legs","valueInteger":2},{"code":"wings","valueBoolean":true}]}]},
    {"code":"bird","display":"Bird","property":[{"code":"legs","valueInteger":2},{"code":"wings","valueBoolean":true}]},
    {"code":"dodo","display":"Dodo","property":[{"code":"inactive","valueBoolean":true},{"code":"parent","valueCode":"bird"}]}]}]}"#;

fn zoo(sets: &[(&str, &str)]) -> Given {
    let animals = CodeSystem::from_json(&json::parse(ANIMALS.as_bytes()).unwrap()).unwrap();
    Given {
        systems: HashMap::from([("urn:animals".to_owned(), Arc::new(animals))]),
        sets: sets.iter().map(|(url, text)| ((*url).to_owned(), Arc::new(value_set(text)))).collect(),
    }
}

fn composed(include: &str, exclude: &str) -> ValueSet {
    value_set(&format!(r#"{{"compose":{{"include":[{include}],"exclude":[{exclude}]}}}}"#))
}

#[test]
fn filters_select_concepts() {
    let zoo = zoo(&[]);
    for (property, operation, value, expected) in [
        ("concept", "is-a", "mammal", "mammal cat bat"),
        ("concept", "descendent-of", "mammal", "cat bat"),
        ("concept", "is-a", "bird", "bird dodo"),
        ("concept", "is-not-a", "mammal", "animal bird dodo"),
        ("concept", "generalizes", "cat", "animal mammal cat"),
        ("parent", "=", "mammal", "cat bat"),
        ("legs", "=", "2", "bat bird"),
        ("legs", "in", "2, 4", "cat bat bird"),
        ("legs", "exists", "false", "animal mammal dodo"),
        ("wings", "=", "true", "bat bird"),
        ("code", "regex", "b.*", "bat bird"),
        ("display", "regex", "D.*", "cat dodo"),
        ("concept", "is-a", "unicorn", ""),
    ] {
        let filter = format!(r#"{{"property":"{property}","op":"{operation}","value":"{value}"}}"#);
        let set = composed(&format!(r#"{{"system":"urn:animals","filter":[{filter}]}}"#), "");
        let found = codes(&set, &Expanding::default(), &zoo).join(" ");
        assert_eq!(found, expected, "{property} {operation} {value}");
        for code in ["animal", "cat", "dodo", "unicorn"] {
            let is_in = matches!(membership(&set, Some("urn:animals"), code, &zoo), Membership::In { .. });
            assert_eq!(
                is_in,
                expected.split(' ').any(|one| one == code),
                "{code} in {property} {operation} {value}"
            );
        }
    }
    for (operation, value) in [("near", "x"), ("regex", "(")] {
        let filter = format!(r#"{{"property":"code","op":"{operation}","value":"{value}"}}"#);
        let set = composed(&format!(r#"{{"system":"urn:animals","filter":[{filter}]}}"#), "");
        assert!(matches!(expand(&set, &Expanding::default(), &zoo), Err(Unanswered::Filter(_))));
        assert!(matches!(membership(&set, None, "cat", &zoo), Membership::Unknown(Unanswered::Filter(_))));
    }
}

#[test]
fn sets_are_made_of_sets() {
    let all = r#"{"system":"urn:animals"}"#;
    let winged = r#"{"compose":{"include":[{"system":"urn:animals","filter":[{"property":"wings","op":"=","value":"true"}]}]}}"#;
    let endless = r#"{"url":"urn:endless","compose":{"include":[{"valueSet":["urn:endless"]}]}}"#;
    let zoo = zoo(&[("urn:winged", winged), ("urn:endless", endless)]);
    let both = composed(
        r#"{"system":"urn:animals","valueSet":["urn:winged"],"filter":[{"property":"concept","op":"is-a","value":"mammal"}]}"#,
        "",
    );
    assert_eq!(codes(&both, &Expanding::default(), &zoo), ["bat"]);
    let without = composed(all, r#"{"valueSet":["urn:winged"]}"#);
    assert_eq!(codes(&without, &Expanding::default(), &zoo), ["animal", "mammal", "cat", "dodo"]);
    let usable = Expanding { active_only: true, exclude_abstract: true, ..Expanding::default() };
    assert_eq!(codes(&without, &usable, &zoo), ["mammal", "cat"]);
    let german = Expanding { filter: Some("haus".into()), ..Expanding::default() };
    assert_eq!(codes(&without, &german, &zoo), ["cat"]);
    assert_eq!(membership(&without, None, "bird", &zoo), Membership::Out);
    assert!(
        matches!(membership(&without, None, "CAT", &zoo), Membership::In { .. }),
        "case does not count here"
    );
    let endless = composed(r#"{"valueSet":["urn:endless"]}"#, "");
    assert!(matches!(expand(&endless, &Expanding::default(), &zoo), Err(Unanswered::Circular(_))));
    assert!(matches!(membership(&endless, None, "x", &zoo), Membership::Unknown(Unanswered::Circular(_))));
    let missing = composed(r#"{"valueSet":["urn:nowhere"]}"#, "");
    assert!(matches!(expand(&missing, &Expanding::default(), &zoo), Err(Unanswered::UnknownValueSet(_))));
    // Version asked for and not there.
    let old = composed(r#"{"system":"urn:animals","version":"1"}"#, "");
    assert!(matches!(expand(&old, &Expanding::default(), &zoo), Err(Unanswered::UnknownSystem(_))));
}

#[test]
fn expansions_without_compose_are_taken_as_they_are() {
    let set = value_set(
        r#"{"expansion":{"contains":[{"system":"urn:a","code":"1","display":"One","contains":[{"system":"urn:a","code":"2"}]},
            {"abstract":true,"display":"Group","contains":[{"system":"urn:b","code":"3"}]}]}}"#,
    );
    assert_eq!(codes(&set, &Expanding::default(), &Definitions), ["1", "2", "3"]);
    assert!(matches!(membership(&set, Some("urn:b"), "3", &Definitions), Membership::In { .. }));
}

#[test]
fn codes_relate() {
    let zoo = zoo(&[]);
    let animals = zoo.code_system("urn:animals", None).unwrap();
    for (a, b, expected) in [
        ("cat", "cat", Subsumption::Equivalent),
        ("animal", "cat", Subsumption::Subsumes),
        ("dodo", "bird", Subsumption::SubsumedBy),
        ("cat", "bat", Subsumption::NotSubsumed),
    ] {
        assert_eq!(animals.subsumption(a, b), Some(expected), "{a} {b}");
    }
    assert_eq!(animals.subsumption("cat", "unicorn"), None);
}

#[test]
fn grammars_say_what_is_a_code() {
    for (system, code, expected) in [
        ("http://unitsofmeasure.org", "mm[Hg]", Some(true)),
        ("http://unitsofmeasure.org", "[pH]", Some(true)),
        ("http://unitsofmeasure.org", "mmHg?", Some(false)),
        ("urn:ietf:bcp:47", "en-GB", Some(true)),
        ("urn:ietf:bcp:47", "zh-Hant-TW", Some(true)),
        ("urn:ietf:bcp:47", "e", Some(false)),
        ("urn:ietf:bcp:47", "en_GB", Some(false)),
        ("urn:ietf:bcp:13", "application/fhir+json;charset=utf-8", Some(true)),
        ("urn:ietf:bcp:13", "pdf", Some(false)),
        ("urn:other", "x", None),
    ] {
        assert_eq!(grammar_holds(system, code), expected, "{system} {code}");
    }
    let languages = value_set(r#"{"compose":{"include":[{"system":"urn:ietf:bcp:47"}]}}"#);
    assert!(matches!(membership(&languages, None, "de-AT", &Definitions), Membership::In { .. }));
    assert_eq!(membership(&languages, None, "!", &Definitions), Membership::Out);
}

#[test]
fn maps_translate_both_ways() {
    let map = ConceptMap::from_json(
        &json::parse(
            br#"{"url":"urn:map","sourceUri":"urn:vs-a","targetUri":"urn:vs-b","group":[{"source":"urn:a","target":"urn:b",
            "element":[{"code":"1","display":"One","target":[{"code":"x","display":"Ex","equivalence":"wider"}]},
                       {"code":"2","target":[{"equivalence":"unmatched"}]}],
            "unmapped":{"mode":"fixed","code":"other"}}]}"#,
        )
        .unwrap(),
    );
    let forth = |code| map.translate(&Translating { system: Some("urn:a"), code, ..Translating::default() });
    let one = forth("1");
    assert_eq!((one[0].equivalence.as_ref(), one[0].code.as_deref()), ("wider", Some("x")));
    assert!(one[0].is_match() && !forth("2")[0].is_match());
    assert_eq!(forth("9")[0].code.as_deref(), Some("other"));
    let back = Translating { system: Some("urn:b"), code: "x", reverse: true, ..Translating::default() };
    let back = map.translate(&back);
    assert_eq!((back[0].equivalence.as_ref(), back[0].code.as_deref()), ("narrower", Some("1")));
    assert!(map.leads(Some("urn:vs-a|1"), None) && !map.leads(Some("urn:vs-b"), None));
    let elsewhere = Translating { code: "1", target_system: Some("urn:c"), ..Translating::default() };
    assert!(map.translate(&elsewhere).is_empty());
    let contact = packed::concept_map("http://hl7.org/fhir/ConceptMap/cm-contact-point-use-v3").unwrap();
    let home = Translating { code: "home", ..Translating::default() };
    assert_eq!(contact.translate(&home)[0].code.as_deref(), Some("H"));
}

//! The pack is whole, and its numbers are those of earlier releases.
#![allow(clippy::unwrap_used)]

use super::*;

/// Codes and numbers that index rows on disk rely on. Lines may be added, never changed.
const NUMBERED: &str = include_str!("../../generated/params.txt");

#[test]
fn all_of_r4_is_there() {
    assert_eq!(ResourceType::all().count(), RESOURCE_TYPES);
    let names: Vec<&str> = ResourceType::all().map(ResourceType::name).collect();
    assert!(names.is_sorted());
    assert_eq!((names.first(), names.last()), (Some(&"Account"), Some(&"VisionPrescription")));
    for resource_type in ResourceType::all() {
        assert_eq!(ResourceType::parse(resource_type.name()), Some(resource_type));
        assert!(resource_type.structure().unwrap().elements.iter().any(|element| element.name == "id"));
        assert!(search_parameter(resource_type, "_id").is_some(), "{resource_type}");
        let codes: Vec<&str> = search_parameters(resource_type).iter().map(|one| one.code).collect();
        assert!(codes.is_sorted(), "{resource_type}");
    }
    for absent in ["Resource", "DomainResource", "SubscriptionStatus", "HumanName", "Project", ""] {
        assert_eq!(ResourceType::parse(absent), None, "{absent}");
    }
}

#[test]
fn resource_numbers_never_change() {
    for (name, number) in [("Account", 0), ("Observation", 95), ("Patient", 102), ("VisionPrescription", 145)]
    {
        assert_eq!(ResourceType::parse(name).unwrap().number(), number, "{name}");
    }
    assert_eq!(ResourceType::from_number(146), None);
}

#[test]
fn param_numbers_never_change() {
    for (number, code) in NUMBERED.lines().enumerate() {
        assert_eq!(ParamId::parse(code), Some(ParamId(u16::try_from(number).unwrap())), "{code}");
    }
    // FNV-1a over the 446 codes of the first release, in order: the list may only grow at its end.
    let first = NUMBERED.lines().take(446).flat_map(|line| line.bytes().chain([b'\n']));
    let print = first
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    assert_eq!(print, FIRST_RELEASE, "params.txt was reordered");
}

const FIRST_RELEASE: u64 = 9_321_120_358_172_569_893;

#[test]
fn slots_fit_their_masks() {
    for structure in &definitions().structures {
        for element in
            structure.elements.iter().filter(|element| element.min > 0 || !element.choice.is_empty())
        {
            assert_ne!(element.slot, NO_SLOT, "{}.{}", structure.name, element.name);
        }
    }
}

#[test]
fn reference_parameters_know_their_targets() {
    let patient = ResourceType::parse("Patient").unwrap();
    let observation = ResourceType::parse("Observation").unwrap();
    let parameter = search_parameter(observation, "patient").unwrap();
    assert_eq!(parameter.targets, [patient]);
    assert!(search_parameter(observation, "subject").unwrap().patient_compartment);
    assert!(!search_parameter(observation, "code").unwrap().patient_compartment);
    let composite = search_parameter(observation, "code-value-quantity").unwrap();
    let parts: Vec<_> = composite.components().collect();
    assert_eq!(parts, [("code", ParamKind::Token), ("value-quantity", ParamKind::Quantity)]);
}

#[test]
fn every_parameter_leads_somewhere() {
    for resource_type in ResourceType::all() {
        for parameter in search_parameters(resource_type) {
            assert!(!parameter.paths.is_empty(), "{resource_type}.{}", parameter.code);
            let composite = parameter.kind == ParamKind::Composite;
            assert_eq!(composite, !parameter.components.is_empty(), "{resource_type}.{}", parameter.code);
        }
    }
}

#[test]
fn given_parameters_that_others_answer_then_they_are_kept_by_those() {
    let kept_by = |kind: &str, code: &str| {
        let kind = ResourceType::parse(kind).unwrap();
        let all = search_parameters(kind);
        let names = |by: &ParamId| all.iter().find(|one| one.id == *by).unwrap().code;
        search_parameter(kind, code).unwrap().kept_by.iter().map(names).collect::<Vec<_>>()
    };
    assert_eq!(kept_by("Observation", "combo-code"), ["code", "component-code"]);
    assert_eq!(
        kept_by("Observation", "combo-value-quantity"),
        ["component-value-quantity", "value-quantity"]
    );
    assert_eq!(kept_by("Observation", "patient"), ["subject"]);
    assert_eq!(kept_by("Patient", "phonetic"), ["name"]);
    // They have rows of their own: nobody else finds what they find, and nothing less.
    for (kind, code) in
        [("Observation", "code"), ("Patient", "family"), ("Patient", "name"), ("Patient", "phone")]
    {
        assert_eq!(kept_by(kind, code), [code]);
    }
    // Who keeps has rows, all finds what it found, and a narrowed one is a reference to a single type.
    let mut elsewhere = 0;
    for kind in ResourceType::all() {
        let all = search_parameters(kind);
        for one in all.iter().filter(|one| !one.is_kept()) {
            let keepers: Vec<_> = all.iter().filter(|other| one.kept_by.contains(&other.id)).collect();
            assert_eq!(keepers.len(), one.kept_by.len());
            assert!(
                keepers.iter().all(|other| other.is_kept() && other.kind == one.kind),
                "{} {}",
                kind.name(),
                one.code
            );
            assert!(one.narrowed_to().is_none() || keepers.len() == 1, "{} {}", kind.name(), one.code);
            elsewhere += 1;
        }
    }
    assert!(elsewhere > 60, "{elsewhere}");
}

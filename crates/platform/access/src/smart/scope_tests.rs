//! Scopes: what reads as what, and properties of narrowing.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

#[test]
fn v1_means_what_v2_says() {
    for (one, two) in [("read", "rs"), ("write", "cud"), ("*", "cruds")] {
        let one = ResourceScope::parse(&format!("patient/Observation.{one}")).unwrap();
        let two = ResourceScope::parse(&format!("patient/Observation.{two}")).unwrap();
        assert_eq!(one.permissions, two.permissions);
    }
}

#[test]
fn each_version_reads_its_own_words_again() {
    for text in [
        "patient/*.read",
        "user/Observation.write",
        "system/*.*",
        "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
        "openid",
        "launch/patient",
        "patient/Patient.r",
    ] {
        assert_eq!(Scopes::parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn what_is_no_scope_is_none() {
    for text in [
        "patient/Observation",
        "patient/Observation.",
        "patient/Observation.sr",
        "patient/Observation.rr",
        "patient/Observation.x",
        "patient/observation.rs",
        "Patient/Observation.rs",
        "patient/Observation.read?category=x",
        "patient/Observation.rs?",
        "patient/Observation.rs?category",
        "patient/Observation.rs?=x",
        "patient/Observation.rs?a=b&",
        "patient/../Observation.rs",
        "patient//Observation.rs",
        "everyone/Observation.rs",
        "patient/*.rs.rs",
        "launch/everything",
        "",
    ] {
        assert!(Scopes::parse(text).unwrap().is_empty(), "{text}");
    }
}

#[test]
fn too_many_are_refused() {
    let many = "patient/Observation.rs?code=a ".repeat(SCOPES_MAX + 1);
    assert!(Scopes::parse(&many).is_err());
    assert!(Scopes::parse(&"x".repeat(SCOPE_TEXT_CHARACTERS_MAX + 1)).is_err());
}

#[test]
fn narrowing_keeps_what_both_say() {
    let narrowed = |asked: &str, allowed: &str| {
        Scopes::parse(asked).unwrap().within(&Scopes::parse(allowed).unwrap()).to_string()
    };
    assert_eq!(narrowed("patient/*.rs", "patient/Observation.rs"), "patient/Observation.rs");
    assert_eq!(narrowed("patient/Observation.rs?code=b", "patient/Observation.rs?code=a"), "");
    assert_eq!(narrowed("patient/Observation.cruds", "patient/*.rs"), "patient/Observation.rs");
    assert_eq!(narrowed("patient/Observation.*", "patient/*.read"), "patient/Observation.read");
    assert_eq!(
        narrowed("patient/Observation.rs", "patient/Observation.r?code=a"),
        "patient/Observation.r?code=a"
    );
    assert_eq!(narrowed("patient/Observation.rs?code=a", "patient/*.r"), "patient/Observation.r?code=a");
    assert_eq!(narrowed("user/Observation.rs", "patient/*.rs"), "");
    assert_eq!(narrowed("openid fhirUser offline_access", "openid fhirUser"), "openid fhirUser");
    assert_eq!(narrowed("patient/Patient.crs", "patient/*.c patient/Patient.s"), "patient/Patient.cs");
}

fn scope() -> impl Strategy<Value = String> {
    let level = prop_oneof![Just("patient"), Just("user"), Just("system")];
    let kind = prop_oneof![Just("*"), Just("Observation"), Just("Patient"), Just("Condition")];
    let permissions =
        prop_oneof![Just("read"), Just("write"), Just("*"), Just("rs"), Just("cruds"), Just("s"), Just("cu")];
    let criteria = prop_oneof![3 => Just(""), 1 => Just("?code=a"), 1 => Just("?category=b&code=c")];
    (level, kind, permissions, criteria).prop_map(|(level, kind, permissions, criteria)| {
        let is_first = matches!(permissions, "read" | "write" | "*");
        format!("{level}/{kind}.{permissions}{}", if is_first { "" } else { criteria })
    })
}

fn scopes() -> impl Strategy<Value = Scopes> {
    let plain = proptest::sample::subsequence(Plain::ALL.to_vec(), 0..=8);
    (plain, proptest::collection::vec(scope(), 0..8)).prop_map(|(plain, resources)| {
        let words = plain.into_iter().map(|one| one.code().to_owned()).chain(resources);
        Scopes::parse(&words.collect::<Vec<_>>().join(" ")).unwrap()
    })
}

/// Whether the scopes let somebody do this to a resource of that kind which meets those criteria.
fn allows(scopes: &Scopes, level: Level, kind: &str, permission: Permissions, met: &[&str]) -> bool {
    scopes.resources().any(|one| {
        one.level == level
            && one.is_about(kind)
            && one.permissions.has(permission)
            && one.criteria.as_deref().is_none_or(|criteria| met.contains(&criteria))
    })
}

proptest! {
    #[test]
    fn writing_and_reading_changes_nothing(scopes in scopes()) {
        prop_assert_eq!(Scopes::parse(&scopes.to_string()).unwrap(), scopes);
    }

    #[test]
    fn narrowed_is_never_more_than_either(asked in scopes(), allowed in scopes()) {
        let narrowed = asked.within(&allowed);
        for level in [Level::Patient, Level::User, Level::System] {
            for kind in ["Observation", "Patient", "Encounter"] {
                for (_, permission) in Permissions::LETTERS {
                    for met in [&[][..], &["code=a"], &["code=a", "category=b&code=c"]] {
                        if allows(&narrowed, level, kind, permission, met) {
                            prop_assert!(allows(&asked, level, kind, permission, met));
                            prop_assert!(allows(&allowed, level, kind, permission, met));
                        }
                    }
                }
            }
        }
        for plain in Plain::ALL {
            prop_assert!(!narrowed.has(plain) || (asked.has(plain) && allowed.has(plain)));
        }
    }

    #[test]
    fn narrowing_twice_is_narrowing_once(asked in scopes(), allowed in scopes()) {
        let once = asked.within(&allowed);
        let twice = once.within(&allowed);
        prop_assert!(once.is_within(&twice) && twice.is_within(&once));
    }

    #[test]
    fn what_is_asked_for_is_within_itself_and_narrowed_is_within_both(asked in scopes(), allowed in scopes()) {
        let narrowed = asked.within(&allowed);
        prop_assert!(asked.is_within(&asked));
        prop_assert!(narrowed.is_within(&asked) && narrowed.is_within(&allowed));
        prop_assert!(!asked.is_within(&allowed) || asked.is_within(&narrowed));
    }

    #[test]
    fn nothing_panics(text in "\\PC{0,200}") {
        let _ = Scopes::parse(&text);
    }
}

//! The rules, given/when/then.

use galen_directory::decide::{self, Above, BED_NAME_SCOPE, NESTING_MAX};
use galen_directory::events::Event;
use galen_directory::model::{Entry, PlaceKind};

fn place(id: &str, kind: PlaceKind, part_of: Option<&str>) -> Entry {
    Entry {
        id: id.to_owned(),
        name: Some(format!("Name of {id}")),
        place: Some(kind),
        part_of: part_of.map(str::to_owned),
        identifiers: Vec::new(),
    }
}

#[test]
fn given_any_two_kinds_when_one_is_put_in_the_other_then_only_what_fits_passes() {
    for inner in PlaceKind::ALL {
        for outer in PlaceKind::ALL {
            let entry = place("a", inner, Some("Location/b"));
            let decided = decide::add("Location", &entry, &Above(vec![place("b", outer, None)]));
            assert_eq!(decided.is_ok(), inner.fits_in(outer), "{inner:?} in {outer:?}");
        }
    }
    // Smaller never holds larger.
    for (n, small) in PlaceKind::ALL.iter().enumerate() {
        for large in &PlaceKind::ALL[..n] {
            assert!(!large.fits_in(*small), "{large:?} in {small:?}");
        }
    }
}

#[test]
fn given_a_bed_without_ward_when_added_then_it_is_refused() {
    let refused = decide::add("Location", &place("a", PlaceKind::Bed, None), &Above::default()).unwrap_err();
    assert_eq!((refused.code, refused.location.as_deref()), ("bed-needs-ward", Some("partOf")));
}

#[test]
fn given_a_place_below_itself_when_amended_then_it_is_refused() {
    let before = place("a", PlaceKind::Site, None);
    let after = place("a", PlaceKind::Site, Some("Location/b"));
    let above =
        Above(vec![place("b", PlaceKind::Site, Some("Location/a")), place("a", PlaceKind::Site, None)]);
    assert_eq!(decide::amend("Location", &before, &after, &above).unwrap_err().code, "part-of-itself");
}

#[test]
fn given_a_deep_nest_when_added_then_it_is_refused() {
    let above = (0..=NESTING_MAX).map(|n| place(&format!("s{n}"), PlaceKind::Site, None)).collect();
    let refused = decide::add("Location", &place("a", PlaceKind::Site, None), &Above(above)).unwrap_err();
    assert_eq!(refused.code, "nested-too-deep");
}

#[test]
fn given_a_bed_that_moves_when_amended_then_its_name_is_left_and_taken() {
    let ward = |id: &str| Above(vec![place(id, PlaceKind::Ward, None)]);
    let before = place("a", PlaceKind::Bed, Some("Location/w1"));
    let after = place("a", PlaceKind::Bed, Some("Location/w2"));
    let events = decide::amend("Location", &before, &after, &ward("w2")).unwrap();
    let [Event::Amended { leaves, takes }] = events.as_slice() else { panic!() };
    assert_eq!(leaves, &[(BED_NAME_SCOPE, "Location/w1 name of a".to_owned())]);
    assert_eq!(takes, &[(BED_NAME_SCOPE, "Location/w2 name of a".to_owned())]);
    let same = decide::amend("Location", &before, &before, &ward("w1")).unwrap();
    assert_eq!(same, vec![Event::Amended { leaves: vec![], takes: vec![] }]);
}

#[test]
fn given_an_empty_name_when_added_then_it_is_refused() {
    for name in ["", "   ", &"x".repeat(301)] {
        let entry = Entry { name: Some(name.to_owned()), ..Entry::default() };
        assert_eq!(decide::add("Organization", &entry, &Above::default()).unwrap_err().code, "name-invalid");
    }
}

#[test]
fn given_numbers_of_registers_when_added_then_only_those_are_held_alone() {
    let gmc = ("https://fhir.hl7.org.uk/Id/gmc-number".to_owned(), "1234567".to_owned());
    let other = ("urn:other".to_owned(), "1".to_owned());
    let entry = Entry { identifiers: vec![gmc, other], ..Entry::default() };
    let events = decide::add("Practitioner", &entry, &Above::default()).unwrap();
    let [Event::Added { holds }] = events.as_slice() else { panic!() };
    assert_eq!(holds.len(), 1);
}

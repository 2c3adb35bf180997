//! The JSON parser against good, bad and arbitrary bytes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::{array, object};

#[test]
fn keeps_number_text_and_member_order() {
    let text = br#"{"b":1.50,"a":-0.0e+10,"c":[1,{"d":"\u00e9\ud83d\ude00\n"}]}"#;
    let value = parse(text).unwrap();
    assert_eq!(value.get("b").unwrap().as_number(), Some("1.50"));
    assert_eq!(value.str_at(&["c", "1", "d"]), Some("\u{e9}\u{1F600}\n"));
    assert_eq!(
        String::from_utf8(value.to_bytes()).unwrap(),
        "{\"b\":1.50,\"a\":-0.0e+10,\"c\":[1,{\"d\":\"\u{e9}\u{1F600}\\n\"}]}"
    );
}

#[test]
fn refuses_what_is_not_strict_json() {
    let deep = "[".repeat(DEPTH_MAX + 1) + &"]".repeat(DEPTH_MAX + 1);
    let cases: &[(&[u8], &str)] = &[
        (b"", "unexpected end"),
        (b"{\"a\":1,\"a\":2}", "duplicate"),
        (b"{\"a\":1} x", "after the end"),
        (b"\"\xff\"", "UTF-8"),
        (b"\"\\ud800\"", "surrogate"),
        (b"\"\\udc00\\ud800\"", "surrogate"),
        (b"\"\\ud800\\u0041\"", "surrogate"),
        (b"NaN", "unexpected"),
        (b"-Infinity", "digit"),
        (b"01", "after the end"),
        (b"1.", "digit"),
        (b".5", "unexpected"),
        (b"+1", "unexpected"),
        (b"1e", "digit"),
        (b"[1,]", "unexpected"),
        (b"{\"a\":1,}", "member name"),
        (b"{a:1}", "member name"),
        (b"\"a\nb\"", "control"),
        (b"\"\\x41\"", "escape"),
        (b"tru", "word"),
        (b"/*c*/1", "unexpected"),
        (b"\xef\xbb\xbf{}", "unexpected"),
        (deep.as_bytes(), "deeply"),
    ];
    for (bytes, message) in cases {
        let fault = parse(bytes).unwrap_err();
        assert!(fault.message.contains(message), "{:?}: {fault}", String::from_utf8_lossy(bytes));
    }
    let allowed = "[".repeat(DEPTH_MAX) + &"]".repeat(DEPTH_MAX);
    assert!(parse(allowed.as_bytes()).is_ok());
}

#[test]
fn says_where_the_fault_is() {
    let fault = parse(b"{\"name\":[\n {\"family\":1.x}]}").unwrap_err();
    assert_eq!((fault.line, fault.column, fault.location.as_str()), (2, 14, "name[0].family"));
}

#[test]
fn finds_duplicates_in_big_objects() {
    let members: Vec<String> = (0..100).map(|n| format!("\"m{n}\":{n}")).collect();
    assert!(parse(format!("{{{}}}", members.join(",")).as_bytes()).is_ok());
    assert!(parse(format!("{{{},\"m50\":1}}", members.join(",")).as_bytes()).is_err());
}

#[test]
fn same_as_ignores_order_but_not_number_text() {
    let one = parse(br#"{"a":1.0,"b":[{"c":1,"d":2}]}"#).unwrap();
    assert!(one.same_as(&parse(br#"{"b":[{"d":2,"c":1}],"a":1.0}"#).unwrap()));
    assert!(!one.same_as(&parse(br#"{"b":[{"d":2,"c":1}],"a":1.00}"#).unwrap()));
    assert!(!one.same_as(&parse(br#"{"b":[{"d":2,"c":1}]}"#).unwrap()));
}

#[test]
fn objects_keep_order_when_changed() {
    let mut value = object! { "a" => 1, "b" => array![true, "x"], "c" => object! {} };
    let object = value.as_object_mut().unwrap();
    object.insert("b", "new");
    object.insert_at(1, "z", 5);
    object.remove("c");
    assert_eq!(value.to_string(), r#"{"a":1,"z":5,"b":"new"}"#);
    assert_eq!(parse(&value.to_pretty()).unwrap(), value);
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?"
            .prop_map(|text| Json::Number(text.into())),
        any::<String>().prop_map(|text| Json::String(text.into())),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::Array),
            prop::collection::vec((any::<String>(), inner), 0..6).prop_map(|pairs| {
                Json::Object(pairs.into_iter().map(|(name, value)| (name.into(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(value in any_json()) {
        prop_assert_eq!(&parse(&value.to_bytes()).unwrap(), &value);
        prop_assert_eq!(&parse(&value.to_pretty()).unwrap(), &value);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn json_like_text_never_panics(text in "[\\[\\]{}\",:0-9eE.+\\\\u tfn-]{0,80}") {
        let _ = parse(text.as_bytes());
    }
}

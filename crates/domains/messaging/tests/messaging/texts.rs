//! What messages say, in every language; how long text messages are; what numbers and replies mean.

use crate::rules::{NOW, london};
use galen_kernel::Phi;
use galen_messaging::decide;
use galen_messaging::model::reply::{Reply, international};
use galen_messaging::model::segments::{
    Alphabet, GSM_PART_UNITS_MAX, GSM_UNITS_MAX, UCS2_PART_UNITS_MAX, UCS2_UNITS_MAX, count,
};
use galen_messaging::model::templates::{Filling, Letter, SMS_PARTS_MAX, Template, flaw, letter};
use galen_messaging::model::{Language, Purpose};
use proptest::prelude::*;

fn filling(name: &str) -> Filling {
    Filling {
        name: Phi::new(name.to_owned()),
        start: Some(NOW),
        answer_by: Some(NOW),
        zone: london(),
        hospital: "Aldermoor General Hospital".to_owned(),
        site: "Aldermoor North".to_owned(),
    }
}

fn written(purpose: Purpose, language: Language, filling: &Filling) -> Letter {
    letter(&Template::built_in(purpose, language), language, filling)
}

#[test]
fn every_template_is_whole_and_short_and_names_nobody_where_others_read() {
    for purpose in Purpose::ALL {
        for language in Language::ALL {
            let template = Template::built_in(purpose, language);
            assert_eq!(flaw(&template), None, "{purpose:?} {language:?}");
            let letter = letter(&template, language, &filling("Ada Lovelace"));
            for text in [&letter.subject, &letter.text, &letter.sms] {
                assert!(!text.contains(['{', '}']), "{text}");
            }
            assert!(letter.text.contains("Ada Lovelace"));
            for text in [&letter.subject, &letter.sms] {
                assert!(!text.contains("Ada") && text.contains("Aldermoor General Hospital"), "{text}");
            }
            assert!(letter.html.contains(&format!(
                "lang=\"{}\" dir=\"{}\"",
                language.code(),
                language.direction()
            )));
            let segments = count(&letter.sms);
            assert!(segments.parts <= SMS_PARTS_MAX, "{purpose:?} {language:?}: {segments:?}");
            if language == Language::En {
                assert_eq!((segments.alphabet, segments.parts), (Alphabet::Gsm7, 1), "{}", letter.sms);
            }
        }
    }
}

#[test]
fn languages_write_dates_in_their_own_way() {
    let sms = |language| written(Purpose::AppointmentReminder, language, &filling("A")).sms;
    assert!(sms(Language::En).contains("Mon 21 Sep at 15:13"), "{}", sms(Language::En));
    assert!(sms(Language::Cy).contains("Llun 21 Medi am 15:13"));
    assert!(sms(Language::Ar).contains("الاثنين 21 سبتمبر"));
    let text = written(Purpose::AppointmentBooked, Language::Cy, &filling("A")).text;
    assert!(text.contains("dydd Llun 21 Medi 2026"), "{text}");
    let offer = |language| written(Purpose::AppointmentOffered, language, &filling("A")).sms;
    assert!(offer(Language::En).contains("until Mon 21 Sep 15:13"), "{}", offer(Language::En));
    assert!(offer(Language::Ar).contains("حتى الاثنين 21 سبتمبر 15:13"), "{}", offer(Language::Ar));
    let undated = Filling { start: None, ..filling("A") };
    assert!(
        written(Purpose::AppointmentCancelled, Language::En, &undated).sms.contains("a date not set yet")
    );
}

#[test]
fn names_can_break_neither_html_nor_headers_nor_templates() {
    let evil = Filling { hospital: "H\r\nBcc: x@y".to_owned(), ..filling("<script>{date}</script>") };
    let letter = written(Purpose::AppointmentBooked, Language::En, &evil);
    assert!(letter.html.contains("&lt;script&gt;{date}") && !letter.html.contains("<script>"));
    assert!(!letter.subject.contains(['\r', '\n']));
}

#[test]
fn templates_of_staff_have_known_gaps_only() {
    let good = Template::built_in(Purpose::AppointmentBooked, Language::En);
    let code = |template: &Template| {
        let refused = decide::override_template(Some(template)).unwrap_err();
        (refused.code, refused.location.unwrap())
    };
    assert!(decide::override_template(Some(&good)).is_ok() && decide::override_template(None).is_ok());
    for (at, template) in [
        ("subject", Template { subject: "For {name}".into(), ..good.clone() }),
        ("subject", Template { subject: "a\nBcc: b".into(), ..good.clone() }),
        ("subject", Template { subject: " ".into(), ..good.clone() }),
        ("sms", Template { sms: "{site}".into(), ..good.clone() }),
        ("sms", Template { sms: "x".repeat(600), ..good.clone() }),
        ("sms", Template { sms: "{day".into(), ..good.clone() }),
        ("paragraphs", Template { paragraphs: vec![], ..good.clone() }),
        ("paragraphs", Template { paragraphs: vec!["{diagnosis}".into()], ..good.clone() }),
        ("paragraphs", Template { paragraphs: vec!["day}".into()], ..good.clone() }),
    ] {
        assert_eq!(code(&template), ("template-invalid", format!("template.{at}")));
    }
}

#[test]
fn parts_are_counted_as_networks_count_them() {
    let parts = |text: &str| count(text).parts;
    assert_eq!((parts(""), parts("a"), parts(&"a".repeat(160)), parts(&"a".repeat(161))), (0, 1, 1, 2));
    assert_eq!((parts(&"a".repeat(306)), parts(&"a".repeat(307))), (2, 3));
    assert_eq!((parts(&"ŵ".repeat(70)), parts(&"ŵ".repeat(71)), parts(&"ŵ".repeat(135))), (1, 2, 3));
    assert_eq!((parts(&"€".repeat(80)), parts(&"€".repeat(81))), (1, 2), "two septets each");
    // 76 of two septets fit into 153, and the 77th is not torn.
    assert_eq!((count(&"€".repeat(153)).units, parts(&"€".repeat(153))), (306, 3));
    assert_eq!((count("😀").units, count("😀").alphabet), (2, Alphabet::Ucs2));
    assert_eq!(count("à é ñ Ω").alphabet, Alphabet::Gsm7);
    assert_eq!(count("â").alphabet, Alphabet::Ucs2);
}

#[test]
fn numbers_are_read_as_people_write_them() {
    for (text, number) in [
        ("07700 900123", Some("+447700900123")),
        ("+44 (0)7700 900-123", Some("+447700900123")),
        ("+447700900123", Some("+447700900123")),
        ("0044 7700 900123", Some("+447700900123")),
        ("+20 100 123 4567", Some("+201001234567")),
        ("900123", None),
        ("0", None),
        ("+44 7700 CALL", None),
        ("", None),
    ] {
        assert_eq!(international(text, "44").as_deref(), number, "{text}");
    }
}

#[test]
fn replies_are_one_known_word_or_for_a_person() {
    for text in ["Y", " yes. ", "OK!", "IE", "Ydw", "نعم"] {
        assert_eq!(Reply::read(text), Reply::Accepted, "{text}");
    }
    for text in ["N", "no", "NA", "Nage", "لا"] {
        assert_eq!(Reply::read(text), Reply::Declined, "{text}");
    }
    assert_eq!(Reply::read("STOP"), Reply::Stop);
    for text in ["", "yes but later please", "no problem, see you", "?"] {
        assert_eq!(Reply::read(text), Reply::Other, "{text}");
    }
}

proptest! {
    #[test]
    fn parts_hold_what_they_say(text in "[a-z€{}ŵ😀ع ]{0,400}") {
        let counted = count(&text);
        let (whole, part) = match counted.alphabet {
            Alphabet::Gsm7 => (GSM_UNITS_MAX, GSM_PART_UNITS_MAX),
            Alphabet::Ucs2 => (UCS2_UNITS_MAX, UCS2_PART_UNITS_MAX),
        };
        prop_assert_eq!(counted.parts == 0, text.is_empty());
        prop_assert!(counted.units <= whole || counted.parts >= 2);
        prop_assert!(counted.units <= counted.parts.max(1) * whole);
        // One unit of each part may stay empty, where a character of two would be torn.
        prop_assert!(counted.parts <= 1 || counted.units >= (counted.parts - 1) * (part - 1));
    }

    #[test]
    fn any_template_is_filled_or_refused_without_panic(text in ".{0,60}") {
        let template = Template { subject: text.clone(), paragraphs: vec![text.clone()], sms: text };
        let _flaw = flaw(&template);
        let _letter = letter(&template, Language::Ar, &filling("{name}"));
    }

    #[test]
    fn any_number_is_read_without_panic(text in ".{0,30}") {
        if let Some(number) = international(&text, "44") {
            prop_assert!(number.starts_with('+') && number.len() <= 16);
            prop_assert_eq!(international(&number, "44").as_deref().is_some(), true);
        }
    }
}

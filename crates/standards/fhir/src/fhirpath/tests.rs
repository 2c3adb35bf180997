//! Cases by the chapters of the specification that the official file leaves out, hostile expressions, and the way back to text.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::panic, clippy::print_stdout)]

use std::borrow::Cow;
use std::cell::RefCell;

use proptest::prelude::*;

use super::*;
use crate::json::parse;

const PATIENT: &str = r##"{"resourceType":"Patient","id":"p1","active":true,"birthDate":"1974-12-25","_birthDate":{"id":"b","extension":[{"url":"http://x/time","valueDateTime":"1974-12-25T14:35:45-05:00"}]},
 "name":[{"use":"official","family":"Chalmers","given":["Peter","James"]},{"use":"usual","given":["Jim"]}],
 "managingOrganization":{"reference":"#org"},"generalPractitioner":[{"reference":"Practitioner/7"}],"deceasedDateTime":"2020-05",
 "multipleBirthInteger":2,"contained":[{"resourceType":"Organization","id":"org","name":"Ward"}],
 "extension":[{"url":"http://x/age","valueAge":{"value":4,"unit":"years","system":"http://unitsofmeasure.org","code":"a"}}]}"##;

/// The values of an expression over the patient, as text; or what went wrong.
fn run(expression: &str) -> Result<Vec<String>, FhirPathError> {
    let patient = parse(PATIENT.as_bytes()).unwrap();
    let expression = Expression::parse(expression)?;
    let environment = Environment { now: Some(1_577_934_245_678_901), ..Environment::bare() };
    let found = expression.evaluate(&patient, &environment)?;
    Ok(found.iter().map(|item| item.to_text().map_or("?".to_owned(), Cow::into_owned)).collect())
}

fn is(expression: &str, wanted: &[&str]) {
    assert_eq!(run(expression).unwrap(), wanted, "{expression}");
}

#[test]
fn navigation_knows_choices_twins_and_types() {
    is("Patient.deceased", &["2020-05"]);
    is("deceased.type().name", &["dateTime"]);
    is("Patient.deceasedDateTime", &[]);
    is("birthDate.id", &["b"]);
    is("birthDate.extension('http://x/time').value.type().name", &["dateTime"]);
    is("Patient.extension.value is Age", &["true"]);
    is("Patient.extension.value is Quantity", &["true"]);
    is("Patient.extension.value is Duration", &["false"]);
    is("Patient.extension.value.ofType(Age).value", &["4"]);
    is("Patient.extension.value = 4 years", &["true"]);
    is("Resource.id", &["p1"]);
    is("DomainResource.id", &["p1"]);
    is("Observation.id", &[]);
    is("contained.name", &["Ward"]);
    is("contained.ofType(Organization).name", &["Ward"]);
    is("Patient is DomainResource", &["true"]);
    is("name.first().type().name", &["HumanName"]);
    is("name.first() is Element", &["true"]);
    is("children().count() > 8", &["true"]);
    is("name.descendants().where($this is code)", &["official", "usual"]);
}

#[test]
fn lambdas_see_their_own_values() {
    is("name.select(given.first() & ' ' & iif(family.exists(), family, '-'))", &["Peter Chalmers", "Jim -"]);
    is("name.where($index = 1).given", &["Jim"]);
    is("name.given.aggregate($total + $this.length(), 0)", &["13"]);
    is("name.repeat(given)", &["Peter", "James", "Jim"]);
    is("(1 | 2 | 3).all($this > 0)", &["true"]);
    is("{}.all(false)", &["true"]);
    is("name.defineVariable('n', given).select(%n.first())", &["Peter", "Peter"]);
    is("name.first().defineVariable('f', family).select(%f)", &["Chalmers"]);
    assert!(run("name.select(defineVariable('x')).select(%x)").is_err());
    is("coalesce({}, name.suffix, 'none')", &["none"]);
    is("name.given.sort(length())", &["Jim", "Peter", "James"]);
    is("name.given.sort(-$this)", &["Peter", "Jim", "James"]);
}

#[test]
fn numbers_are_exact() {
    is("0.1 + 0.2 = 0.3", &["true"]);
    is("1 / 3 * 3 = 1", &["false"]);
    is("1.20.round(1)", &["1.2"]);
    is("(-2.5).round()", &["-3"]);
    is("7 mod -2", &["1"]);
    is("2147483647 + 1", &[]);
    is("2.power(10)", &["1024"]);
    is("2.power(31)", &[]);
    is("2.power(0.5).round(3)", &["1.414"]);
    is("(1 | 2 | 3).sum()", &["6"]);
    is("(1 | 2).avg()", &["1.5"]);
    is("('b' | 'a').min()", &["a"]);
    is("(1.5 | 2).max()", &["2"]);
    is("multipleBirth + 1", &["3"]);
}

#[test]
fn dates_keep_their_precision() {
    is("@2020-01-31 + 1 month", &["2020-02-29"]);
    is("@2020-02-29 + 1 year", &["2021-02-28"]);
    is("@2020 + 18 months", &["2021"]);
    is("@2020-01 - 1 day", &["2020-01"]);
    is("@T23:59 + 2 minutes", &["00:01"]);
    is("@2020-01-01T00:00:00Z - 0.5 seconds", &["2019-12-31T23:59:59.500Z"]);
    is("@9999-12-31 + 1 day", &[]);
    is("@2020-01-01T10:00:00+02:00 = @2020-01-01T08:00:00Z", &["true"]);
    is("@2020-01 < @2020-02-01", &["true"]);
    is("now()", &["2020-01-02T03:04:05.678Z"]);
    is("today()", &["2020-01-02"]);
    is("timeOfDay()", &["03:04:05.678"]);
    is(
        "@2020-01-02T03:04:05.678+05:30.select(yearOf() | monthOf() | dayOf() | hourOf() | minuteOf())",
        &["2020", "1", "2", "3", "4"],
    );
    is("@2020-01-02T03:04:05.678+05:30.timezoneOffsetOf()", &["5.5"]);
    is("birthDate.yearOf()", &["1974"]);
    is("'2020-01-02T03:04'.toDate()", &["2020-01-02"]);
    is("@2024-02.highBoundary()", &["2024-02-29"]);
    for bad in ["@2020-13", "@2019-02-29", "@T25", "@2020-01-01T24:00"] {
        assert_eq!(run(bad).unwrap_err().kind, ErrorKind::Syntax, "{bad}");
    }
}

#[test]
fn texts() {
    is("'a,b,,c'.split(',').join('-')", &["a-b--c"]);
    is("'ab12'.replaceMatches('([a-z]+)([0-9]+)', '$2x$1')", &["12xab"]);
    is("'añb'.indexOf('b')", &["2"]);
    is("'abcb'.lastIndexOf('b')", &["3"]);
    is("'añb'.substring(1, 1)", &["ñ"]);
    is("'a\"b'.escape('json')", &["a\\\"b"]);
    is("'&lt;a&gt;'.unescape('html')", &["<a>"]);
    is("'zz'.decode('hex')", &[]);
    is("name.given.join(', ')", &["Peter, James, Jim"]);
    assert!(run("'x'.matches('(?=x)')").is_err());
    assert!(run("'x'.matches('[')").is_err());
}

#[test]
fn quantities_of_calendars() {
    is("1 year = 12 months", &["true"]);
    is("1 year ~ 1 'a'", &["true"]);
    is("1 year = 1 'a'", &[]);
    is("90 minutes > 1 hour", &["true"]);
    is("3 'mg' + 2 'mg'", &["5 'mg'"]);
    is("3 'mg' * 2", &["6 'mg'"]);
    is("'90 minutes'.toQuantity('h')", &["1.5 'h'"]);
}

#[test]
fn what_only_the_caller_knows() {
    struct Ward(RefCell<Vec<String>>, Json);
    impl<'a> Lookup<'a> for &'a Ward {
        fn resolve(&self, reference: &str) -> Resolved<'a> {
            match reference {
                "Practitioner/7" => Resolved::Found(&self.1),
                _ => Resolved::Typed,
            }
        }
        fn member_of(&self, _: &Node<'a>, value_set: &str) -> Option<bool> {
            (value_set == "http://x/vs").then_some(true)
        }
        fn trace(&self, name: &str, values: &[Item<'a>]) {
            self.0.borrow_mut().push(format!("{name} {}", values.len()));
        }
    }
    let patient = parse(PATIENT.as_bytes()).unwrap();
    let ward = Ward(RefCell::default(), parse(br#"{"resourceType":"Practitioner","id":"7"}"#).unwrap());
    let lookup = &ward;
    for (text, wanted) in [
        ("generalPractitioner.resolve().id", "7"),
        ("generalPractitioner.resolve() is Practitioner", "true"),
        ("managingOrganization.resolve().name", "Ward"),
        ("'Patient/9'.resolve() is Patient", "true"),
        ("name.first().use.memberOf('http://x/vs')", "true"),
        ("name.trace('names').given.trace('given', length()).count()", "3"),
        ("getResourceKey()", "Patient/p1"),
        ("generalPractitioner.getReferenceKey(Practitioner)", "Practitioner/7"),
        ("generalPractitioner.getReferenceKey(Patient).empty()", "true"),
        ("conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", "true"),
    ] {
        let expression = Expression::parse(text).unwrap();
        let environment = Environment { lookup: &lookup, ..Environment::bare() };
        let found = expression.evaluate(&patient, &environment).unwrap();
        assert_eq!(found.first().unwrap().to_text().unwrap(), wanted, "{text}");
    }
    assert_eq!(*ward.0.borrow(), ["names 2", "given 3"]);
}

#[test]
fn values_are_found_again() {
    let patient = parse(PATIENT.as_bytes()).unwrap();
    for (text, wanted) in [
        ("Patient", ""),
        ("name[0].given[1]", ".name[0].given[1]"),
        ("deceased", ".deceasedDateTime"),
        ("birthDate.extension.value", "._birthDate.extension[0].valueDateTime"),
    ] {
        let expression = Expression::parse(text).unwrap();
        let found = expression.evaluate(&patient, &Environment::bare()).unwrap();
        let steps = locate(&patient, found.first().unwrap()).unwrap();
        assert_eq!(steps.iter().map(ToString::to_string).collect::<String>(), wanted, "{text}");
    }
}

#[test]
fn faults_say_what_and_where() {
    for (text, kind, at) in [
        ("name.", ErrorKind::Syntax, 5),
        ("name.foo()", ErrorKind::Semantic, 5),
        ("name.where()", ErrorKind::Semantic, 5),
        ("1 + 'a'", ErrorKind::Execution, 2),
        ("%nowhere", ErrorKind::Semantic, 0),
        ("name.as(Foo)", ErrorKind::Semantic, 8),
        ("name.family 1", ErrorKind::Syntax, 12),
        ("99999999999", ErrorKind::Syntax, 0),
    ] {
        let fault = run(text).unwrap_err();
        assert_eq!((fault.kind, fault.at), (kind, at), "{text}: {fault}");
    }
    let fault = run("name.exist()").unwrap_err();
    assert!(fault.message.contains("did you mean exists()"), "{fault}");
    let check = |text: &str| Expression::parse(text).unwrap().check("Patient", Order::Ignored);
    assert!(check("name.given1").unwrap_err().message.contains("no element of FHIR.HumanName"));
    assert!(check("name.where(use = 'x').family | contact.name.family").is_ok());
}

#[test]
fn hostile_expressions_end() {
    let doubling = format!("'{}'{}", "x".repeat(100), ".replace('x', 'xxxxxxxxxx')".repeat(8));
    let exploding = format!(
        "(1|2|3|4|5|6|7|8|9|10){}",
        ".select(1.combine(2).combine(3).combine(4).combine(5).combine(6))".repeat(9)
    );
    for text in [
        "(".repeat(10_000),
        "-".repeat(10_000),
        format!("a{}", ".a".repeat(20_000)),
        format!("1{}", "+1".repeat(20_000)),
        "a(".repeat(1_000),
        "x".repeat(EXPRESSION_BYTES_MAX + 1),
        format!("'x'.matches('{}')", "(a*)*".repeat(2_000)),
        "'x'.matches('((a{100}){100}){100}')".to_owned(),
        doubling,
        exploding,
        "name.repeatAll($this)".to_owned(),
        "descendants().select(%resource.descendants().select(%resource.descendants().select(%resource.descendants())))".to_owned(),
    ] {
        assert!(run(&text).is_err(), "{}", text.get(..60).unwrap_or(&text));
    }
    // As deep as it may be, on a thread's ordinary stack.
    let deep = format!("name{}", ".where(given.exists())".repeat(usize::from(HEIGHT_MAX) - 3));
    assert_eq!(run(&deep).unwrap().len(), 2);
    let nested = format!("{}true{}", "iif(true, ".repeat(58), ")".repeat(58));
    is(&nested, &["true"]);
}

#[test]
fn timing() {
    let patient = parse(PATIENT.as_bytes()).unwrap();
    let expression = Expression::parse("Patient.name.given").unwrap();
    let environment = Environment::bare();
    let start = std::time::Instant::now();
    let mut count = 0;
    for _ in 0..100_000 {
        count += expression.evaluate(&patient, &environment).unwrap().len();
    }
    println!("Patient.name.given: {:?} each", start.elapsed() / 100_000);
    assert_eq!(count, 300_000);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        let _ = run(&text);
    }

    #[test]
    fn pieces_in_any_order_are_read_or_refused(pieces in proptest::collection::vec(0usize..28, 0..14)) {
        const PIECES: [&str; 28] = [
            "name", ".", "given", "where(", "(", ")", "[", "]", "1", "'a'", "=", "|", "and", "$this", "@2020-01",
            "+", "-", "2 days", "%resource", "{}", "is", "Patient", "ofType(", ",", "matches(", "not()", "div", "&",
        ];
        let text: Vec<&str> = pieces.iter().map(|&at| PIECES[at]).collect();
        let text = text.join(" ");
        if let Ok(expression) = Expression::parse(&text) {
            let printed = expression.to_string();
            let again = Expression::parse(&printed);
            // Brackets add nesting, which has its limit.
            if let Ok(again) = again {
                prop_assert_eq!(again.to_string(), printed);
            }
        }
        let _ = run(&text);
    }
}

#[test]
fn invariants_print_to_themselves() {
    for text in [
        "name.where(use = 'official' and given.count() > 1).select(given | family).first()",
        "contained.where((('#'+id in %resource.descendants().reference) or descendants().where(reference = '#').exists()).not()).empty()",
        "-1 + 2 * 3 div 4 = 2.5 or @2020T < now() implies x is FHIR.Quantity",
        "`div`.is(System.String) xor 4 'mg' ~ 3 weeks",
    ] {
        let once = Expression::parse(text).unwrap();
        let twice = Expression::parse(&once.to_string()).unwrap();
        assert_eq!(once.to_string(), twice.to_string());
    }
}

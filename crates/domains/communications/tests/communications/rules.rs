//! The rules of writing to each other.

use galen_communications::decide::{
    LINES_MAX, SENT_IN_A_DAY_MAX, TEXT_CHARACTERS_MAX, THREADS_OPEN_MAX, close, read, reply, start,
};
use galen_communications::model::{Line, Side, Thread, Topic};
use galen_kernel::{Instant, MICROS_PER_DAY, PatientId, Phi, UserId};
use proptest::prelude::*;

fn at(seconds: i64) -> Instant {
    Instant::from_micros(1_790_000_000_000_000 + seconds * 1_000_000)
}

fn line(side: Side, seconds: i64) -> Line {
    let user = UserId::parse("u").unwrap();
    Line { communication: String::new(), at: at(seconds), side, user, practitioner: None }
}

fn text(words: &str) -> Phi<String> {
    Phi::new(words.to_owned())
}

fn begun(side: Side, seconds: i64) -> Thread {
    let patient = PatientId::parse("p").unwrap();
    let said = (Topic::Other, &text("My knee"), &text("It hurts"));
    start(said, &patient, &[], line(side, seconds)).unwrap()
}

#[test]
fn what_a_patient_writes_waits_for_the_staff_until_it_is_answered_or_closed() {
    let thread = begun(Side::Patient, 0);
    assert!(thread.awaits_staff());
    assert_eq!((thread.unread(Side::Staff), thread.unread(Side::Patient)), (1, 0));
    let answered = reply(&thread, 1, &text("Rest it"), &[], line(Side::Staff, 1)).unwrap();
    assert!(!answered.awaits_staff());
    assert_eq!((answered.unread(Side::Staff), answered.unread(Side::Patient)), (0, 1));
    let closed = close(&thread, 1, at(2)).unwrap();
    assert!(!closed.awaits_staff());
    assert_eq!(close(&closed, 1, at(3)).unwrap_err().code, "thread-closed");
    let again = reply(&closed, 1, &text("It still hurts"), &[], line(Side::Proxy, 4)).unwrap();
    assert!(again.awaits_staff() && again.closed.is_none(), "a reply opens it again");
    assert!(!begun(Side::Staff, 0).awaits_staff());
}

#[test]
fn nobody_answers_or_closes_over_words_that_they_have_not_seen() {
    let thread = reply(&begun(Side::Patient, 0), 1, &text("More"), &[], line(Side::Patient, 1)).unwrap();
    let late = reply(&thread, 1, &text("Rest it"), &[], line(Side::Staff, 2)).unwrap_err();
    assert_eq!(late.code, "thread-has-more");
    assert_eq!(close(&thread, 1, at(2)).unwrap_err().code, "thread-has-more");
}

#[test]
fn words_have_lengths_and_patients_write_so_often_and_no_more() {
    let patient = PatientId::parse("p").unwrap();
    let begin = |subject: &str, words: &str, threads: &[&Thread], side| {
        start((Topic::Other, &text(subject), &text(words)), &patient, threads, line(side, 0))
            .map_err(|e| e.code)
    };
    assert_eq!(begin(" ", "x", &[], Side::Patient).unwrap_err(), "text-invalid");
    assert_eq!(
        begin("x", &"y".repeat(TEXT_CHARACTERS_MAX + 1), &[], Side::Patient).unwrap_err(),
        "text-invalid"
    );
    let today: Vec<Thread> = (0..SENT_IN_A_DAY_MAX).map(|_| begun(Side::Patient, -60)).collect();
    let all: Vec<&Thread> = today.iter().collect();
    assert_eq!(begin("x", "y", &all, Side::Proxy).unwrap_err(), "too-many-messages");
    assert!(begin("x", "y", &all, Side::Staff).is_ok(), "the staff answer as often as it takes");
    let old: Vec<Thread> =
        (0..THREADS_OPEN_MAX).map(|_| begun(Side::Patient, -2 * MICROS_PER_DAY / 1_000_000)).collect();
    let all: Vec<&Thread> = old.iter().collect();
    assert_eq!(begin("x", "y", &all, Side::Patient).unwrap_err(), "too-many-threads");
    let mut full = begun(Side::Patient, 0);
    full.lines = vec![line(Side::Staff, 0); LINES_MAX];
    assert_eq!(
        reply(&full, LINES_MAX, &text("x"), &[], line(Side::Staff, 1)).unwrap_err().code,
        "thread-full"
    );
}

proptest! {
    /// However two sides write, read and close: what is read stays read, no words are lost, and a thread waits exactly
    /// when the patient's side wrote last and nobody closed it.
    #[test]
    fn threads_keep_what_they_promise(steps in proptest::collection::vec((0_u8..5, 0_usize..8), 0..40)) {
        let mut thread = begun(Side::Patient, 0);
        for (second, (step, seen)) in (1..).zip(steps) {
            let before = thread.clone();
            let length = before.lines.len();
            thread = match step {
                0 => reply(&before, length, &text("a"), &[], line(Side::Staff, second * 100_000)).unwrap(),
                1 => reply(&before, length, &text("b"), &[], line(Side::Patient, second * 100_000)).unwrap(),
                2 => read(&before, Side::Staff, seen),
                3 => read(&before, Side::Patient, seen),
                _ => close(&before, length, at(second * 100_000)).unwrap_or_else(|_| before.clone()),
            };
            prop_assert!(thread.lines.starts_with(&before.lines));
            prop_assert!(thread.seen_by_staff >= before.seen_by_staff && thread.seen_by_staff <= thread.lines.len());
            prop_assert!(thread.seen_by_patient >= before.seen_by_patient);
            prop_assert!(thread.seen_by_patient <= thread.lines.len());
            let is_patients = thread.last().is_some_and(|last| last.side != Side::Staff);
            prop_assert_eq!(thread.awaits_staff(), is_patients && thread.closed.is_none());
        }
    }
}

//! The rules, given/when/then: whether a message goes out, by which channel, and what becomes of it.

use galen_kernel::{Instant, MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, PatientId};
use galen_messaging::decide::{
    self, ATTEMPT_LEASE_MICROS, AppointmentNow, Around, BACKOFF, Outcome, Receipt, Recipient,
};
use galen_messaging::events::{Event, evolve};
use galen_messaging::model::{
    Channel, Language, Message, Preferences, Purpose, Reason, State, Subject, of_key,
};
use jiff::tz::TimeZone;
use std::time::Duration;

/// 2026-09-21T14:13:20Z: in the afternoon, on British summer time.
pub const NOW: Instant = Instant::from_micros(1_790_000_000_000_000);

pub fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

pub fn subject(start: Option<Instant>) -> Subject {
    Subject {
        patient: PatientId::parse("p").unwrap(),
        appointment: "a".to_owned(),
        version: 1,
        start,
        answer_by: None,
        sequence: 0,
    }
}

pub fn of(purpose: Purpose, start: Instant) -> Message {
    Message::queued(purpose, &subject(Some(start)), (Channel::Email, Language::En), NOW, NOW)
}

pub fn in_days(days: i64) -> Instant {
    NOW.plus_micros(days * MICROS_PER_DAY)
}

pub fn message() -> Message {
    of(Purpose::AppointmentBooked, in_days(10))
}

fn around(status: &str, start: Instant) -> Around {
    Around {
        appointment: Some(AppointmentNow { status: status.to_owned(), start: Some(start) }),
        recipient: Some(Recipient {
            is_deceased: false,
            reachable: vec![Channel::InApp, Channel::Email, Channel::Sms],
            language: None,
        }),
        preferences: Preferences::default(),
        outlets: Channel::ALL.to_vec(),
        opt_in: false,
        language: Language::En,
        zone: london(),
    }
}

fn usual() -> Around {
    around("booked", in_days(10))
}

fn sending() -> Message {
    let mut one = message();
    let event = decide::begin(&one, &usual(), NOW).unwrap();
    assert!(evolve(&mut one, &event));
    one
}

fn suppressed(message: &Message, around: &Around) -> Option<Reason> {
    match decide::begin(message, around, NOW) {
        Some(Event::Suppressed { reason }) => Some(reason),
        _ => None,
    }
}

fn channel_of(around: &Around) -> Channel {
    match decide::begin(&message(), around, NOW) {
        Some(Event::Attempted { channel, .. }) => channel,
        other => panic!("{other:?}"),
    }
}

#[test]
fn given_a_message_that_is_due_when_begun_then_it_is_attempted_under_a_lease() {
    let lease = NOW.plus_micros(ATTEMPT_LEASE_MICROS);
    let begun = decide::begin(&message(), &usual(), NOW);
    assert_eq!(begun, Some(Event::Attempted { channel: Channel::Email, language: Language::En, lease }));
    let mut later = message();
    evolve(&mut later, &Event::Postponed { due: NOW.plus_micros(1) });
    assert_eq!(decide::begin(&later, &usual(), NOW), None, "not before its time");
}

#[test]
fn given_what_is_no_longer_true_when_begun_then_it_is_suppressed() {
    let booked = message();
    for status in ["cancelled", "noshow", "fulfilled", "entered-in-error", "arrived"] {
        assert_eq!(suppressed(&booked, &around(status, in_days(10))), Some(Reason::Superseded), "{status}");
    }
    assert_eq!(suppressed(&booked, &around("booked", in_days(11))), Some(Reason::Superseded), "moved");
    let gone = Around { appointment: None, ..usual() };
    assert_eq!(suppressed(&booked, &gone), Some(Reason::Superseded));
    let over = of(Purpose::AppointmentReminder, NOW);
    assert_eq!(suppressed(&over, &around("booked", NOW)), Some(Reason::TooLate));
    let cancelled = of(Purpose::AppointmentCancelled, in_days(10));
    assert_eq!(suppressed(&cancelled, &usual()), Some(Reason::Superseded), "it stands again");
    assert_eq!(suppressed(&cancelled, &around("cancelled", in_days(10))), None);
    let requested = of(Purpose::AppointmentRequested, in_days(10));
    assert_eq!(suppressed(&requested, &around("pending", in_days(12))), None, "it names no time");
}

#[test]
fn given_an_offer_when_it_is_over_or_answered_then_it_is_not_told_and_nights_do_not_use_it_up() {
    let soon = Instant::parse("2026-09-22T15:00:00+01:00").unwrap();
    let offer = |answer_by: Instant| {
        let subject = Subject { answer_by: Some(answer_by), ..subject(Some(soon)) };
        let as_planned = (Channel::Email, Language::En);
        Message::queued(Purpose::AppointmentOffered, &subject, as_planned, NOW, NOW)
    };
    assert_eq!(suppressed(&offer(in_days(1)), &around("pending", soon)), None);
    assert_eq!(
        suppressed(&offer(in_days(1)), &around("waitlist", soon)),
        Some(Reason::Superseded),
        "declined"
    );
    assert_eq!(suppressed(&offer(in_days(1)), &around("booked", soon)), Some(Reason::Superseded), "accepted");
    assert_eq!(suppressed(&offer(NOW), &around("pending", soon)), Some(Reason::TooLate));
    let night = Instant::parse("2026-09-21T22:30:00+01:00").unwrap();
    let morning = Instant::parse("2026-09-22T08:00:00+01:00").unwrap();
    let begun = |answer_by: &str| {
        decide::begin(&offer(Instant::parse(answer_by).unwrap()), &around("pending", soon), night)
    };
    assert_eq!(begun("2026-09-22T10:00:00+01:00"), Some(Event::Postponed { due: morning }));
    assert!(
        matches!(begun("2026-09-22T07:30:00+01:00"), Some(Event::Attempted { .. })),
        "better at night than after it is over"
    );
    let ended = of(Purpose::WaitingEnded, in_days(10));
    assert_eq!(suppressed(&ended, &around("cancelled", in_days(12))), None, "it names no time");
}

#[test]
fn given_the_dead_or_nobody_when_begun_then_nothing_is_sent() {
    let mut dead = usual();
    dead.recipient.as_mut().unwrap().is_deceased = true;
    assert_eq!(suppressed(&message(), &dead), Some(Reason::Deceased));
    let nobody = Around { recipient: None, ..usual() };
    assert_eq!(suppressed(&message(), &nobody), Some(Reason::NoRecipient));
}

#[test]
fn given_an_order_of_channels_when_begun_then_the_first_that_is_open_is_taken() {
    let mut around = usual();
    around.preferences.channels = vec![Channel::Sms, Channel::Email, Channel::InApp];
    assert_eq!(channel_of(&around), Channel::Sms);
    around.outlets = vec![Channel::Email, Channel::InApp];
    assert_eq!(channel_of(&around), Channel::Email, "no way out for text messages");
    around.recipient.as_mut().unwrap().reachable = vec![Channel::InApp];
    assert_eq!(channel_of(&around), Channel::InApp, "no address");
    around.preferences.consent.insert(Channel::InApp, false);
    assert_eq!(suppressed(&message(), &around), Some(Reason::NoAddress));
}

#[test]
fn given_no_consent_when_begun_then_nothing_is_sent() {
    let mut refused = usual();
    refused.preferences.consent = [(Channel::Email, false), (Channel::Sms, false)].into();
    assert_eq!(suppressed(&message(), &refused), Some(Reason::NoConsent));
    let mut opt_in = Around { opt_in: true, ..usual() };
    assert_eq!(suppressed(&message(), &opt_in), Some(Reason::NoConsent), "nobody asked yet");
    opt_in.preferences.consent.insert(Channel::Sms, true);
    assert_eq!(channel_of(&opt_in), Channel::Sms);
    let closed = Around { outlets: vec![Channel::InApp], ..usual() };
    assert_eq!(suppressed(&message(), &closed), Some(Reason::NoOutlet));
}

#[test]
fn given_a_provider_that_was_asked_when_tried_again_then_no_other_is_asked() {
    let mut tried = sending();
    evolve(&mut tried, &Event::Failed { reason: Reason::Unanswered, due: NOW });
    let mut around = usual();
    around.preferences.channels = vec![Channel::Sms, Channel::Email];
    around.preferences.language = Some(Language::Ar);
    let Some(Event::Attempted { channel, language, .. }) = decide::begin(&tried, &around, NOW) else {
        panic!()
    };
    assert_eq!((channel, language), (Channel::Email, Language::En));
    around.preferences.consent.insert(Channel::Email, false);
    assert_eq!(suppressed(&tried, &around), Some(Reason::NoConsent), "a consent withdrawn counts at once");
}

#[test]
fn given_quiet_hours_when_begun_then_it_waits_but_for_what_cannot_wait() {
    let night = Instant::parse("2026-09-21T22:30:00+01:00").unwrap();
    let morning = Instant::parse("2026-09-22T08:00:00+01:00").unwrap();
    let soon = Instant::parse("2026-09-22T15:00:00+01:00").unwrap();
    let booked = of(Purpose::AppointmentBooked, soon);
    let postponed = Some(Event::Postponed { due: morning });
    assert_eq!(decide::begin(&booked, &around("booked", soon), night), postponed);
    let is_sent = |message: &Message, around: &Around| {
        matches!(decide::begin(message, around, night), Some(Event::Attempted { .. }))
    };
    let cancelled = of(Purpose::AppointmentCancelled, soon);
    assert!(is_sent(&cancelled, &around("cancelled", soon)), "who would come tomorrow is told tonight");
    let later = of(Purpose::AppointmentCancelled, in_days(10));
    assert_eq!(decide::begin(&later, &around("cancelled", in_days(10)), night), postponed);
    let dawn = Instant::parse("2026-09-22T07:30:00+01:00").unwrap();
    assert!(
        is_sent(&of(Purpose::AppointmentReminder, dawn), &around("booked", dawn)),
        "or it would be too late"
    );
    let mut own_list = around("booked", soon);
    own_list.preferences.channels = vec![Channel::InApp];
    assert!(is_sent(&booked, &own_list), "a list makes no noise");
}

#[test]
fn given_languages_when_begun_then_the_wish_counts_before_the_record_before_the_house() {
    let mut around = usual();
    let language = |around: &Around| match decide::begin(&message(), around, NOW) {
        Some(Event::Attempted { language, .. }) => language,
        other => panic!("{other:?}"),
    };
    around.language = Language::Cy;
    assert_eq!(language(&around), Language::Cy);
    around.recipient.as_mut().unwrap().language = Some(Language::Ar);
    assert_eq!(language(&around), Language::Ar);
    around.preferences.language = Some(Language::En);
    assert_eq!(language(&around), Language::En);
}

#[test]
fn given_an_attempt_cut_off_when_its_lease_is_over_then_it_is_taken_up_and_in_the_end_given_up() {
    let mut one = sending();
    assert_eq!(decide::begin(&one, &usual(), NOW), None, "somebody may be at it");
    for attempt in 2..=BACKOFF.attempts_max {
        let over = one.due;
        let event = decide::begin(&one, &usual(), over).unwrap();
        assert!(matches!(event, Event::TakenUp { .. }));
        assert!(evolve(&mut one, &event));
        assert_eq!((one.attempts, one.reason), (attempt, Some(Reason::Unanswered)));
    }
    let given_up = decide::begin(&one, &usual(), one.due);
    assert_eq!(given_up, Some(Event::GivenUp { reason: Reason::Unanswered }));
    let cancelled = around("cancelled", in_days(10));
    let back = decide::begin(&sending(), &cancelled, sending().due).unwrap();
    assert!(matches!(back, Event::Failed { reason: Reason::Unanswered, .. }), "not sent again in vain");
}

#[test]
fn given_failures_when_concluded_then_waits_grow_and_end() {
    let mut one = message();
    let mut now = NOW;
    let mut waits = Vec::new();
    loop {
        let event = decide::start(&one, &Around { preferences: noisy(), ..usual() }, now);
        assert!(evolve(&mut one, &event), "{event:?}");
        let event =
            decide::conclude(&one, (0, one.attempts), Outcome::Unreachable(None), now, u64::MAX).unwrap();
        assert!(evolve(&mut one, &event));
        let Event::Failed { due, .. } = event else { break };
        waits.push(due.since(now));
        now = due;
    }
    assert_eq!((one.state(), one.reason), (State::Dead, Some(Reason::Unreachable)));
    assert_eq!(waits.len(), usize::try_from(BACKOFF.attempts_max).unwrap() - 1);
    assert!(waits.windows(2).all(|pair| pair[0] <= pair[1] * 2) && waits[6] > 20 * MICROS_PER_MINUTE);
    let asked = Outcome::Unreachable(Some(Duration::from_secs(1_800)));
    let first = decide::conclude(&sending(), (0, 1), asked, NOW, 0);
    assert_eq!(
        first,
        Some(Event::Failed { reason: Reason::Unreachable, due: NOW.plus_micros(30 * MICROS_PER_MINUTE) })
    );
}

fn noisy() -> Preferences {
    let mut preferences = Preferences::default();
    preferences.quiet_hours.until = preferences.quiet_hours.from;
    preferences
}

#[test]
fn given_an_outcome_of_another_attempt_when_concluded_then_nothing_follows() {
    let one = sending();
    for (round, attempt) in [(0, 2), (1, 1), (0, 0)] {
        assert_eq!(decide::conclude(&one, (round, attempt), Outcome::Accepted, NOW, 0), None);
    }
    assert_eq!(decide::conclude(&message(), (0, 0), Outcome::Accepted, NOW, 0), None);
    let refused = decide::conclude(&one, (0, 1), Outcome::Refused, NOW, 0);
    assert_eq!(refused, Some(Event::GivenUp { reason: Reason::Refused }));
}

#[test]
fn given_an_attempt_without_answer_when_later_ones_fail_then_it_stays_uncertain() {
    let mut one = sending();
    evolve(&mut one, &Event::Failed { reason: Reason::Unanswered, due: NOW });
    let event = decide::begin(&one, &usual(), NOW).unwrap();
    evolve(&mut one, &event);
    let event = decide::conclude(&one, (0, 2), Outcome::Unreachable(None), NOW, 0).unwrap();
    assert!(matches!(event, Event::Failed { reason: Reason::Unanswered, .. }));
}

#[test]
fn given_receipts_when_received_then_they_count_once_and_for_their_round() {
    let mut sent = sending();
    evolve(&mut sent, &Event::Accepted { at: NOW });
    assert_eq!(decide::receive(&sent, 0, Receipt::Underway), None);
    assert_eq!(decide::receive(&sent, 1, Receipt::Delivered), None, "of another round");
    assert_eq!(decide::receive(&message(), 0, Receipt::Delivered), None, "of what was never sent");
    assert_eq!(decide::receive(&sending(), 0, Receipt::Delivered), Some(Event::Confirmed), "faster than we");
    evolve(&mut sent, &Event::Confirmed);
    for receipt in [Receipt::Delivered, Receipt::Undelivered, Receipt::Underway] {
        assert_eq!(decide::receive(&sent, 0, receipt), None);
    }
}

#[test]
fn given_a_message_that_ended_when_resent_then_its_key_is_new_only_where_that_is_safe() {
    let key = |reason: Reason| {
        let mut dead = sending();
        evolve(&mut dead, &Event::GivenUp { reason });
        let event = decide::resend(&dead, NOW).unwrap();
        assert!(evolve(&mut dead, &event));
        assert_eq!((dead.state(), dead.attempts), (State::Queued, 0));
        dead.key("m")
    };
    assert_eq!(key(Reason::Refused), "m.1");
    assert_eq!(key(Reason::Unreachable), "m.1");
    assert_eq!(key(Reason::Unanswered), "m", "the provider may have sent it: it is to see that it did");
    let mut held = message();
    evolve(&mut held, &Event::Suppressed { reason: Reason::NoAddress });
    let event = decide::resend(&held, NOW).unwrap();
    evolve(&mut held, &event);
    assert_eq!((held.key("m").as_str(), held.reason), ("m", None), "it was never given to anybody");
    assert_eq!(decide::resend(&message(), NOW).unwrap_err().code, "message-not-ended");
    assert_eq!((of_key("m"), of_key("m.3"), of_key("m.x")), (Some(("m", 0)), Some(("m", 3)), None));
}

#[test]
fn given_preferences_when_checked_then_an_order_names_each_channel_once() {
    let with = |channels: Vec<Channel>| decide::prefer(&Preferences { channels, ..Preferences::default() });
    assert_eq!(with(vec![]).unwrap_err().code, "channel-required");
    assert_eq!(with(vec![Channel::Sms, Channel::Sms]).unwrap_err().code, "channel-twice");
    assert!(with(Channel::ALL.to_vec()).is_ok());
    assert_eq!(decide::create_feed(decide::FEEDS_MAX).unwrap_err().code, "too-many-feeds");
    assert!(decide::create_feed(decide::FEEDS_MAX - 1).is_ok());
    assert!(in_days(1).since(NOW) == 24 * MICROS_PER_HOUR);
}

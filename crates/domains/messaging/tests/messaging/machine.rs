//! The state machine, explored exhaustively.

use crate::rules::{NOW, message};
use galen_messaging::events::{Event, evolve};
use galen_messaging::model::state::TRANSITIONS;
use galen_messaging::model::{Channel, Language, Message, Reason, State, Step};
use std::collections::BTreeSet;

fn event_of(step: Step) -> Event {
    let later = NOW.plus_micros(60_000_000);
    match step {
        Step::Attempt => Event::Attempted { channel: Channel::Sms, language: Language::Cy, lease: later },
        Step::TakeUp => Event::TakenUp { lease: later },
        Step::Postpone => Event::Postponed { due: later },
        Step::Accept => Event::Accepted { at: NOW },
        Step::Retry => Event::Failed { reason: Reason::Unreachable, due: later },
        Step::GiveUp => Event::GivenUp { reason: Reason::Unreachable },
        Step::Confirm => Event::Confirmed,
        Step::Undeliver => Event::Undelivered,
        Step::Suppress => Event::Suppressed { reason: Reason::NoConsent },
        Step::Resend => Event::Resent { due: later, is_new: true },
    }
}

/// A way of steps to every state that can be reached.
fn reached() -> Vec<(State, Message)> {
    let mut open = vec![message()];
    let mut seen: Vec<(State, Message)> = Vec::new();
    while let Some(one) = open.pop() {
        if seen.iter().any(|(state, _)| *state == one.state()) {
            continue;
        }
        for step in Step::ALL {
            let mut next = one.clone();
            if evolve(&mut next, &event_of(step)) {
                open.push(next);
            }
        }
        seen.push((one.state(), one));
    }
    seen
}

#[test]
fn every_state_is_reached_and_each_step_is_what_the_table_says() {
    let reached = reached();
    let states: BTreeSet<State> = reached.iter().map(|(state, _)| *state).collect();
    assert_eq!(states, State::ALL.into_iter().collect());
    for (state, message) in &reached {
        for step in Step::ALL {
            let listed = TRANSITIONS.iter().find(|(from, by, _)| from == state && *by == step);
            let mut next = message.clone();
            let moved = evolve(&mut next, &event_of(step));
            assert_eq!(moved, listed.is_some(), "{state:?} {step:?}");
            match listed {
                Some((.., to)) => assert_eq!(next.state(), *to, "{state:?} {step:?}"),
                None => assert_eq!(&next, message, "a step that is not there changes nothing"),
            }
        }
    }
}

#[test]
fn the_table_has_each_step_once_and_every_step_is_used() {
    let pairs: BTreeSet<(State, Step)> = TRANSITIONS.iter().map(|(from, by, _)| (*from, *by)).collect();
    assert_eq!(pairs.len(), TRANSITIONS.len());
    for step in Step::ALL {
        assert!(TRANSITIONS.iter().any(|(_, by, _)| *by == step), "{step:?}");
    }
}

#[test]
fn nothing_is_sent_from_any_state_but_the_queue_and_nothing_delivered_moves_again() {
    for (from, step, to) in TRANSITIONS {
        if *to == State::Sending {
            assert!(from.is_open(), "{from:?} {step:?}");
        }
        assert_ne!(*from, State::Delivered, "what arrived has arrived");
    }
    for state in State::ALL.into_iter().filter(|state| state.is_open()) {
        let ends = TRANSITIONS.iter().any(|(from, _, to)| *from == state && !to.is_open());
        assert!(ends, "{state:?} has an end");
    }
}

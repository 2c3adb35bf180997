//! One attempt: decided, written down, made, and its outcome written down.

use super::scene::Scene;
use super::{CalendarPart, Messaging, Outlet, Parcel, fingerprint, messaging};
use crate::decide::{self, Outcome};
use crate::events::{Event, evolve};
use crate::fhir::calendar_event;
use crate::model::calendar::{Method, calendar};
use crate::model::templates::{Filling, Letter, Template, letter};
use crate::model::{Channel, Message, Purpose, State};
use crate::store::{self, Stored};
use galen_audit::Interaction;
use galen_kernel::{Fault, Phi};
use galen_records::Change;
use galen_service::House;
use galen_service::observe::{Draft, commit};
use galen_service::reaction::system_context;
use galen_store::{Conflict, Expected, StoreError, WriteSet};
use std::time::Duration;

/// How long a provider may take: less than an attempt's lease.
const SEND_TIME_MAX: Duration = Duration::from_secs(30);
const _: () = assert!(SEND_TIME_MAX.as_micros() < decide::ATTEMPT_LEASE_MICROS.unsigned_abs() as u128);
/// How often an outcome is written down anew after somebody else wrote the message.
const RECORDS_MAX: u32 = 5;

/// Makes an attempt of a message that is due, if it is still to be made.
pub(super) async fn attempt(house: &House, id: &str) -> Result<(), Fault> {
    let Some(stored) = store::message(house, id).await? else { return Ok(()) };
    let (messaging, now) = (messaging(house), house.clock.now());
    let scene = Scene::read(house, &messaging, &stored.value, now).await?;
    let Some(event) = decide::begin(&stored.value, &scene.around, now) else { return Ok(()) };
    let mut message = stored.value.clone();
    if !evolve(&mut message, &event) {
        return Ok(());
    }
    let goes_out = message.state() == State::Sending;
    if goes_out && message.channel == Channel::Sms && message.purpose == Purpose::AppointmentReminder {
        let number = scene.contacts.mobile.as_ref().map(Phi::reveal);
        message.answers_from = number.and_then(|number| fingerprint(&messaging.customs, number));
    }
    if !written(house, &scene, &stored, &message).await? {
        return Ok(());
    }
    if message.state() == State::Dead {
        house.metrics.messages_dead.inc();
    }
    if goes_out {
        let outcome = give(house, &messaging, id, &message, &scene).await?;
        record(house, id, &message, outcome).await?;
    }
    Ok(())
}

/// Writes the beginning of an attempt, or why there is none; whether it is this process's to go on.
async fn written(
    house: &House,
    scene: &Scene,
    before: &Stored<Message>,
    message: &Message,
) -> Result<bool, Fault> {
    let operation = if message.state() == State::Sending { "send-message" } else { "hold-message" };
    let mut draft = Draft::new(operation, Interaction::Execute);
    draft.entities = vec![format!("Message/{}", before.id), format!("Appointment/{}", message.appointment)];
    draft.patients = vec![scene.patient.to_string()];
    let mut change = Change::new();
    let put = store::put_message(&before.id, Expected::Version(before.version), message)?;
    change.push(store::shard_of(house, &message.patient), put);
    match commit(house, &system_context(house, &format!("message-{}", before.id))?, draft, change).await? {
        Ok(()) => Ok(true),
        // Another process attempts it, or it was erased.
        Err(Conflict::Version { .. } | Conflict::Erased { .. }) => Ok(false),
        Err(conflict) => Err(Fault::new("message attempt", format!("{conflict:?}"))),
    }
}

/// Gives the message to its outlet.
async fn give(
    house: &House,
    messaging: &Messaging,
    id: &str,
    message: &Message,
    scene: &Scene,
) -> Result<Outcome, Fault> {
    let (outlet, to) = match message.channel {
        Channel::InApp => return Ok(Outcome::Accepted),
        Channel::Email => (&messaging.email, &scene.contacts.email),
        Channel::Sms => (&messaging.sms, &scene.contacts.mobile),
    };
    // An attempt that is taken up may find what it needs gone; what is looked for next time may be there again.
    let (Some(outlet), Some(to)) = (outlet, to) else { return Ok(Outcome::Unreachable(None)) };
    let (_, template, _) = store::template(house, message.purpose, message.language).await?;
    let filling = filling(messaging, message, scene);
    let written = letter(&template, message.language, &filling);
    let parcel = parcel(house, messaging, (id, message), scene, written, to);
    Ok(within(outlet.as_ref(), house, &parcel).await)
}

async fn within(outlet: &dyn Outlet, house: &House, parcel: &Parcel) -> Outcome {
    tokio::time::timeout(SEND_TIME_MAX, outlet.send(house, parcel)).await.unwrap_or(Outcome::Unanswered)
}

fn filling(messaging: &Messaging, message: &Message, scene: &Scene) -> Filling {
    Filling {
        name: scene.contacts.name.clone(),
        start: message.start,
        answer_by: message.answer_by,
        zone: scene.site.zone.clone(),
        hospital: messaging.customs.hospital.clone(),
        site: scene.site.name.clone(),
    }
}

fn parcel(
    house: &House,
    messaging: &Messaging,
    (id, message): (&str, &Message),
    scene: &Scene,
    letter: Letter,
    to: &Phi<String>,
) -> Parcel {
    let is_email = message.channel == Channel::Email;
    let calendar = is_email.then(|| invitation(house, messaging, message, scene, to)).flatten();
    Parcel {
        key: message.key(id),
        to: to.clone(),
        subject: Phi::new(letter.subject),
        text: Phi::new(if is_email { letter.text } else { letter.sms }),
        html: is_email.then(|| Phi::new(letter.html)),
        calendar,
        language: message.language,
        at: house.clock.now(),
    }
}

/// The calendar that goes with an e-mail: an invitation, its update, or its end.
fn invitation(
    house: &House,
    messaging: &Messaging,
    message: &Message,
    scene: &Scene,
    to: &Phi<String>,
) -> Option<CalendarPart> {
    let method = match message.purpose {
        Purpose::AppointmentBooked | Purpose::AppointmentRescheduled => Method::Request,
        Purpose::AppointmentCancelled => Method::Cancel,
        Purpose::AppointmentRequested
        | Purpose::AppointmentReminder
        | Purpose::AppointmentOffered
        | Purpose::WaitingEnded => return None,
    };
    let title = Template::built_in(Purpose::AppointmentBooked, message.language);
    let summary = letter(&title, message.language, &filling(messaging, message, scene)).subject;
    let now = house.clock.now();
    let mut event = calendar_event(scene.appointment.as_ref()?, &summary, Some(&scene.site.name), now)?;
    event.sequence = u64::from(message.sequence);
    event.organizer.clone_from(&messaging.customs.sender);
    event.attendee = Some(to.reveal().clone());
    Some(CalendarPart { method, content: Phi::new(calendar(method, None, &[event])) })
}

/// Writes the outcome down. Where the message has moved on in the meantime (a receipt was faster), that stands.
async fn record(house: &House, id: &str, tried: &Message, outcome: Outcome) -> Result<(), Fault> {
    let mut chance = [0; 8];
    house.entropy.fill(&mut chance);
    for _ in 0..RECORDS_MAX {
        let Some(stored) = store::message(house, id).await? else { return Ok(()) };
        let mut message = stored.value.clone();
        let (now, attempt) = (house.clock.now(), (tried.round, tried.attempts));
        let event = decide::conclude(&message, attempt, outcome, now, u64::from_le_bytes(chance));
        let Some(event) = event.filter(|event| evolve(&mut message, event)) else { return Ok(()) };
        if message.channel == Channel::InApp {
            // What is in the patient's own list has arrived.
            evolve(&mut message, &Event::Confirmed);
        }
        let put = store::put_message(id, Expected::Version(stored.version), &message)?;
        let shard = store::shard_of(house, &message.patient);
        let set = WriteSet { shard, at: now, operations: vec![put], journal: None };
        match house.store.commit(set).await {
            Ok(_) => {
                count(house, &event);
                return Ok(());
            }
            Err(StoreError::Conflict(Conflict::Version { .. })) => {}
            Err(StoreError::Conflict(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Err(Fault::unavailable("message outcome", "the message is written too often"))
}

fn count(house: &House, event: &Event) {
    match event {
        Event::Accepted { .. } => house.metrics.messages_sent.inc(),
        Event::Failed { .. } => house.metrics.messages_failed.inc(),
        Event::GivenUp { .. } => {
            house.metrics.messages_failed.inc();
            house.metrics.messages_dead.inc()
        }
        _ => 0,
    };
}

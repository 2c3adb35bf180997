//! Tokens, and who is called next.

use super::{clash, refuse};
use crate::events::QueueEvent;
use crate::model::{Queue, TICKETS_MAX, Ticket, Waiting};
use galen_kernel::{Instant, Rejection, RejectionKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is done with a token after it was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TicketStep {
    /// It is called again.
    Recall,
    /// Nobody came.
    Skip,
    /// Who holds it went in.
    Finish,
}

/// Gives the next token. Who has one that is not finished gets no second.
pub fn issue(queue: &Queue, ticket: &Ticket, is_deceased: bool) -> Result<Vec<QueueEvent>, Rejection> {
    if is_deceased {
        return Err(refuse("patient-deceased", "patient", "This patient has died"));
    }
    let open = |one: &&Ticket| one.patient == ticket.patient && one.state != Waiting::Finished;
    if let Some(open) = queue.tickets.iter().find(open) {
        let message = format!("This patient has the token {}", open.token());
        return Err(clash("has-token", "patient", &message).related(vec![open.token()]));
    }
    if queue.tickets.len() >= TICKETS_MAX {
        return Err(clash("day-full", "clinic", "This clinic has given all tokens of the day"));
    }
    Ok(vec![QueueEvent::Issued(Ticket { number: queue.next_number(), ..ticket.clone() })])
}

/// Calls whoever is next to a room; whoever was called there before went in.
pub fn call_next(queue: &Queue, place: &str, now: Instant) -> Result<Vec<QueueEvent>, Rejection> {
    let Some(next) = queue.in_order(now).first().map(|ticket| ticket.number) else {
        return Err(clash("nobody-waits", "clinic", "Nobody waits"));
    };
    let before = queue
        .tickets
        .iter()
        .filter(|ticket| ticket.state == Waiting::Called && ticket.place.as_deref() == Some(place));
    let mut events: Vec<QueueEvent> =
        before.map(|ticket| QueueEvent::Finished { number: ticket.number }).collect();
    events.push(QueueEvent::Called { number: next, place: place.to_owned(), at: now });
    Ok(events)
}

/// Calls again, skips or finishes one that was called.
pub fn step(
    queue: &Queue,
    number: u32,
    step: TicketStep,
    now: Instant,
) -> Result<Vec<QueueEvent>, Rejection> {
    let Some(ticket) = queue.ticket(number) else {
        return Err(Rejection::new(RejectionKind::NotFound, "not-found", "There is no such token today"));
    };
    let place = match (ticket.state, step, &ticket.place) {
        (Waiting::Called | Waiting::Skipped, TicketStep::Recall, Some(place)) => place.clone(),
        (Waiting::Called, TicketStep::Skip, _) => return Ok(vec![QueueEvent::Skipped { number }]),
        (Waiting::Called | Waiting::Skipped, TicketStep::Finish, _) => {
            return Ok(vec![QueueEvent::Finished { number }]);
        }
        _ => {
            return Err(clash("not-possible-now", "step", "This token is not called now")
                .next("Read the queue again"));
        }
    };
    Ok(vec![QueueEvent::Called { number, place, at: now }])
}

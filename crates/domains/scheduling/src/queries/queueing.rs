//! The queue of a clinic's day: for staff, and for the screen in the waiting room.

use super::board::{in_order, line, names, timetables, who};
use super::{called, malformed};
use crate::model::{Timetable, Waiting};
use crate::rest::{DisplayLine, DisplayView, QueueView, queue_view};
use crate::store::{self, QueueDay};
use galen_access::Label;
use galen_kernel::{Instant, PatientId, Rejection, RejectionKind};
use galen_records::resource_type;
use galen_service::{House, Refusal};
use std::collections::BTreeMap;

/// Tokens that the screen of a waiting room shows as called, and as next.
const DISPLAY_LINES_MAX: usize = 8;

async fn tables_of(house: &House, clinic: &str) -> Result<Vec<Timetable>, Refusal> {
    let (mut tables, _) = timetables(house).await?;
    tables.retain(|table| table.clinic.as_deref() == Some(clinic));
    if tables.is_empty() {
        let missing = Rejection::new(RejectionKind::NotFound, "not-found", "There is no such clinic");
        return Err(missing.into());
    }
    Ok(tables)
}

async fn day_of(
    house: &House,
    tables: &[Timetable],
    clinic: &str,
    now: Instant,
) -> Result<QueueDay, Refusal> {
    let zone = tables.first().map_or(jiff::tz::TimeZone::UTC, |table| table.zone.zone().clone());
    let at = jiff::Timestamp::from_microsecond(now.micros()).map_err(|_| malformed("day", "It is no day"))?;
    Ok(store::queue_day(house, clinic, &at.to_zoned(zone).date().to_string()).await?)
}

/// Today's queue of a clinic, to be changed.
pub async fn queue_day(house: &House, clinic: &str, now: Instant) -> Result<QueueDay, Refusal> {
    let tables = tables_of(house, clinic).await?;
    day_of(house, &tables, clinic, now).await
}

/// Today's queue for staff. Whoever is sealed has a token and no name.
pub async fn queue(house: &House, clinic: &str, now: Instant) -> Result<QueueView, Refusal> {
    let tables = tables_of(house, clinic).await?;
    let queue = day_of(house, &tables, clinic, now).await?.queue;
    let sealed = house.records.sealed(now).await?;
    let kind = resource_type("Patient")?;
    let shown = queue.tickets.iter().filter(|t| t.state != Waiting::Finished);
    let wanted: Vec<_> = shown
        .filter(|ticket| sealed.label(&ticket.patient) == Label::Normal)
        .map(|ticket| (kind, ticket.patient.to_string()))
        .collect();
    let mut people = BTreeMap::new();
    for stored in house.records.get_many(&wanted).await? {
        if let Some(patient) = stored.resource()? {
            people.insert(patient.id().unwrap_or_default().to_owned(), who(&patient));
        }
    }
    let names = names(house, tables.iter().map(|table| table.actor.clone()).collect()).await?;
    let places = tables.iter().filter(|table| table.actor.starts_with("Location/"));
    let mut rooms: Vec<_> = places.map(|table| line(table, &names, None)).collect();
    in_order(&mut rooms);
    Ok(queue_view(&queue, &|id: &PatientId| people.get(id.as_str()).cloned(), rooms, now))
}

/// Today's queue for everybody: tokens and rooms.
pub async fn display(house: &House, clinic: &str, now: Instant) -> Result<DisplayView, Refusal> {
    let tables = tables_of(house, clinic).await?;
    let queue = day_of(house, &tables, clinic, now).await?.queue;
    let place = house.records.resource("Location", clinic).await?;
    let mut lines: Vec<DisplayLine> = queue
        .tickets
        .iter()
        .filter(|ticket| ticket.state == Waiting::Called)
        .filter_map(|ticket| {
            let (place, called) = (ticket.place.clone()?, ticket.called?.to_string());
            Some(DisplayLine { token: ticket.token(), place, called })
        })
        .collect();
    lines.sort_by(|a, b| b.called.cmp(&a.called));
    lines.truncate(DISPLAY_LINES_MAX);
    let next = queue.in_order(now).into_iter().take(DISPLAY_LINES_MAX).map(crate::model::Ticket::token);
    Ok(DisplayView {
        clinic: place.as_ref().and_then(called),
        zone: tables.first().map(|table| table.zone.name().to_owned()).unwrap_or_default(),
        at: now.to_string(),
        called: lines,
        next: next.collect(),
    })
}

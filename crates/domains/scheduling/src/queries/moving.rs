//! Appointments at times when nobody is there any more: somebody must move them.

use super::board::{line, named, names, timetables, views};
use super::{WINDOW_DAYS_MAX, search};
use crate::model::{Actor, Entry, Span, Timetable, What};
use crate::rest::{ToMove, ToMovePage, Why};
use crate::store;
use galen_access::Visibility;
use galen_kernel::{Instant, MICROS_PER_DAY};
use galen_records::resource_type;
use galen_service::{House, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most appointments that are shown.
const TO_MOVE_SHOWN_MAX: usize = 200;

/// Of which clinic.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListToMove {
    /// The clinic (a Location's id); of all, if there is none.
    pub clinic: Option<String>,
}

/// Why an appointment cannot be at its time, if it cannot.
fn why(table: &Timetable, span: Span, absences: &[Span]) -> Option<Why> {
    if absences.iter().any(|absence| absence.overlaps(span)) {
        return Some(Why::Leave);
    }
    let at = jiff::Timestamp::from_microsecond(span.start().micros()).ok()?;
    let day = at.to_zoned(table.zone.zone().clone()).date();
    table.closed.contains(&day).then_some(Why::Holiday)
}

/// The appointments of the next time that are to be moved, within what the caller may see.
pub async fn to_move(
    house: &House,
    wanted: &ListToMove,
    now: Instant,
    visibility: Visibility,
) -> Result<ToMovePage, Refusal> {
    let (mut tables, _) = timetables(house).await?;
    tables.retain(|table| wanted.clinic.is_none() || table.clinic == wanted.clinic);
    let until = now.plus_micros(WINDOW_DAYS_MAX * MICROS_PER_DAY);
    let window = Span::new(now, until).unwrap_or(Span::of_utc_day(0));
    let actors: BTreeSet<Actor> = tables.iter().map(|table| Actor::Schedule(table.id.clone())).collect();
    let mut diaries = store::diaries(house, &actors, &[window]).await?.into_entries();
    // By appointment: why, and whose Schedules are missing. An extra session on a holiday is no holiday.
    let mut found: BTreeMap<String, (Why, Vec<&Timetable>)> = BTreeMap::new();
    for table in &tables {
        let entries = diaries.remove(&Actor::Schedule(table.id.clone())).unwrap_or_default();
        let of = |what: What| entries.iter().filter(move |one| one.what == what && one.is_live(now));
        let absences: Vec<Span> = of(What::Absence).filter_map(Entry::span).collect();
        let openings: Vec<Span> = of(What::Opening).filter_map(Entry::span).collect();
        for visit in of(What::Visit) {
            let Some(span) = visit.span().filter(|span| span.start() > now) else { continue };
            let is_opened = openings.iter().any(|opening| opening.contains(span));
            let Some(why) = why(table, span, &absences) else { continue };
            if why == Why::Holiday && is_opened {
                continue;
            }
            let one = found.entry(visit.holder.clone()).or_insert((why, Vec::new()));
            if !one.1.iter().any(|other| other.id == table.id) {
                one.1.push(table);
            }
        }
    }
    if found.is_empty() {
        return Ok(ToMovePage { appointments: Vec::new(), until: until.to_string(), has_more: false });
    }
    let ids: Vec<String> = found.keys().cloned().collect();
    let pairs = [("_sort".to_owned(), "date".to_owned()), ("_id".to_owned(), ids.join(","))];
    let most = u32::try_from(TO_MOVE_SHOWN_MAX).unwrap_or(u32::MAX);
    let page = search(house, resource_type("Appointment")?, &pairs, visibility, most, None).await?;
    let has_more = page.next.is_some();
    let names = names(house, tables.iter().map(|table| table.actor.clone()).collect()).await?;
    let mut appointments = Vec::with_capacity(page.rows.len());
    for entry in named(house, views(&page)?).await? {
        let Some((why, missing)) = found.get(&entry.appointment.id) else { continue };
        let missing = missing.iter().map(|table| line(table, &names, None)).collect();
        appointments.push(ToMove { entry, why: *why, missing });
    }
    Ok(ToMovePage { appointments, until: until.to_string(), has_more })
}

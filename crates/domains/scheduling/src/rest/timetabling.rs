//! The shell's view of services, Schedules and their exceptions.

use super::view::{ExceptionView, ScheduleView, ServiceView};
use crate::commands::{
    AddException, AddSchedule, AddService, AmendSchedule, RemoveException, SessionOfWeek, TimetableForm,
};
use crate::decide;
use crate::fhir;
use crate::model::{Actor, Entry, ServiceRules, Session, Span, Timetable, What, Zone};
use crate::store::{self, Diaries};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_contracts::scheduling::ScheduleChangedV1;
use galen_fhir::Resource;
use galen_kernel::{Fault, MICROS_PER_DAY, Rejection, RejectionKind};
use galen_records::Change;
use galen_records::resource_type;
use galen_service::command::{Command, Facts, Saved};
use galen_service::{House, Refusal};
use galen_store::{Expected, ShardId};
use jiff::civil::Weekday;
use std::collections::BTreeSet;

/// Longest exception.
const EXCEPTION_DAYS_MAX: i64 = 366;

fn malformed(at: impl Into<String>, message: &str) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, "timetable-invalid", message).at(at)
}

fn administrative() -> Target {
    Target::plain("Schedule", Category::Administrative)
}

/// The timetable that a form describes.
fn timetable(id: &str, form: &TimetableForm) -> Result<Timetable, Rejection> {
    let date = |text: &Option<String>, at: &str| {
        text.as_deref()
            .map(|text| text.parse().map_err(|_| malformed(at, "A date is written 2026-11-27")))
            .transpose()
    };
    let sessions = form.sessions.iter().enumerate();
    let closed = form.closed.iter().enumerate().map(|(place, text)| {
        text.parse().map_err(|_| malformed(format!("closed[{place}]"), "A date is written 2026-11-27"))
    });
    Ok(Timetable {
        id: id.to_owned(),
        active: form.active,
        actor: form.actor.clone(),
        clinic: form.clinic.clone(),
        zone: Zone::parse(&form.zone)
            .ok_or_else(|| malformed("zone", "A time zone is named as Europe/London is"))?,
        capacity: form.capacity,
        sessions: sessions.map(|(place, session)| self::session(place, session)).collect::<Result<_, _>>()?,
        from: date(&form.from, "from")?,
        until: date(&form.until, "until")?,
        closed: closed.collect::<Result<_, _>>()?,
    })
}

/// The day of a code.
pub(super) fn weekday(code: &str, at: &str) -> Result<Weekday, Rejection> {
    let day = fhir::DAYS.iter().find(|(own, _)| *own == code).map(|(_, day)| *day);
    day.ok_or_else(|| malformed(at, "Days are mon, tue, wed, thu, fri, sat and sun"))
}

fn session(place: usize, session: &SessionOfWeek) -> Result<Session, Rejection> {
    let time = |text: &str, name: &str| {
        text.parse().map_err(|_| malformed(format!("sessions[{place}].{name}"), "A time is written 09:00"))
    };
    let day = |code: &String| weekday(code, &format!("sessions[{place}].days"));
    Ok(Session {
        days: session.days.iter().map(day).collect::<Result<_, _>>()?,
        start: time(&session.start, "start")?,
        end: time(&session.end, "end")?,
        services: session.services.clone(),
    })
}

impl Command for AddService {
    type Loaded = ();
    type Event = ServiceRules;
    type Answer = ServiceView;
    const NAME: &'static str = "AddService";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = ("HealthcareService", Category::Directory);

    async fn load(&self, _: &House, _: &Context) -> Result<(), Refusal> {
        Ok(())
    }

    fn target(&self, (): &()) -> Target {
        Target::plain("HealthcareService", Category::Directory)
    }

    fn decide(&self, (): &(), _: &Facts) -> Result<Vec<ServiceRules>, Rejection> {
        let rules = ServiceRules {
            id: String::new(),
            name: self.name.clone(),
            active: true,
            minutes: self.minutes,
            portal: self.portal,
            notice_minutes: self.notice_minutes,
            preparation: self.preparation.clone(),
        };
        decide::check_service(&rules)?;
        Ok(vec![rules])
    }

    fn save(
        &self,
        house: &House,
        (): (),
        events: Vec<ServiceRules>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<ServiceView>, Fault> {
        let id = house.store.new_id(ShardId(0), facts.now, facts.chance_for_id());
        let rules = events.into_iter().next().ok_or(Fault::new("add service", "nothing was decided"))?;
        let rules = ServiceRules { id: id.clone(), ..rules };
        let mut resource = fhir::healthcare_service(&rules, self.price.as_ref())?;
        change.put(&house.records, &mut resource, Expected::Absent, facts.now);
        Ok(Saved::new(ServiceView::from(&rules), vec![format!("HealthcareService/{id}")]))
    }
}

/// A Schedule as stored.
async fn load_schedule(house: &House, id: &str) -> Result<(u64, Resource, Timetable), Refusal> {
    let missing = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such schedule");
    let found = house.records.get(resource_type("Schedule")?, id).await?.ok_or_else(missing)?;
    let resource = found.resource()?.ok_or_else(missing)?;
    let timetable = fhir::timetable(&resource).ok_or_else(missing)?;
    Ok((found.document.version, resource, timetable))
}

impl Command for AddSchedule {
    type Loaded = ();
    type Event = Timetable;
    type Answer = ScheduleView;
    const NAME: &'static str = "AddSchedule";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = ("Schedule", Category::Administrative);

    async fn load(&self, _: &House, _: &Context) -> Result<(), Refusal> {
        Ok(())
    }

    fn target(&self, (): &()) -> Target {
        administrative()
    }

    fn decide(&self, (): &(), _: &Facts) -> Result<Vec<Timetable>, Rejection> {
        let timetable = timetable("", &self.0)?;
        decide::check_timetable(&timetable)?;
        Ok(vec![timetable])
    }

    fn save(
        &self,
        house: &House,
        (): (),
        events: Vec<Timetable>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<ScheduleView>, Fault> {
        let chance = facts.chance_for_id();
        let shard = ShardId(chance.first().copied().unwrap_or(0) % house.store.shards());
        let id = house.store.new_id(shard, facts.now, chance);
        let timetable = events.into_iter().next().ok_or(Fault::new("add schedule", "nothing was decided"))?;
        let timetable = Timetable { id: id.clone(), ..timetable };
        change.put(&house.records, &mut fhir::schedule(&timetable)?, Expected::Absent, facts.now);
        change.event(&ScheduleChangedV1 { schedule: id.clone() });
        Ok(Saved::new(ScheduleView::new(&timetable, 1), vec![format!("Schedule/{id}")]))
    }
}

impl Command for AmendSchedule {
    type Loaded = (u64, Timetable);
    type Event = Timetable;
    type Answer = ScheduleView;
    const NAME: &'static str = "AmendSchedule";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Schedule", Category::Administrative);

    async fn load(&self, house: &House, _: &Context) -> Result<Self::Loaded, Refusal> {
        let (version, _, timetable) = load_schedule(house, &self.id).await?;
        Ok((version, timetable))
    }

    fn target(&self, _: &Self::Loaded) -> Target {
        administrative()
    }

    fn decide(&self, (version, before): &Self::Loaded, _: &Facts) -> Result<Vec<Timetable>, Rejection> {
        if *version != self.version {
            return Err(Rejection::version_conflict("this schedule", "the schedule", *version));
        }
        let after = timetable(&self.id, &self.timetable)?;
        if after.actor != before.actor {
            return Err(malformed("actor", "A schedule stays whose it is").next("Add another schedule"));
        }
        decide::check_timetable(&after)?;
        Ok(vec![after])
    }

    fn save(
        &self,
        house: &House,
        (version, _): Self::Loaded,
        events: Vec<Timetable>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<ScheduleView>, Fault> {
        let timetable =
            events.into_iter().next().ok_or(Fault::new("amend schedule", "nothing was decided"))?;
        let mut resource = fhir::schedule(&timetable)?;
        change.put(&house.records, &mut resource, Expected::Version(version), facts.now);
        change.event(&ScheduleChangedV1 { schedule: self.id.clone() });
        Ok(Saved::new(ScheduleView::new(&timetable, version + 1), vec![format!("Schedule/{}", self.id)]))
    }
}

impl Command for AddException {
    type Loaded = Diaries;
    type Event = Entry;
    type Answer = ExceptionView;
    const NAME: &'static str = "AddScheduleException";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = ("Schedule", Category::Administrative);

    async fn load(&self, house: &House, _: &Context) -> Result<Diaries, Refusal> {
        load_schedule(house, &self.schedule).await?;
        let span = self.span()?;
        let actors = BTreeSet::from([Actor::Schedule(self.schedule.clone())]);
        Ok(store::diaries(house, &actors, &[span]).await?)
    }

    fn target(&self, _: &Diaries) -> Target {
        administrative()
    }

    fn decide(&self, _: &Diaries, _: &Facts) -> Result<Vec<Entry>, Rejection> {
        let what = if self.open { What::Opening } else { What::Absence };
        Ok(vec![Entry::new("", self.span()?, what, None)])
    }

    fn save(
        &self,
        house: &House,
        diaries: Diaries,
        events: Vec<Entry>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<ExceptionView>, Fault> {
        let shard = house.records.shard_of(&self.schedule);
        let slot = house.store.new_id(shard, facts.now, facts.chance_for_id());
        let entry = events.into_iter().next().ok_or(Fault::new("add exception", "nothing was decided"))?;
        let entry = entry.held_by(&slot);
        let lies_in = |other: &Entry| {
            !self.open
                && other.what == What::Visit
                && other.is_live(facts.now)
                && other.span().zip(entry.span()).is_some_and(|(a, b)| a.overlaps(b))
        };
        let entries = diaries.entries(&Actor::Schedule(self.schedule.clone()));
        let mut appointments: Vec<String> =
            entries.iter().filter(|other| lies_in(other)).map(|other| other.holder.clone()).collect();
        appointments.dedup();
        let mut resource = fhir::exception_slot(&slot, &self.schedule, &entry, self.comment.as_deref())?;
        diaries.except(&slot, Some(&entry), facts.now, change)?;
        change.put(&house.records, &mut resource, Expected::Absent, facts.now);
        change.event(&ScheduleChangedV1 { schedule: self.schedule.clone() });
        let touched = vec![format!("Schedule/{}", self.schedule), format!("Slot/{slot}")];
        Ok(Saved::new(ExceptionView { slot, appointments }, touched))
    }
}

impl AddException {
    fn span(&self) -> Result<Span, Rejection> {
        let span = Span::new(self.start, self.end)
            .ok_or_else(|| malformed("end", "It would end before it begins"))?;
        if span.end().since(span.start()) > EXCEPTION_DAYS_MAX * MICROS_PER_DAY {
            return Err(
                malformed("end", "An exception lasts a year at most").next("Close the schedule instead")
            );
        }
        if !span.is_on_grid() {
            return Err(malformed("start", "Exceptions begin and end on a five-minute mark"));
        }
        Ok(span)
    }
}

impl Command for RemoveException {
    type Loaded = (u64, Diaries);
    type Event = ();
    type Answer = ();
    const NAME: &'static str = "RemoveScheduleException";
    const INTERACTION: Interaction = Interaction::Delete;
    const ABOUT: (&'static str, Category) = ("Schedule", Category::Administrative);

    async fn load(&self, house: &House, _: &Context) -> Result<Self::Loaded, Refusal> {
        let missing = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such exception");
        let found = house.records.get(resource_type("Slot")?, &self.slot).await?.ok_or_else(missing)?;
        let resource = found.resource()?.ok_or_else(missing)?;
        let (schedule, span) = fhir::exception(&resource).ok_or_else(missing)?;
        if schedule != self.schedule {
            return Err(missing().into());
        }
        let actors = BTreeSet::from([Actor::Schedule(schedule)]);
        let diaries = store::diaries(house, &actors, &[span]).await?;
        Ok((found.document.version, diaries))
    }

    fn target(&self, _: &Self::Loaded) -> Target {
        administrative()
    }

    fn decide(&self, _: &Self::Loaded, _: &Facts) -> Result<Vec<()>, Rejection> {
        Ok(Vec::new())
    }

    fn save(
        &self,
        house: &House,
        (version, diaries): Self::Loaded,
        _: Vec<()>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<()>, Fault> {
        diaries.except(&self.slot, None, facts.now, change)?;
        change.delete(&house.records, resource_type("Slot")?, &self.slot, version);
        change.event(&ScheduleChangedV1 { schedule: self.schedule.clone() });
        Ok(Saved::new((), vec![format!("Schedule/{}", self.schedule), format!("Slot/{}", self.slot)]))
    }
}

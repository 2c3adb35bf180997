//! The shell's view of what one may ask of messaging.

use super::{FeedView, KIND, MessageView, PreferencesView, TemplateView};
use crate::commands::{
    CreateCalendarFeed, OverrideMessageTemplate, ResendMessage, RevokeCalendarFeed, SetMessagePreferences,
};
use crate::decide;
use crate::events::{Event, evolve};
use crate::model::Message;
use crate::model::templates::Template;
use crate::queries;
use crate::store::{self, Feed, Stored};
use aws_lc_rs::digest::{SHA256, digest};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{Fault, PatientId, Phi, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::command::{Command, Facts, Saved};
use galen_service::{House, Refusal};
use galen_store::Expected;

/// What is told to a patient, as policy sees it.
pub(super) async fn target(house: &House, context: &Context, patient: &PatientId) -> Result<Target, Fault> {
    house.records.of_patient(Target::plain(KIND.0, KIND.1), patient, context.at).await
}

/// A patient whose record is there.
pub(super) async fn patient(house: &House, id: &str) -> Result<PatientId, Refusal> {
    let missing = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such patient");
    let patient = PatientId::parse(id).map_err(|_| missing())?;
    let found = house.records.get(galen_records::resource_type("Patient")?, id).await?;
    found.filter(|stored| stored.document.body.is_some()).ok_or_else(missing)?;
    Ok(patient)
}

impl Command for ResendMessage {
    type Loaded = (Stored<Message>, Target);
    type Event = Event;
    type Answer = MessageView;
    const NAME: &'static str = "ResendMessage";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = KIND;

    async fn load(&self, house: &House, context: &Context) -> Result<Self::Loaded, Refusal> {
        let stored = store::load_message(house, &self.id).await?;
        let target = target(house, context, &stored.value.patient).await?;
        Ok((stored, target))
    }

    fn target(&self, (_, target): &Self::Loaded) -> Target {
        target.clone()
    }

    fn decide(&self, (stored, _): &Self::Loaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        decide::resend(&stored.value, facts.now).map(|event| vec![event])
    }

    fn save(
        &self,
        house: &House,
        (stored, _): Self::Loaded,
        events: Vec<Event>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<MessageView>, Fault> {
        let mut message = stored.value.clone();
        for event in &events {
            evolve(&mut message, event);
        }
        let put = store::put_message(&stored.id, Expected::Version(stored.version), &message)?;
        change.push(store::shard_of(house, &message.patient), put);
        Ok(Saved::new(MessageView::new(&stored.id, &message), vec![format!("Message/{}", stored.id)]))
    }
}

impl Command for SetMessagePreferences {
    type Loaded = (PatientId, u64, Target);
    type Event = ();
    type Answer = PreferencesView;
    const NAME: &'static str = "SetMessagePreferences";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = KIND;

    async fn load(&self, house: &House, context: &Context) -> Result<Self::Loaded, Refusal> {
        let patient = patient(house, &self.patient).await?;
        let (version, _) = store::preferences(house, &patient).await?;
        let target = target(house, context, &patient).await?;
        Ok((patient, version, target))
    }

    fn target(&self, (.., target): &Self::Loaded) -> Target {
        target.clone()
    }

    fn decide(&self, (_, version, _): &Self::Loaded, _: &Facts) -> Result<Vec<()>, Rejection> {
        if self.version != *version {
            return Err(Rejection::version_conflict("this", "it", *version));
        }
        decide::prefer(&self.preferences)?;
        Ok(vec![()])
    }

    fn save(
        &self,
        house: &House,
        (patient, version, _): Self::Loaded,
        _: Vec<()>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<PreferencesView>, Fault> {
        let put = store::put_preferences(&patient, version, &self.preferences)?;
        change.push(store::shard_of(house, &patient), put);
        let answer = PreferencesView { version: version + 1, preferences: self.preferences.clone() };
        Ok(Saved::new(answer, vec![format!("MessagePreferences/{patient}")]))
    }
}

impl Command for OverrideMessageTemplate {
    type Loaded = u64;
    type Event = ();
    type Answer = TemplateView;
    const NAME: &'static str = "OverrideMessageTemplate";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = KIND;

    async fn load(&self, house: &House, _: &Context) -> Result<u64, Refusal> {
        Ok(store::template(house, self.purpose, self.language).await?.0)
    }

    fn target(&self, _: &u64) -> Target {
        Target::plain(KIND.0, KIND.1)
    }

    fn decide(&self, version: &u64, _: &Facts) -> Result<Vec<()>, Rejection> {
        if self.version != *version {
            return Err(Rejection::version_conflict("this", "it", *version));
        }
        decide::override_template(self.template.as_ref())?;
        Ok(vec![()])
    }

    fn save(
        &self,
        _: &House,
        version: u64,
        _: Vec<()>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<TemplateView>, Fault> {
        let (purpose, language) = (self.purpose, self.language);
        let (shard, put) = store::put_template(purpose, language, version, self.template.as_ref())?;
        change.push(shard, put);
        let template = self.template.clone().unwrap_or_else(|| Template::built_in(purpose, language));
        let is_built_in = self.template.is_none();
        let answer = TemplateView { purpose, language, version: version + 1, is_built_in, template };
        Ok(Saved::new(answer, vec![format!("MessageTemplate/{}.{}", purpose.code(), language.code())]))
    }
}

impl Command for CreateCalendarFeed {
    type Loaded = (PatientId, usize, Target);
    type Event = ();
    type Answer = FeedView;
    const NAME: &'static str = "CreateCalendarFeed";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = KIND;

    async fn load(&self, house: &House, context: &Context) -> Result<Self::Loaded, Refusal> {
        let patient = patient(house, &self.patient).await?;
        let open = queries::feeds(house, &patient).await?.len();
        let target = target(house, context, &patient).await?;
        Ok((patient, open, target))
    }

    fn target(&self, (.., target): &Self::Loaded) -> Target {
        target.clone()
    }

    fn decide(&self, (_, open, _): &Self::Loaded, _: &Facts) -> Result<Vec<()>, Rejection> {
        decide::create_feed(*open).map(|()| vec![()])
    }

    fn save(
        &self,
        house: &House,
        (patient, ..): Self::Loaded,
        _: Vec<()>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<FeedView>, Fault> {
        let shard = store::shard_of(house, &patient);
        let id = house.store.new_id(shard, facts.now, facts.chance_for_id());
        // The id takes the first half of the chance; the secret is the other, which nothing else shows.
        let secret = data_encoding::HEXLOWER.encode(facts.chance.get(16..).unwrap_or_default());
        let feed = Feed { patient, hash: hash(&secret), at: facts.now };
        change.push(shard, store::put_feed(&id, &feed)?);
        let address = format!("{}/api/calendar/{id}{secret}.ics", house.origin);
        let answer =
            FeedView { id: id.clone(), created: facts.now.to_string(), address: Some(Phi::new(address)) };
        Ok(Saved::new(answer, vec![format!("CalendarFeed/{id}")]))
    }
}

/// The hash of a feed's secret, as it is kept.
pub(super) fn hash(secret: &str) -> String {
    data_encoding::HEXLOWER.encode(digest(&SHA256, secret.as_bytes()).as_ref())
}

impl Command for RevokeCalendarFeed {
    type Loaded = (Stored<Feed>, Target);
    type Event = ();
    type Answer = ();
    const NAME: &'static str = "RevokeCalendarFeed";
    const INTERACTION: Interaction = Interaction::Delete;
    const ABOUT: (&'static str, Category) = KIND;

    async fn load(&self, house: &House, context: &Context) -> Result<Self::Loaded, Refusal> {
        let missing =
            || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such calendar address");
        let found = store::feed(house, &self.feed).await?;
        let stored = found.filter(|one| one.value.patient.as_str() == self.patient).ok_or_else(missing)?;
        let target = target(house, context, &stored.value.patient).await?;
        Ok((stored, target))
    }

    fn target(&self, (_, target): &Self::Loaded) -> Target {
        target.clone()
    }

    fn decide(&self, _: &Self::Loaded, _: &Facts) -> Result<Vec<()>, Rejection> {
        Ok(vec![()])
    }

    fn save(
        &self,
        house: &House,
        (stored, _): Self::Loaded,
        _: Vec<()>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<()>, Fault> {
        change.push(store::shard_of(house, &stored.value.patient), store::delete_feed(&stored));
        Ok(Saved::new((), vec![format!("CalendarFeed/{}", stored.id)]))
    }
}

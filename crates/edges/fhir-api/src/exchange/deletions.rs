//! What a partner deleted, followed here: our copy ends with the original, unless somebody here made it their own.

use super::arrive::Arrivals;
use super::here::Here;
use super::page::Told;
use super::progress::Span;
use super::provenance;
use super::report::Report;
use crate::ask::entry_of;
use crate::failure::Failure;
use crate::sights::sight;
use crate::write::{Mode, write};
use galen_audit::Interaction;
use galen_fhir::ResourceType;
use galen_fhir::bundle::{Method, RequestBundle, RequestEntry, Target};
use galen_fhir::search::{Handling, SearchQuery, parse};
use galen_kernel::Instant;
use galen_records::Stored;
use galen_service::Refusal;
use galen_service::observe::Draft;

impl Arrivals<'_> {
    /// Follows the ends of a page of a history; what is refused is noted and stops nothing.
    pub(super) async fn end(
        &self,
        ended: Vec<Told>,
        report: &mut Report,
        span: &mut Span,
    ) -> Result<(), Failure> {
        let names = ended.iter().map(|one| one.remote.clone()).collect();
        let here = Here::look(self.house, self.naming, &names).await?;
        for one in ended {
            let Some(stored) = here.stored(&one.remote) else { continue };
            if !self.is_as_it_came(stored).await? {
                let message = "It was deleted there, but changed here since it came; it is not deleted here";
                report.refuse(one.remote, "conflict", message);
                continue;
            }
            if !self.end_one(&one, stored, report).await? {
                span.hold(one.at);
            }
        }
        Ok(())
    }

    /// Whether the current version is the one that a pull wrote: then there is a Provenance of that very moment.
    async fn is_as_it_came(&self, stored: &Stored) -> Result<bool, Failure> {
        let Some(resource) = stored.resource()? else { return Ok(false) };
        let source = resource.json().str_at(&["meta", "source"]);
        if source.and_then(|source| self.naming.of_source(source)).is_none() {
            return Ok(false);
        }
        let Some(provenance) = ResourceType::parse("Provenance") else { return Ok(false) };
        let Some(query) = self.written_with(stored, provenance) else { return Ok(false) };
        let seen = sight(self.house, self.context, [provenance]).await?;
        let found = self.house.records.search(&query, &seen.sight, None, self.house.clock.now()).await??;
        for row in found.rows {
            let told = row.stored.resource()?;
            let recorded = told.as_ref().and_then(|told| told.json().str("recorded"));
            if recorded == resource.last_updated() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The search for the Provenance that was written with a version.
    fn written_with(&self, stored: &Stored, provenance: ResourceType) -> Option<SearchQuery> {
        let pairs = [
            ("target".to_owned(), stored.reference()),
            ("recorded".to_owned(), stored.document.at.to_string()),
        ];
        parse(provenance, &pairs, Handling::Strict, &self.house.records.parameters()).ok()
    }

    /// Ends one copy, if it is still that version; whether it did.
    async fn end_one(&self, told: &Told, stored: &Stored, report: &mut Report) -> Result<bool, Failure> {
        let context = &galen_access::Context { at: self.house.clock.now(), ..self.context.clone() };
        let mut draft = Draft::new("delete", Interaction::Delete);
        let entries = self.ending(told, stored, context.at);
        let again = || Ok(RequestBundle::transaction(entries.clone()));
        let Err(failure) = write(self.house, context, &mut draft, Mode::Checked, again).await else {
            report.deleted += 1;
            return Ok(true);
        };
        let failure = failure.recorded(self.house, self.context, draft).await;
        let Refusal::Rejected(rejection) = &failure.refusal else { return Err(failure) };
        report.refuse(told.remote.clone(), rejection.code, rejection.message.as_str());
        Ok(false)
    }

    fn ending(&self, told: &Told, stored: &Stored, at: Instant) -> Vec<RequestEntry> {
        let target = Target {
            resource_type: Some(stored.resource_type),
            id: Some(stored.document.id.clone()),
            ..Target::default()
        };
        let mut end = entry_of(Method::Delete, target, None);
        end.if_match = Some(format!("W/\"{}\"", stored.document.version));
        let (name, base) = (self.partner.name.as_str(), self.naming.base());
        let told = provenance::of_end(&stored.reference(), told, (name, base), &self.house.origin, at);
        let posts = told.into_iter().map(|resource| {
            let target = Target { resource_type: Some(resource.resource_type()), ..Target::default() };
            RequestEntry { index: 1, ..entry_of(Method::Post, target, Some(resource)) }
        });
        std::iter::once(end).chain(posts).collect()
    }
}

//! Pushing: what the caller may see of ours, to a partner.

use super::abilities::{Abilities, Unable};
use super::depart::{Departures, Sent};
use super::naming::Naming;
use super::partner::{StoredPartner, about};
use super::permitted;
use super::pull::{bad, types_of};
use super::remote::Remote;
use super::report::{Report, Skipped};
use crate::failure::Failure;
use crate::sights::{Seen, note_patients, plain, sight};
use futures_util::future::BoxFuture;
use galen_access::Context;
use galen_fhir::ResourceType;
use galen_fhir::bundle::{SearchMode, query_pairs};
use galen_fhir::search::{Handling, SearchQuery, parse};
use galen_kernel::RejectionKind;
use galen_records::{FoundRow, PageToken, Sight};
use galen_service::observe::{Draft, looked};
use galen_service::{House, Refusal};

/// Refusals of the partner's after which a push ends: the partner takes nothing.
const REFUSALS_IN_A_ROW_MAX: usize = 50;

/// What is to be pushed.
#[derive(Debug, Clone, Default)]
pub struct PushAsked {
    /// Types to search.
    pub types: Vec<String>,
    /// A query for each of them.
    pub query: Option<String>,
}

/// Pushes to a partner. `watch` is told how far it is after each page.
///
/// Boxed, so that programs that call it do not compile all that is beneath it once more.
pub fn push<'p>(
    house: &'p House,
    context: &'p Context,
    name: &'p str,
    asked: PushAsked,
    watch: &'p (dyn Fn(&Report) + Sync),
) -> BoxFuture<'p, Result<Report, Refusal>> {
    Box::pin(async move {
        let mut draft = about("exchange-push", name);
        let mut report = Report::default();
        match pushed(house, context, name, asked, watch, &mut draft, &mut report).await {
            Ok(()) => {
                looked(house, context, draft).await?;
                Ok(report)
            }
            Err(failure) => Err(failure.recorded(house, context, draft).await.refusal),
        }
    })
}

async fn pushed(
    house: &House,
    context: &Context,
    name: &str,
    asked: PushAsked,
    watch: &(dyn Fn(&Report) + Sync),
    draft: &mut Draft,
    report: &mut Report,
) -> Result<(), Failure> {
    permitted(house, context, "FhirExport", draft).await?;
    let types = types_of(&asked.types)?;
    if types.is_empty() {
        return Err(bad("types-required", "Say what is to be pushed, by type"));
    }
    draft.entities.extend(types.iter().map(|one| one.name().to_owned()));
    let partner = StoredPartner::named(house, name).await?.partner;
    let naming = Naming::new(&partner.base);
    let mut remote = Remote::of(house, &partner)?;
    let abilities = Abilities::ask(&mut remote).await?;
    let own_base = house.fhir_base();
    let departures = Departures { house, naming: &naming, remote: &mut remote, own_base };
    let mut push = Push { house, context, name, departures, refused_in_a_row: 0 };
    for resource_type in types {
        let query = push.query(resource_type, asked.query.as_deref())?;
        match abilities.refuses(resource_type) {
            Some(unable) => push.skip(query, unable, report).await?,
            None => push.search(&query, report, watch).await?,
        }
    }
    Ok(())
}

/// A push on its way.
struct Push<'p, 'h> {
    house: &'p House,
    context: &'p Context,
    name: &'p str,
    departures: Departures<'p, 'h>,
    refused_in_a_row: usize,
}

impl Push<'_, '_> {
    fn query(&self, resource_type: ResourceType, query: Option<&str>) -> Result<SearchQuery, Failure> {
        let pairs = query.map_or(Some(Vec::new()), query_pairs);
        let pairs = pairs.ok_or_else(|| bad("query-invalid", "The query cannot be read"))?;
        let mut query = parse(resource_type, &pairs, Handling::Strict, &self.house.records.parameters())
            .map_err(|issues| Failure::of_issues(RejectionKind::Malformed, "search-invalid", issues))?;
        query.localize(&self.house.fhir_base());
        Ok(query)
    }

    /// One search to its end. What a page shows is in the audit before any of it leaves.
    async fn search(
        &mut self,
        query: &SearchQuery,
        report: &mut Report,
        watch: &(dyn Fn(&Report) + Sync),
    ) -> Result<(), Failure> {
        let mut from: Option<PageToken> = None;
        loop {
            let (context, sight) = self.sees(query).await?;
            let found = self.house.records.search(query, &sight, from.take(), context.at).await??;
            let rows = found.rows.iter().filter(|row| row.mode == SearchMode::Match);
            let rows: Vec<&FoundRow> = rows.collect();
            looked(self.house, &context, self.shown(&rows)).await?;
            for row in rows {
                self.send(row, report).await?;
            }
            report.pages += 1;
            watch(report);
            match found.next {
                Some(next) => from = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Tells how many of a type were asked for, none of which can be sent.
    async fn skip(
        &self,
        mut query: SearchQuery,
        (code, message): Unable,
        report: &mut Report,
    ) -> Result<(), Failure> {
        query.count_only = true;
        let (context, sight) = self.sees(&query).await?;
        let found = self.house.records.search(&query, &sight, None, context.at).await??;
        looked(self.house, &context, self.shown(&[])).await?;
        let (type_name, code) = (query.resource_type.name().to_owned(), code.to_owned());
        let resources = found.total.unwrap_or_default();
        report.skipped.push(Skipped { type_name, resources, code, message });
        Ok(())
    }

    /// What the caller may see of a search now.
    async fn sees(&self, query: &SearchQuery) -> Result<(Context, Sight), Failure> {
        let context = Context { at: self.house.clock.now(), ..self.context.clone() };
        let types = crate::search::types_of(query);
        let Seen { sight, .. } = sight(self.house, &context, types).await?;
        if sight.of(query.resource_type).is_none() {
            let target = plain(query.resource_type);
            let refusal = self.house.access.visibility(&context, "FhirSearch", &target).await?;
            return Err(refusal.err().map_or_else(|| bad("not-permitted", "It may not be seen"), Into::into));
        }
        Ok((context, sight))
    }

    fn shown(&self, rows: &[&FoundRow]) -> Draft {
        let mut draft = about("exchange-push", self.name);
        for row in rows {
            let document = &row.stored.document;
            draft.entities.push(row.stored.reference());
            let body = document.body.as_deref().unwrap_or_default();
            note_patients(row.stored.resource_type, &document.id, body, &mut draft.patients);
        }
        draft
    }

    async fn send(&mut self, row: &FoundRow, report: &mut Report) -> Result<(), Failure> {
        report.seen += 1;
        match self.departures.send(&row.stored).await {
            Ok(sent) => {
                self.refused_in_a_row = 0;
                match sent {
                    Sent::Created => report.created += 1,
                    Sent::Updated => report.updated += 1,
                    Sent::Unchanged => report.unchanged += 1,
                    Sent::Returned => report.returned += 1,
                }
                Ok(())
            }
            Err(failure) => {
                let Refusal::Rejected(rejection) = &failure.refusal else { return Err(failure) };
                self.refused_in_a_row += 1;
                let is_over = matches!(rejection.code, "partner-unreachable" | "partner-address-closed")
                    || self.refused_in_a_row >= REFUSALS_IN_A_ROW_MAX && rejection.code != "conflict";
                if is_over {
                    return Err(failure);
                }
                report.refuse(row.stored.reference(), rejection.code, rejection.message.as_str());
                Ok(())
            }
        }
    }
}

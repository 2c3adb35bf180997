//! The table on its way: some resources at a time, as far as the client reads.

use crate::failure::Failure;
use crate::sights::note_patients;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use galen_fhir::views::{Row, View};
use galen_fhir::{Issue, Resource};
use galen_kernel::{Fault, Instant, PatientId, RejectionKind};
use galen_records::{Records, Stored, Walk, WalkPlace};
use galen_service::Refusal;
use galen_service::observe::{Draft, Witness};
use galen_tables::TableWriter;
use std::vec::IntoIter;

/// Resources read at a time.
const ROWS_AT_ONCE: u32 = 200;
/// Bytes that are sent at a time, about.
const PART_BYTES: usize = 64 << 10;
/// Patients in a part, about: an audit entry names no more than so many.
const PART_PATIENTS: usize = 1_000;

/// Where the resources come from.
pub(super) enum Source {
    /// They came with the request.
    Given(IntoIter<Resource>),
    /// The store, within what the caller may find.
    Stored { records: Records, walk: Walk, place: Option<WalkPlace>, page: IntoIter<Stored> },
}

impl Source {
    /// What a walk comes by.
    pub(super) fn stored(records: Records, walk: Walk) -> Self {
        Self::Stored { records, walk, place: Some(WalkPlace::default()), page: Vec::new().into_iter() }
    }

    /// The next resource, and the stored one that it was.
    async fn next(&mut self) -> Result<Option<(Resource, Option<Stored>)>, Fault> {
        match self {
            Self::Given(resources) => Ok(resources.next().map(|resource| (resource, None))),
            Self::Stored { records, walk, place, page } => loop {
                if let Some(stored) = page.next() {
                    let Some(resource) = stored.resource()? else { continue };
                    return Ok(Some((resource, Some(stored))));
                }
                let Some(from) = place.take() else { return Ok(None) };
                let (rows, next) = records.walk(walk, from, ROWS_AT_ONCE).await?;
                (*page, *place) = (rows.into_iter(), next);
            },
        }
    }
}

/// A table that is being made.
pub(super) struct Making {
    view: View,
    /// None once it is done.
    table: Option<TableWriter>,
    source: Source,
    rows: IntoIter<Row>,
    now: Instant,
    witness: Witness,
    /// What the entry of each part says, but for whose records it shows.
    shown: Draft,
    /// Patients who are seen by break-glass only.
    opened: Vec<PatientId>,
    /// Whose records are in what was made since the audit was told.
    patients: Vec<String>,
    /// Rows that may still come.
    pub(super) left: Option<u32>,
}

impl Making {
    pub(super) fn new(
        view: View,
        table: TableWriter,
        source: Source,
        (witness, shown, opened): (Witness, Draft, Vec<PatientId>),
        now: Instant,
    ) -> Self {
        let (rows, patients) = (Vec::new().into_iter(), Vec::new());
        Self { view, table: Some(table), source, rows, now, witness, shown, opened, patients, left: None }
    }

    /// The next part; `None` at the end.
    pub(super) async fn part(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            let Some(table) = &mut self.table else { return Ok(None) };
            if self.left != Some(0) {
                if let Some(row) = self.rows.next() {
                    table.write(&row)?;
                    self.left = self.left.map(|left| left - 1);
                    if table.ready() >= PART_BYTES || self.patients.len() >= PART_PATIENTS {
                        return Ok(Some(table.take()?));
                    }
                    continue;
                }
                if let Some((resource, stored)) = self.source.next().await? {
                    self.run(&resource, stored.as_ref())?;
                    // A view may take long for one resource; others are served in between.
                    tokio::task::yield_now().await;
                    continue;
                }
            }
            return match self.table.take() {
                Some(table) => Ok(Some(table.finish()?)),
                None => Ok(None),
            };
        }
    }

    fn run(&mut self, resource: &Resource, stored: Option<&Stored>) -> Result<(), Failure> {
        let rows = self.view.run(resource.json(), Some(self.now.micros())).map_err(unfit)?;
        if let (Some(stored), false) = (stored, rows.is_empty()) {
            let document = &stored.document;
            let body = document.body.as_deref().unwrap_or_default();
            note_patients(stored.resource_type, &document.id, body, &mut self.patients);
        }
        self.rows = rows.into_iter();
        Ok(())
    }

    /// Tells the audit whose records are in what was made since it was last told.
    pub(super) fn tell(&mut self, draft: &mut Draft) {
        let patients = std::mem::take(&mut self.patients);
        draft.broken_glass |= self.opened.iter().any(|p| patients.iter().any(|shown| shown == p.as_str()));
        draft.patients.extend(patients);
    }

    /// The first part, and the rest as far as the client reads it. What shows somebody's record is in the audit first.
    pub(super) fn stream(self, first: Vec<u8>) -> impl Stream<Item = Result<Bytes, Fault>> {
        stream::try_unfold((self, Some(first)), |(mut making, first)| async move {
            if let Some(first) = first {
                return Ok(Some((Bytes::from(first), (making, None))));
            }
            let Some(part) = making.part().await.map_err(fault_of)? else { return Ok(None) };
            if !making.patients.is_empty() {
                let mut draft = making.shown.clone();
                making.tell(&mut draft);
                making.witness.looked(draft).await?;
            }
            Ok(Some((Bytes::from(part), (making, None))))
        })
    }
}

/// A resource that the view cannot be run over.
fn unfit(issue: Issue) -> Failure {
    Failure::of_issues(RejectionKind::Unprocessable, "view-unfit", vec![issue])
}

/// An answer that has begun can only break off: a client sees that it is not whole.
fn fault_of(failure: Failure) -> Fault {
    match failure.refusal {
        Refusal::Faulted(fault) => fault,
        Refusal::Rejected(rejection) => Fault::new("viewdefinition-run", rejection.message.clone()),
    }
}

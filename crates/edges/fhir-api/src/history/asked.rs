//! The parameters of a history: `_count`, `_since`, `_at`, `_sort`, `_summary`, `_elements`, and the page.

use crate::failure::Failure;
use crate::wish::take_subset;
use galen_fhir::temporal::{Interval, parse};
use galen_fhir::{ResourceType, Subset};
use galen_kernel::{Instant, Rejection, RejectionKind};
use galen_records::HISTORY_ROWS_MAX;

/// Versions on a page when nobody asks for a number.
const COUNT_DEFAULT: u32 = 50;
/// Most types in one `_type`.
const TYPES_MAX: usize = 146;

/// What of a history is asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Versions on a page.
    pub(super) count: u32,
    /// Written then or later.
    pub(super) since: Option<Instant>,
    /// Current at some time in this.
    pub(super) at: Option<Interval>,
    /// Whether the latest come first.
    pub(super) newest_first: bool,
    /// Of these types only.
    pub(super) types: Vec<ResourceType>,
    /// What part of each resource.
    pub(super) how: Subset,
    /// Where the page before ended.
    pub(super) page: Option<String>,
    /// All but the page, as a query: for the links.
    pub(super) query: String,
}

impl Asked {
    /// Reads the pairs of a query.
    pub(super) fn read(mut pairs: Vec<(String, String)>) -> Result<Self, Failure> {
        let page = pairs.iter().position(|(name, _)| name == "_page").map(|place| pairs.remove(place).1);
        let query = crate::search::written(&pairs);
        let how = take_subset(&mut pairs)?;
        let mut asked = Self {
            count: COUNT_DEFAULT,
            since: None,
            at: None,
            newest_first: true,
            types: Vec::new(),
            how,
            page,
            query,
        };
        for (name, value) in &pairs {
            asked.take(name, value)?;
        }
        Ok(asked)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        // A plus sign of a zone reads as a space where it was not escaped.
        let time =
            || parse(&value.replace(' ', "+")).ok_or_else(|| bad(name, "must be a date or an instant"));
        match name {
            "_count" => {
                let count = value.parse::<u64>().map_err(|_| bad(name, "must be a whole number"))?;
                self.count = u32::try_from(count).unwrap_or(u32::MAX).clamp(1, HISTORY_ROWS_MAX - 1);
            }
            "_since" => self.since = Some(Instant::from_micros(time()?.low)),
            "_at" => self.at = Some(time()?),
            "_sort" => {
                self.newest_first = match value {
                    "-_lastUpdated" | "none" => true,
                    "_lastUpdated" => false,
                    _ => return Err(bad(name, "must be -_lastUpdated, _lastUpdated or none")),
                }
            }
            "_type" => {
                for one in value.split(',').filter(|one| !one.is_empty()).take(TYPES_MAX) {
                    let known =
                        ResourceType::parse(one).ok_or_else(|| bad(name, "names no resource type"))?;
                    self.types.push(known);
                }
            }
            _ => return Err(unknown(name)),
        }
        Ok(())
    }

    /// Whether a version belongs: written at `at`, and replaced then if it was.
    pub(super) fn takes(&self, at: Instant, replaced: Option<Instant>, deleted: bool) -> bool {
        let is_late_enough = self.since.is_none_or(|since| at >= since);
        let was_current = self.at.is_none_or(|span| {
            let began_before = at.micros() < span.high;
            let ended_after = replaced.is_none_or(|replaced| replaced.micros() > span.low);
            // A tombstone tells of an end: it belongs where that end is.
            began_before && ended_after && (!deleted || at.micros() >= span.low)
        });
        is_late_enough && was_current
    }

    /// The links of a page: itself, and the next if there is one.
    pub(super) fn links(&self, own: &str, next: Option<&str>) -> (String, Option<String>) {
        let with = |page: Option<&str>| {
            let page = page.map(|page| format!("_page={page}"));
            let parts: Vec<&str> = [Some(self.query.as_str()).filter(|q| !q.is_empty()), page.as_deref()]
                .into_iter()
                .flatten()
                .collect();
            if parts.is_empty() { own.to_owned() } else { format!("{own}?{}", parts.join("&")) }
        };
        (with(self.page.as_deref()), next.map(|next| with(Some(next))))
    }
}

fn bad(name: &str, message: &str) -> Failure {
    Rejection::new(RejectionKind::Malformed, "parameter-invalid", format!("{name} {message}"))
        .at(name.to_owned())
        .into()
}

fn unknown(name: &str) -> Failure {
    let plain: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || "_-:.".contains(*c)).take(40).collect();
    let message = format!("A history has no parameter '{plain}'");
    Rejection::new(RejectionKind::Malformed, "parameter-unknown", message)
        .next("It takes _count, _since, _at, _sort, _type, _summary and _elements")
        .into()
}

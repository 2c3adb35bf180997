//! Results as the rules of release see them, and what a hospital sets.

use galen_kernel::{Instant, MICROS_PER_HOUR};
use std::collections::BTreeSet;

const LOINC: &str = "http://loinc.org";
const SECTIONS: &str = "http://terminology.hl7.org/CodeSystem/v2-0074";

/// What the rules read of an Observation or DiagnosticReport.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finding {
    /// Whether its author is done with it: final, amended, corrected or appended.
    pub is_final: bool,
    /// Whether it is critical: interpreted as HH, LL or AA.
    pub is_critical: bool,
    /// All codes of what it is of, with their systems: `code` and `category`.
    pub codes: Vec<(String, String)>,
    /// When it was made available.
    pub issued: Option<Instant>,
    /// Whether a clinician said something about it.
    pub is_commented: bool,
}

/// The version of a finding that another one replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    /// When the patient may see, or could see, it.
    pub release: Option<Instant>,
    /// Whether it said the same: with another value it is another result.
    pub says_same: bool,
}

/// Longest time for which a hospital may hold results: nothing is held for ever.
pub const HOLD_HOURS_MAX: u32 = 30 * 24;

/// How long a hospital holds what, unless a clinician has commented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasePolicy {
    /// Hours for critical and preliminary results; 0 = not at all.
    pub critical_hours: u32,
    /// Hours for sensitive results; 0 = not at all.
    pub sensitive_hours: u32,
    /// What is sensitive, as `system|code`.
    pub sensitive: BTreeSet<String>,
}

/// What is sensitive where a hospital says nothing else: HIV, pregnancy, syphilis, genetics, and what a pathologist
/// reports of tissue and cells.
const SENSITIVE: [(&str, &str); 14] = [
    (LOINC, "75622-1"),
    (LOINC, "56888-1"),
    (LOINC, "20447-9"),
    (LOINC, "5221-7"),
    (LOINC, "2106-3"),
    (LOINC, "2118-8"),
    (LOINC, "21198-7"),
    (LOINC, "20507-0"),
    (LOINC, "51969-4"),
    (LOINC, "11529-5"),
    (SECTIONS, "CG"),
    (SECTIONS, "CP"),
    (SECTIONS, "GE"),
    (SECTIONS, "SP"),
];

impl Default for ReleasePolicy {
    fn default() -> Self {
        let sensitive = SENSITIVE.iter().map(|(system, code)| format!("{system}|{code}")).collect();
        Self { critical_hours: 72, sensitive_hours: 7 * 24, sensitive }
    }
}

impl ReleasePolicy {
    /// Whether a finding is sensitive.
    pub fn is_sensitive(&self, finding: &Finding) -> bool {
        finding.codes.iter().any(|(system, code)| self.sensitive.contains(&format!("{system}|{code}")))
    }

    /// How long this finding is held, in microseconds; `None` = not at all.
    pub fn hold(&self, finding: &Finding) -> Option<i64> {
        let sensitive = if self.is_sensitive(finding) { self.sensitive_hours } else { 0 };
        let critical = if finding.is_critical || !finding.is_final { self.critical_hours } else { 0 };
        let hours = sensitive.max(critical).min(HOLD_HOURS_MAX);
        (hours > 0).then(|| i64::from(hours) * MICROS_PER_HOUR)
    }
}

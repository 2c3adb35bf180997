//! What one GraphQL operation showed and was refused. It may be many reads at once: each kind of read leaves the audit
//! entry that REST would leave, with all whom it touched, before the answer is sent.

use crate::house::House;
use crate::observe::{Draft, NAMED_MAX, note_all};
use crate::refusal::Refusal;
use galen_access::Context;
use galen_audit::Outcome;
use galen_kernel::Fault;
use parking_lot::Mutex;

/// What is known of the operation so far.
#[derive(Default)]
pub struct Evidence(Mutex<Vec<Witnessed>>);

/// A read and how it ended.
#[derive(Debug, Clone)]
pub struct Witnessed {
    /// What it was and whom it touched.
    pub draft: Draft,
    /// How it ended.
    pub outcome: Outcome,
}

impl Witnessed {
    fn is_like(&self, draft: &Draft, outcome: &Outcome) -> bool {
        let own = &self.draft;
        own.operation == draft.operation
            && own.query == draft.query
            && own.broken_glass == draft.broken_glass
            && self.outcome == *outcome
            // What is beyond the most that an entry names would be lost, so it goes into the next.
            && own.patients.len() + draft.patients.len() <= NAMED_MAX
            && own.entities.len() + draft.entities.len() <= NAMED_MAX
    }
}

impl Evidence {
    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.0.lock().is_empty()
    }

    /// Adds a read that was done.
    pub fn shown(&self, draft: Draft) {
        self.add(draft, Outcome::Done);
    }

    /// Adds one that was refused, or failed.
    pub fn refused(&self, draft: Draft, refusal: &Refusal) {
        self.add(draft, refusal.audited());
    }

    fn add(&self, draft: Draft, outcome: Outcome) {
        let mut all = self.0.lock();
        match all.iter_mut().find(|one| one.is_like(&draft, &outcome)) {
            Some(one) => {
                one.draft.patients.extend(draft.patients);
                one.draft.entities.extend(draft.entities);
            }
            None => all.push(Witnessed { draft, outcome }),
        }
    }

    /// Writes it all. The answer waits for it.
    pub async fn write(&self, house: &House, context: &Context) -> Result<(), Fault> {
        let all = std::mem::take(&mut *self.0.lock());
        note_all(house, context, all).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use galen_audit::Interaction;

    fn draft(operation: &str, patient: &str) -> Draft {
        Draft { patients: vec![patient.to_owned()], ..Draft::new(operation, Interaction::Read) }
    }

    #[test]
    fn reads_of_a_kind_are_one_entry_with_all_whom_they_touched() {
        let evidence = Evidence::default();
        evidence.shown(draft("ReadPatient", "a"));
        evidence.shown(draft("ReadPatient", "b"));
        evidence.shown(draft("ListMessages", "a"));
        evidence.shown(Draft { broken_glass: true, ..draft("ReadPatient", "c") });
        let all = evidence.0.lock();
        let patients: Vec<_> = all.iter().map(|one| one.draft.patients.join(",")).collect();
        assert_eq!(patients, ["a,b", "a", "c"]);
    }

    #[test]
    fn nobody_is_lost_beyond_what_one_entry_names() {
        let evidence = Evidence::default();
        for number in 0..=NAMED_MAX {
            evidence.shown(draft("ReadPatient", &number.to_string()));
        }
        let all = evidence.0.lock();
        let counts: Vec<_> = all.iter().map(|one| one.draft.patients.len()).collect();
        assert_eq!(counts, [NAMED_MAX, 1]);
    }
}

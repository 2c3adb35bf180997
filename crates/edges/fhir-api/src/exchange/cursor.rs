//! Following a search from page to page: where `next` may lead, and that it ends. Pure.

use super::trouble;
use crate::failure::Failure;
use galen_outbound::{Destination, Rules};
use std::collections::HashSet;

/// Most pages of one search.
pub(super) const PAGES_MAX: usize = 10_000;

/// Where a search of a partner is.
#[derive(Debug)]
pub(super) struct Cursor {
    base: String,
    seen: HashSet<String>,
}

impl Cursor {
    /// At the beginning of a search below this base.
    pub(super) fn new(base: &str) -> Self {
        Self { base: base.to_owned(), seen: HashSet::new() }
    }

    /// The next page's address, if it may be called: the token goes with the request, so it must be the same server, below
    /// the same base, and not a page that was read already.
    pub(super) fn follow(&mut self, link: &str, rules: &Rules) -> Result<Destination, Failure> {
        if !is_below(&self.base, link) {
            let message = "The partner's next page is not below its own base; it is not followed";
            return Err(trouble::partner("partner-leads-elsewhere", message).into());
        }
        // A hash, so that what is remembered of a long search stays small.
        if !self.seen.insert(super::naming::hash(&[link], 16)) {
            let message = "The partner's pages lead in a circle";
            return Err(trouble::partner("partner-pages-loop", message).into());
        }
        if self.seen.len() >= PAGES_MAX {
            let message = format!("The search has more than {PAGES_MAX} pages");
            return Err(trouble::partner("partner-pages-many", message)
                .next("Ask for less at once, with --query or --since")
                .into());
        }
        Destination::parse(link, rules).map_err(|error| trouble::uncallable(error).into())
    }
}

/// Whether an address is the base with a query, or below it without a way up.
fn is_below(base: &str, link: &str) -> bool {
    let Some(rest) = link.strip_prefix(base) else { return false };
    let path = rest.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let climbs = path.split('/').any(|part| part == "..") || path.contains("%2e") || path.contains('\\');
    (rest.starts_with('?') || rest.starts_with('/')) && !climbs && !rest.contains('#')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const BASE: &str = "https://ehr.example/fhir";

    #[test]
    fn a_next_page_is_below_the_base_or_not_followed() {
        for good in ["https://ehr.example/fhir?_getpages=1", "https://ehr.example/fhir/Patient?_page=a%2Fb"] {
            assert!(Cursor::new(BASE).follow(good, &Rules::default()).is_ok(), "{good}");
        }
        for bad in [
            "https://evil.example/fhir/Patient?_page=2",
            "https://ehr.example/fhir.evil/Patient",
            "https://ehr.example/fhirs",
            "https://ehr.example/other/Patient",
            "https://ehr.example/fhir/../admin",
            "https://ehr.example/fhir/%2e%2E/admin",
            "https://ehr.example/fhir/..\\admin",
            "https://ehr.example:444/fhir/Patient",
            "http://ehr.example/fhir/Patient",
            "https://ehr.example@evil.example/fhir/Patient",
            "https://user@ehr.example/fhir/Patient",
            "//ehr.example/fhir/Patient",
            "Patient?_page=2",
            "https://ehr.example/fhir/Patient#x",
            "",
        ] {
            let refused = Cursor::new(BASE).follow(bad, &Rules::default()).unwrap_err();
            assert_eq!(refused.refusal.code(), "partner-leads-elsewhere", "{bad}");
        }
    }

    #[test]
    fn a_search_ends() {
        let mut cursor = Cursor::new(BASE);
        let page = |n: usize| format!("{BASE}/Patient?_page={n}");
        for n in 1..PAGES_MAX {
            cursor.follow(&page(n), &Rules::default()).unwrap();
        }
        let looped = cursor.follow(&page(1), &Rules::default()).unwrap_err();
        assert_eq!(looped.refusal.code(), "partner-pages-loop");
        let many = cursor.follow(&page(PAGES_MAX), &Rules::default()).unwrap_err();
        assert_eq!(many.refusal.code(), "partner-pages-many");
    }
}

//! Value sets that nobody writes: a code system's publisher says what their urls mean
//! (<https://hl7.org/fhir/R4/snomedct.html#implicit>, <https://hl7.org/fhir/R4/loinc.html#implicit>).

use std::sync::Arc;

use super::value_set::{Filter, Include, ValueSet};

const SNOMED: &str = "http://snomed.info/sct";
const LOINC: &str = "http://loinc.org";
const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";

/// The value set that a url implies. SNOMED's reference sets are none of it: they are not imported.
pub fn implied(url: &str, version: Option<&str>) -> Option<Arc<ValueSet>> {
    let (system, edition, filter) = snomed(url).or_else(|| loinc(url)).or_else(|| rxnorm(url))?;
    let pinned = edition.or(version).map(Box::from);
    let include = Include {
        system: Some(system.into()),
        version: pinned.clone(),
        filters: filter.into_iter().collect(),
        ..Include::default()
    };
    let set = ValueSet::of_system(url, system);
    Some(Arc::new(ValueSet { version: pinned, includes: vec![include], ..set }))
}

type Implied<'u> = (&'static str, Option<&'u str>, Option<Filter>);

fn filter(property: &str, operation: &str, value: &str) -> Filter {
    Filter { property: property.into(), operation: operation.into(), value: value.into() }
}

fn snomed(url: &str) -> Option<Implied<'_>> {
    let (edition, asked) = url.split_once("?fhir_vs")?;
    let rest = edition.strip_prefix(SNOMED)?;
    if !rest.is_empty() && !rest.starts_with('/') {
        return None;
    }
    let edition = Some(edition).filter(|_| !rest.is_empty());
    let filter = match asked {
        "" => None,
        _ => Some(filter("concept", "is-a", asked.strip_prefix("=isa/").filter(|code| !code.is_empty())?)),
    };
    Some((SNOMED, edition, filter))
}

fn loinc(url: &str) -> Option<Implied<'_>> {
    let asked = url.strip_prefix(LOINC)?.strip_prefix("/vs")?;
    let filter = match asked.strip_prefix('/') {
        None if asked.is_empty() => None,
        Some(list) if list.starts_with("LL") => Some(filter("LIST", "=", list)),
        Some(part) if part.starts_with("LP") => Some(filter("ancestor", "=", part)),
        _ => return None,
    };
    Some((LOINC, None, filter))
}

fn rxnorm(url: &str) -> Option<Implied<'_>> {
    (url.strip_prefix(RXNORM)? == "/vs").then_some((RXNORM, None, None))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn urls_imply_value_sets() {
        let made = |url: &str| {
            let set = implied(url, None)?;
            let include = set.includes.first().unwrap().clone();
            let filter = include
                .filters
                .first()
                .map(|one| format!("{} {} {}", one.property, one.operation, one.value));
            Some((include.system.unwrap().to_string(), include.version.map(String::from), filter))
        };
        let edition = "http://snomed.info/sct/900000000000207008/version/20260101";
        let all = |system: &str| Some((system.to_owned(), None, None));
        let some = |system: &str, filter: &str| Some((system.to_owned(), None, Some(filter.to_owned())));
        assert_eq!(made("http://snomed.info/sct?fhir_vs"), all(SNOMED));
        assert_eq!(
            made("http://snomed.info/sct?fhir_vs=isa/73211009"),
            some(SNOMED, "concept is-a 73211009")
        );
        assert_eq!(
            made(&format!("{edition}?fhir_vs")),
            Some((SNOMED.to_owned(), Some(edition.to_owned()), None))
        );
        assert_eq!(made("http://loinc.org/vs"), all(LOINC));
        assert_eq!(made("http://loinc.org/vs/LL715-4"), some(LOINC, "LIST = LL715-4"));
        assert_eq!(made("http://loinc.org/vs/LP7786-9"), some(LOINC, "ancestor = LP7786-9"));
        assert_eq!(made("http://www.nlm.nih.gov/research/umls/rxnorm/vs"), all(RXNORM));
        for url in [
            "http://snomed.info/sct",
            "http://snomed.info/sctx?fhir_vs",
            "http://snomed.info/sct?fhir_vs=isa/",
            "http://snomed.info/sct?fhir_vs=refset/1",
            "http://loinc.org/vs/x",
            "http://loinc.org/vsx",
            "urn:vs",
        ] {
            assert_eq!(made(url), None, "{url}");
        }
    }
}

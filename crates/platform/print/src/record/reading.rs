//! What FHIR's elements say, as people write it.

use super::words::Words;
use galen_fhir::Json;

/// The words that somebody chose come first, the code system's second, the bare code last.
pub(super) fn concept(json: &Json) -> Option<String> {
    let coding = |wanted: &dyn Fn(&Json) -> bool, name: &str| {
        json.list("coding").filter(|one| wanted(one)).find_map(|one| clean(one.str(name)))
    };
    let is_chosen = |one: &Json| one.get("userSelected").and_then(Json::as_bool) == Some(true);
    clean(json.str("text"))
        .or_else(|| coding(&is_chosen, "display"))
        .or_else(|| coding(&|_| true, "display"))
        .or_else(|| coding(&|_| true, "code"))
}

/// The concept of an element.
pub(super) fn concept_at(json: &Json, name: &str) -> Option<String> {
    json.get(name).and_then(concept)
}

/// All concepts of an element that repeats.
pub(super) fn concepts(json: &Json, name: &str) -> Vec<String> {
    json.list(name).filter_map(concept).collect()
}

/// The first code of a concept, whose binding is required.
pub(super) fn code<'j>(json: &'j Json, name: &str) -> Option<&'j str> {
    json.get(name)?.list("coding").find_map(|coding| coding.str("code"))
}

/// Text with something in it.
pub(super) fn clean(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Parts that are there, with a comma between.
pub(super) fn listed(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The day of a date, time or instant as it was written down, in the precision it has.
pub(super) fn day(words: &Words, text: &str) -> String {
    let date = text.split('T').next().unwrap_or(text);
    let parts: Vec<&str> = date.split('-').collect();
    let month =
        |text: &str| text.parse::<usize>().ok().and_then(|n| words.months.get(n.checked_sub(1)?)).copied();
    let (between, written) = (words.date_separator, |parts: &[&str]| parts.join(words.date_separator));
    match parts.as_slice() {
        [year, number, day] => {
            month(number).map_or_else(|| date.replace('-', between), |name| written(&[day, name, year]))
        }
        [year, number] => {
            month(number).map_or_else(|| date.replace('-', between), |name| written(&[name, year]))
        }
        _ => date.to_owned(),
    }
}

/// When something of several spellings was: `occurrenceDateTime`, `performedPeriod` and their like, in the order of these
/// names; the latest first when they are sorted by it.
pub(super) fn moment<'j>(json: &'j Json, names: &[&str]) -> Option<&'j str> {
    names.iter().find_map(|name| {
        let found = json.get(name)?;
        found.as_str().or_else(|| found.str("start")).or_else(|| found.str("end"))
    })
}

/// From and to.
pub(super) fn period(words: &Words, json: &Json) -> String {
    let (start, end) = (json.str("start").map(|at| day(words, at)), json.str("end").map(|at| day(words, at)));
    match (start, end) {
        (Some(start), Some(end)) if start != end => format!("{start} – {end}"),
        (start, end) => start.or(end).unwrap_or_default(),
    }
}

/// The unit as it is shown; a number without dimension has none.
fn unit(quantity: &Json) -> Option<String> {
    clean(quantity.str("unit").or_else(|| quantity.str("code")))
        .filter(|unit| unit != "1" && !unit.starts_with('{'))
}

/// `< 5.4 mmol/L`: digits as they were sent.
pub(super) fn quantity(json: &Json) -> Option<String> {
    let number = json.get("value")?.as_number()?;
    let comparator = json.str("comparator").map(|sign| match sign {
        "<=" => "≤",
        ">=" => "≥",
        other => other,
    });
    let unit = unit(json).map(|unit| if unit == "%" { unit } else { format!(" {unit}") });
    Some(format!("{}{number}{}", comparator.unwrap_or_default(), unit.unwrap_or_default()))
}

fn range(json: &Json) -> Option<String> {
    let bound = |name: &str| json.get(name).and_then(|bound| bound.get("value")).and_then(Json::as_number);
    let unit = json.get("high").or_else(|| json.get("low")).and_then(unit).map(|unit| format!(" {unit}"));
    let text = match (bound("low"), bound("high")) {
        (Some(low), Some(high)) => format!("{low} – {high}"),
        (Some(low), None) => format!("≥{low}"),
        (None, Some(high)) => format!("≤{high}"),
        (None, None) => return None,
    };
    Some(format!("{text}{}", unit.unwrap_or_default()))
}

/// The `value[x]` of an Observation or of a part of one.
pub(super) fn value(words: &Words, observed: &Json) -> Option<String> {
    let at = |name: &str| observed.get(name);
    if let Some(found) = at("valueQuantity") {
        return quantity(found);
    }
    if let Some(found) = at("valueCodeableConcept") {
        return concept(found);
    }
    if let Some(found) = at("valueBoolean").and_then(Json::as_bool) {
        return Some(if found { words.yes } else { words.no }.to_owned());
    }
    if let Some(found) = at("valueInteger").and_then(Json::as_number) {
        return Some(found.to_owned());
    }
    if let Some(found) = at("valueRange") {
        return range(found);
    }
    if let Some(found) = at("valueRatio") {
        let (above, below) = (quantity(found.get("numerator")?)?, quantity(found.get("denominator")?)?);
        return Some(format!("{above} : {below}"));
    }
    if let Some(found) = at("valuePeriod") {
        return Some(period(words, found));
    }
    if let Some(found) = at("valueDateTime").and_then(Json::as_str) {
        return Some(day(words, found));
    }
    if at("valueSampledData").is_some() {
        return Some(words.waveform.to_owned());
    }
    clean(observed.str("valueString").or_else(|| observed.str("valueTime")))
}

/// The range that the laboratory calls usual: the first without a special population, as the sender wrote it.
pub(super) fn usual_range(observed: &Json) -> Option<String> {
    let is_usual = |one: &&Json| {
        let kind = one.get("type").and_then(|kind| kind.list("coding").find_map(|coding| coding.str("code")));
        matches!(kind, None | Some("normal"))
    };
    let found = observed.list("referenceRange").find(is_usual)?;
    range(found).or_else(|| clean(found.str("text")))
}

/// Given and family name, as a person is addressed.
pub(super) fn person(patient: &Json) -> Option<String> {
    let names: Vec<&Json> = patient.list("name").collect();
    let shown = names.iter().find(|name| name.str("use") == Some("official")).or_else(|| names.first())?;
    clean(shown.str("text")).filter(|_| shown.str("family").is_none()).or_else(|| {
        let given: Vec<&str> = shown.list("given").filter_map(Json::as_str).collect();
        let parts = [Some(given.join(" ")).filter(|given| !given.is_empty()), clean(shown.str("family"))];
        clean(Some(&parts.into_iter().flatten().collect::<Vec<_>>().join(" ")))
    })
}

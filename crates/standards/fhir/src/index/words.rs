//! The words of a resource, for `_content` and `_text` (<https://hl7.org/fhir/R4/search.html#content>).

use std::collections::BTreeSet;

use crate::definitions::{Kind, Primitive, Structure, definitions};
use crate::fold::fold;
use crate::json::{Json, Object};
use crate::resource::Resource;
use crate::resource_type::ResourceType;

/// Most different words of a resource that are indexed, and as many of its narrative.
pub const CONTENT_WORDS_MAX: usize = 500;
/// Shortest word that is worth a row.
const WORD_CHARS_MIN: usize = 2;
/// Longest; what is longer is found by its beginning.
const WORD_CHARS_MAX: usize = 40;

/// The folded words of a text.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().nth(WORD_CHARS_MIN - 1).is_some())
        .map(|word| fold(word).chars().take(WORD_CHARS_MAX).collect())
        .filter(|word: &String| !word.is_empty())
}

/// The words of a resource's narrative.
pub fn narrative_words(resource: &Resource) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Some(narrative) = resource.json().str_at(&["text", "div"]) {
        add_markup(narrative, &mut found);
    }
    found
}

/// The words of everything in a resource that people read: strings, markdown and displays; no codes, ids or addresses of
/// the network, and not the narrative.
pub fn content_words(resource: &Resource) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let structure = resource.resource_type().structure();
    if let (Some(structure), Some(object)) = (structure, resource.json().as_object()) {
        gather(structure, object, &mut found);
    }
    found
}

fn gather(structure: &Structure, object: &Object, found: &mut BTreeSet<String>) {
    // Units and the internals of meta are no words, and names of attachments' types neither.
    let is_read = !matches!(structure.name, "Meta" | "Narrative" | "Reference" | "Period");
    let mut hint = 0;
    for (name, value) in object.iter() {
        if found.len() >= CONTENT_WORDS_MAX || !is_read {
            return;
        }
        let Some(element) = structure.element_near(name, &mut hint) else { continue };
        if element.kind == Kind::Primitive(Primitive::String) && matches!(name, "id" | "unit" | "value") {
            continue;
        }
        match value {
            Json::Array(items) => items.iter().for_each(|item| gather_in(element.kind, item, found)),
            one => gather_in(element.kind, one, found),
        }
    }
}

fn gather_in(kind: Kind, value: &Json, found: &mut BTreeSet<String>) {
    let structure = match kind {
        Kind::Primitive(Primitive::String | Primitive::Markdown) => {
            if let Some(text) = value.as_str() {
                add(text, found);
            }
            return;
        }
        Kind::Primitive(_) => return,
        Kind::Structure(number) => definitions().structure(number),
        Kind::AnyResource => {
            value.str("resourceType").and_then(ResourceType::parse).and_then(ResourceType::structure)
        }
    };
    if let (Some(structure), Some(object)) = (structure, value.as_object()) {
        gather(structure, object, found);
    }
}

fn add(text: &str, found: &mut BTreeSet<String>) {
    for word in words(text) {
        if found.len() >= CONTENT_WORDS_MAX {
            return;
        }
        found.insert(word);
    }
}

/// Words between tags.
fn add_markup(markup: &str, found: &mut BTreeSet<String>) {
    for piece in markup.split('<') {
        let text = piece.split_once('>').map_or(piece, |(_, text)| text);
        add(text, found);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_people_read_is_found() {
        let resource = Resource::parse(
            br#"{"resourceType":"Condition","id":"secretid","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p class=\"hidden\">Bronchial <b>asthma</b></p></div>"},
            "code":{"coding":[{"system":"http://snomed.info/sct","code":"195967001","display":"Asthme s\u00e9v\u00e8re"}]},
            "subject":{"reference":"Patient/p"},"note":[{"text":"Uses the INHALER; twice a day"}]}"#,
        )
        .unwrap();
        let content: Vec<String> = content_words(&resource).into_iter().collect();
        assert_eq!(content, ["asthme", "day", "inhaler", "severe", "the", "twice", "uses"]);
        let narrative: Vec<String> = narrative_words(&resource).into_iter().collect();
        assert_eq!(narrative, ["asthma", "bronchial"]);
    }

    #[test]
    fn words_are_bounded() {
        let text = (0..5_000).map(|number| format!("word{number}")).collect::<Vec<_>>().join(" ");
        let resource =
            Resource::parse(format!(r#"{{"resourceType":"Basic","code":{{"text":"{text}"}}}}"#).as_bytes())
                .unwrap();
        assert_eq!(content_words(&resource).len(), CONTENT_WORDS_MAX);
        assert_eq!(words(&"x".repeat(500)).next().unwrap().len(), WORD_CHARS_MAX);
    }
}

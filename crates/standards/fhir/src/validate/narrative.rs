//! Narratives are XHTML that browsers will show, so what could run or reach out is refused, not cleaned
//! (<https://hl7.org/fhir/R4/narrative.html#xhtml>, txt-1 and txt-2).

/// Elements a narrative may use.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
];
/// Attributes whose value is a url.
const LINKS: &[&str] = &["href", "src", "cite", "longdesc"];
/// Ways a url may begin; anything without a scheme is relative.
const SCHEMES: &[&str] = &["http", "https", "mailto", "tel", "urn", "cid", "ftp"];
/// Deepest nesting of elements.
const NESTING_MAX: usize = 200;

/// What is wrong with a narrative; `None` when nothing is.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    scan(text.trim()).err()
}

fn scan(text: &str) -> Result<(), &'static str> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    let mut whole = false;
    if !rest.starts_with("<div") {
        return Err("a narrative is one XHTML <div>");
    }
    while let Some(at) = rest.find('<') {
        if open.is_empty() && (whole || at > 0) {
            return Err("a narrative is one XHTML <div> with nothing around it");
        }
        rest = rest.get(at..).unwrap_or("");
        if let Some(comment) = rest.strip_prefix("<!--") {
            let end = comment.find("-->").ok_or("a comment in the narrative does not end")?;
            rest = comment.get(end + 3..).unwrap_or("");
        } else if let Some(closing) = rest.strip_prefix("</") {
            let (name, tail) = closing.split_once('>').ok_or("a tag of the narrative does not end")?;
            if open.pop() != Some(name.trim_end()) {
                return Err("the tags of the narrative do not match");
            }
            whole = open.is_empty();
            rest = tail;
        } else {
            let (tag, tail) = tag(rest)?;
            rest = tail;
            if !tag.closed {
                open.push(tag.name);
            }
            whole = open.is_empty();
            if open.len() > NESTING_MAX {
                return Err("the narrative is nested too deeply");
            }
        }
    }
    if open.is_empty() && rest.is_empty() { Ok(()) } else { Err("the tags of the narrative do not match") }
}

struct Tag<'t> {
    name: &'t str,
    /// `<br/>`.
    closed: bool,
}

/// Reads `<name attribute="value"...>`; answers the tag and what follows it.
fn tag(text: &str) -> Result<(Tag<'_>, &str), &'static str> {
    let inner = text.get(1..).unwrap_or("");
    let end = inner.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let (name, mut rest) = inner.split_at(end);
    if !ELEMENTS.contains(&name) {
        return Err("the narrative has an element that is not allowed");
    }
    loop {
        let trimmed = rest.trim_start();
        if let Some(tail) = trimmed.strip_prefix("/>") {
            return Ok((Tag { name, closed: true }, tail));
        }
        if let Some(tail) = trimmed.strip_prefix('>') {
            return Ok((Tag { name, closed: false }, tail));
        }
        if trimmed.len() == rest.len() {
            return Err("a tag of the narrative is malformed");
        }
        rest = attribute(trimmed)?;
    }
}

/// Reads one attribute; answers what follows it.
fn attribute(text: &str) -> Result<&str, &'static str> {
    const MALFORMED: &str = "an attribute of the narrative is malformed";
    let (name, value) = text.split_once('=').ok_or(MALFORMED)?;
    let name = name.trim_end();
    let value = value.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\'')).ok_or(MALFORMED)?;
    let (value, rest) = value.get(1..).and_then(|value| value.split_once(quote)).ok_or(MALFORMED)?;
    let fine = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, ':' | '-' | '_');
    if name.is_empty() || !name.chars().all(fine) || value.contains('<') {
        return Err(MALFORMED);
    }
    let lower = name.to_ascii_lowercase();
    if lower.starts_with("on") || matches!(lower.as_str(), "srcdoc" | "action" | "formaction" | "background")
    {
        return Err("the narrative has an attribute that could run code");
    }
    if LINKS.contains(&lower.as_str()) && !is_safe_link(value) {
        return Err("the narrative has a link that could run code");
    }
    if lower == "style" && !is_safe_style(value) {
        return Err("the narrative has a style that could run code");
    }
    Ok(rest)
}

/// A link without a scheme, or with a harmless one. Character references other than `&amp;` could spell another scheme.
/// Pictures may be inline.
fn is_safe_link(value: &str) -> bool {
    let value = value.trim();
    if value.replace("&amp;", "").contains('&') {
        return false;
    }
    let Some((scheme, rest)) = value.split_once(':') else { return true };
    if scheme.contains(['/', '?', '#']) {
        return true;
    }
    let scheme = scheme.to_ascii_lowercase();
    SCHEMES.contains(&scheme.as_str()) || (scheme == "data" && rest.trim_start().starts_with("image/"))
}

/// HL7's own narratives fetch background pictures (`url(...)`), so that is left to the viewer's content policy.
fn is_safe_style(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    !["expression", "javascript:", "@import", "behavior:", "-moz-binding", "\\", "&#"]
        .iter()
        .any(|bad| value.contains(bad))
}

//! `_filter`: a boolean expression over parameters (<https://hl7.org/fhir/R4/search_filter.html>).
//! `and` and `or` have no precedence over each other: they are taken from left to right.

use super::key::{self, Budget};
use super::{Clause, Criterion, Modifier, Prefix, Refusal, SearchValue, invalid};
use crate::definitions::{ParamKind, SearchParameter};
use crate::resource_type::ResourceType;

const NAME: &str = "_filter";
/// Deepest nesting of parentheses.
const DEPTH_MAX: usize = 32;

pub(super) fn read(
    resource_type: ResourceType,
    text: &str,
    budget: &mut Budget<'_>,
) -> Result<Criterion, Refusal> {
    let mut parser = Parser { resource_type, text, at: 0, budget };
    let criterion = parser.expression(0)?;
    parser.blanks();
    if parser.at < text.len() {
        return Err(parser.expected("the end, 'and' or 'or'"));
    }
    Ok(criterion)
}

struct Parser<'t, 'b, 'p> {
    resource_type: ResourceType,
    text: &'t str,
    at: usize,
    budget: &'b mut Budget<'p>,
}

impl<'t> Parser<'t, '_, '_> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn expected(&self, what: &str) -> Refusal {
        invalid(NAME, &format!("expects {what} at character {}", self.at + 1)).into()
    }

    fn mark(&mut self, mark: char) -> bool {
        self.blanks();
        let found = self.rest().starts_with(mark);
        self.at += if found { mark.len_utf8() } else { 0 };
        found
    }

    /// Takes the word if it stands here as a whole.
    fn keyword(&mut self, word: &str) -> bool {
        self.blanks();
        let found = self.rest().strip_prefix(word).is_some_and(|rest| {
            rest.chars().next().is_none_or(|next| next.is_whitespace() || matches!(next, '(' | ')'))
        });
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn word(&mut self) -> &'t str {
        self.blanks();
        let rest = self.rest();
        let end = rest
            .find(|letter: char| letter.is_whitespace() || matches!(letter, '(' | ')'))
            .unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or("")
    }

    fn expression(&mut self, depth: usize) -> Result<Criterion, Refusal> {
        if depth > DEPTH_MAX {
            return Err(invalid(NAME, "is nested too deeply").into());
        }
        let mut left = self.term(depth)?;
        loop {
            if self.keyword("and") {
                let right = self.term(depth)?;
                left = match left {
                    Criterion::All(mut all) => {
                        all.push(right);
                        Criterion::All(all)
                    }
                    other => Criterion::All(vec![other, right]),
                };
            } else if self.keyword("or") {
                let right = self.term(depth)?;
                left = match left {
                    Criterion::Any(mut any) => {
                        any.push(right);
                        Criterion::Any(any)
                    }
                    other => Criterion::Any(vec![other, right]),
                };
            } else {
                return Ok(left);
            }
        }
    }

    fn term(&mut self, depth: usize) -> Result<Criterion, Refusal> {
        if self.keyword("not") {
            if !self.mark('(') {
                return Err(self.expected("'(' after 'not'"));
            }
            return Ok(Criterion::Not(Box::new(self.closed(depth)?)));
        }
        if self.mark('(') { self.closed(depth) } else { self.comparison() }
    }

    fn closed(&mut self, depth: usize) -> Result<Criterion, Refusal> {
        // A group keeps its own shape, or its neighbours would be drawn into it.
        let inner = Criterion::All(vec![self.expression(depth + 1)?]);
        if self.mark(')') { Ok(inner) } else { Err(self.expected("')'")) }
    }

    fn comparison(&mut self) -> Result<Criterion, Refusal> {
        let path = self.word();
        if path.is_empty() {
            return Err(self.expected("the name of a parameter"));
        }
        if path.contains('[') {
            return Err(invalid(NAME, "does not take conditions in brackets; chain with '.'").into());
        }
        let operation = self.word();
        if operation.is_empty() {
            return Err(self.expected("an operation such as 'eq'"));
        }
        let value = self.value()?;
        let Test { name, text, negated } = self.test(path, operation, &value)?;
        let mut criterion = key::within_budget(self.resource_type, &name, &text, self.budget)?;
        refine(operation, &mut criterion);
        Ok(if negated { Criterion::Not(Box::new(criterion)) } else { criterion })
    }

    /// A JSON string, or anything up to a blank or parenthesis.
    fn value(&mut self) -> Result<String, Refusal> {
        self.blanks();
        if !self.rest().starts_with('"') {
            let word = self.word();
            return if word.is_empty() { Err(self.expected("a value")) } else { Ok(word.to_owned()) };
        }
        let mut escaped = false;
        let end = self.rest().char_indices().skip(1).find(|(_, letter)| {
            let is_end = *letter == '"' && !escaped;
            escaped = *letter == '\\' && !escaped;
            is_end
        });
        let Some((end, _)) = end else { return Err(self.expected("a closing quotation mark")) };
        let quoted = self.rest().get(..=end).unwrap_or("");
        let text = crate::json::parse(quoted.as_bytes()).ok();
        let text = text.as_ref().and_then(crate::json::Json::as_str).map(str::to_owned);
        let text = text.ok_or_else(|| self.expected("a string as JSON writes it"))?;
        self.at += end + 1;
        Ok(text)
    }

    /// The comparison as a parameter with its modifier and value.
    fn test(&self, path: &str, operation: &str, value: &str) -> Result<Test, Refusal> {
        let far = self.far_parameter(path);
        let kind = far.map_or(ParamKind::Token, |param| param.kind);
        let ordered = matches!(kind, ParamKind::Date | ParamKind::Number | ParamKind::Quantity);
        let text = escaped(value, kind);
        let of = |modifier: &str, text: String| {
            Ok(Test { name: format!("{path}{modifier}"), text, negated: false })
        };
        match operation {
            "eq" | "re" => of("", text),
            "ne" => Ok(Test { name: path.to_owned(), text, negated: true }),
            "gt" | "lt" | "ge" | "le" | "ap" | "sa" | "eb" if ordered => of("", format!("{operation}{text}")),
            "po" if kind == ParamKind::Date => of("", text),
            "co" if kind == ParamKind::String => of(":contains", text),
            "sw" | "ew" if kind == ParamKind::String => of("", text),
            "sw" | "ss" if kind == ParamKind::Uri => of(":below", text),
            "co" if kind == ParamKind::Uri => of(":contains", text),
            "ss" if kind == ParamKind::Token => of(":below", text),
            "sb" if kind == ParamKind::Token => of(":above", text),
            "in" if kind == ParamKind::Token => of(":in", text),
            "pr" if matches!(value, "true" | "false") => {
                of(":missing", if value == "true" { "false" } else { "true" }.to_owned())
            }
            "pr" => Err(invalid(NAME, "'pr' takes true or false").into()),
            _ => {
                let operation = crate::resource::short(operation);
                Err(invalid(NAME, &format!("cannot compare '{path}' by '{operation}'")).into())
            }
        }
    }

    /// The parameter at the end of a chain, when its first hop has one target or is none.
    fn far_parameter(&self, path: &str) -> Option<&'static SearchParameter> {
        let mut about = vec![self.resource_type];
        let mut hops = path.split('.').peekable();
        while let Some(hop) = hops.next() {
            let (code, named) = hop.split_once(':').map_or((hop, None), |(code, word)| (code, Some(word)));
            let found = about.iter().find_map(|&one| self.budget.parameters.find(one, code))?;
            if hops.peek().is_none() {
                return Some(found);
            }
            about = match named.and_then(ResourceType::parse) {
                Some(one) => vec![one],
                None if found.targets.is_empty() => ResourceType::all().collect(),
                None => found.targets.to_vec(),
            };
        }
        None
    }
}

struct Test {
    name: String,
    text: String,
    negated: bool,
}

/// A filter's value is one value: what separates alternatives stands for itself. Bars and dollars keep their meaning in
/// what has systems.
fn escaped(value: &str, kind: ParamKind) -> String {
    let is_text = kind == ParamKind::String;
    let mut out = String::with_capacity(value.len());
    for letter in value.chars() {
        if letter == '\\' || letter == ',' || (is_text && matches!(letter, '|' | '$')) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// What a query string cannot say: equality as a whole, endings, overlap without widening.
fn refine(operation: &str, criterion: &mut Criterion) {
    criterion.each_clause_mut(&mut |clause: &mut Clause| {
        let text = clause.param.kind == ParamKind::String;
        match operation {
            "eq" | "ne" if text => clause.modifier = Modifier::Whole,
            "ew" if text => clause.modifier = Modifier::Ends,
            "po" => {
                for value in &mut clause.any_of {
                    if let SearchValue::Date { prefix, .. } = value {
                        *prefix = Prefix::Ap;
                    }
                }
            }
            _ => {}
        }
    });
}

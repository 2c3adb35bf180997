//! Tokens to a tree, by precedence (<https://hl7.org/fhirpath/N1/#expressions>).

use std::sync::OnceLock;

use super::ast::{Expr, OPERATORS, Part, Place, SIGN_BINDS, TYPE_BINDS, TypeTest};
use super::error::{ErrorKind, FhirPathError};
use super::function::Function;
use super::item::{Item, Quantity, Unit};
use super::lexer::{Token, tokens};
use super::moment::{CalendarUnit, Moment};
use super::types::TypeName;
use crate::decimal::Decimal;

/// Most levels of a tree, which bounds recursion; a chain of members counts its links.
pub const HEIGHT_MAX: u16 = 200;
/// Deepest nesting of brackets and arguments.
const NESTING_MAX: u16 = 60;
/// A name this unlike every known one is not worth a suggestion.
const LIKENESS_MIN: f64 = 0.8;
/// A name longer than any function's gets no suggestion: likeness costs the square of the length.
const SUGGESTED_CHARS_MAX: usize = 40;

type Parsed<T> = Result<T, FhirPathError>;

/// Reads a whole expression.
pub(super) fn parse(text: &str) -> Parsed<Expr> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, nesting: 0 };
    let expression = parser.expression(0)?;
    match parser.peek() {
        Token::End => Ok(expression),
        _ => parser.fail("the expression should end here; join two expressions with an operator"),
    }
}

struct Parser<'t> {
    tokens: Vec<(Token<'t>, u32)>,
    at: usize,
    nesting: u16,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> &Token<'t> {
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    fn position(&self) -> u32 {
        self.tokens.get(self.at).map_or(0, |(_, at)| *at)
    }

    fn advance(&mut self) {
        self.at += 1;
    }

    fn fail<T>(&self, message: impl Into<String>) -> Parsed<T> {
        Err(FhirPathError::new(ErrorKind::Syntax, self.position(), message))
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek(), Token::Symbol(found) if *found == symbol)
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Parsed<()> {
        if self.take_symbol(symbol) { Ok(()) } else { self.fail(format!("expected '{symbol}'")) }
    }

    fn node(part: Part, at: u32) -> Parsed<Expr> {
        let expr = Expr::new(part, at);
        if expr.height > HEIGHT_MAX {
            let message = format!("the expression has more than {HEIGHT_MAX} levels");
            return Err(FhirPathError::new(ErrorKind::TooCostly, at, message));
        }
        Ok(expr)
    }

    /// An expression of operators that bind at least so tightly.
    fn expression(&mut self, binds: u8) -> Parsed<Expr> {
        if self.nesting >= NESTING_MAX {
            let message = format!("the expression is nested deeper than {NESTING_MAX}");
            return Err(FhirPathError::new(ErrorKind::TooCostly, self.position(), message));
        }
        self.nesting += 1;
        let found = self.operators(binds);
        self.nesting -= 1;
        found
    }

    fn operators(&mut self, binds: u8) -> Parsed<Expr> {
        let mut left = self.operand()?;
        loop {
            let at = self.position();
            let word = match self.peek() {
                Token::Symbol(symbol) => symbol,
                Token::Name(name) => *name,
                _ => return Ok(left),
            };
            if matches!(word, "is" | "as") {
                if TYPE_BINDS < binds {
                    return Ok(left);
                }
                let test = if word == "is" { TypeTest::Is } else { TypeTest::As };
                self.advance();
                let name = self.type_name()?;
                left = Self::node(Part::Typed(Some(Box::new(left)), test, name), at)?;
                continue;
            }
            let Some(&(_, operator, strength)) = OPERATORS.iter().find(|(known, ..)| *known == word) else {
                return Ok(left);
            };
            if strength < binds {
                return Ok(left);
            }
            self.advance();
            let right = self.expression(strength + 1)?;
            left = Self::node(Part::Binary(operator, Box::new(left), Box::new(right)), at)?;
        }
    }

    fn operand(&mut self) -> Parsed<Expr> {
        let at = self.position();
        for (symbol, minus) in [("-", true), ("+", false)] {
            if self.take_symbol(symbol) {
                let operand = self.expression(SIGN_BINDS)?;
                return Self::node(Part::Sign(minus, Box::new(operand)), at);
            }
        }
        let mut found = self.term()?;
        loop {
            let at = self.position();
            if self.take_symbol(".") {
                found = self.invocation(Some(found))?;
            } else if self.take_symbol("[") {
                let index = self.expression(0)?;
                self.expect("]")?;
                found = Self::node(Part::Indexer(Box::new(found), Box::new(index)), at)?;
            } else {
                return Ok(found);
            }
        }
    }

    fn term(&mut self) -> Parsed<Expr> {
        let at = self.position();
        let part = match self.peek().clone() {
            Token::Number(digits) => {
                self.advance();
                self.number(digits, at)?
            }
            Token::Text(text) => {
                self.advance();
                Part::Text(text.into(), OnceLock::new())
            }
            Token::Moment(text) => match Moment::literal(text) {
                Some(moment) => {
                    self.advance();
                    Part::Literal(Item::Moment(moment))
                }
                None => return self.fail("no such date or time"),
            },
            Token::Name(name @ ("true" | "false")) => {
                self.advance();
                Part::Literal(Item::Boolean(name == "true"))
            }
            Token::Name(_) | Token::Delimited(_) | Token::Symbol("$") => return self.invocation(None),
            Token::Symbol("(") => {
                self.advance();
                let inner = self.expression(0)?;
                self.expect(")")?;
                return Ok(inner);
            }
            Token::Symbol("{") => {
                self.advance();
                self.expect("}")?;
                Part::Empty
            }
            Token::Symbol("%") => {
                self.advance();
                let name = match self.peek().clone() {
                    Token::Name(name) => name.to_owned(),
                    Token::Delimited(name) | Token::Text(name) => name,
                    _ => return self.fail("a variable's name follows %"),
                };
                self.advance();
                Part::Variable(name.into())
            }
            Token::End => return self.fail("the expression ends where a value should stand"),
            Token::Symbol(_) => return self.fail("expected a value, a name or '('"),
        };
        Self::node(part, at)
    }

    /// A number, or a quantity when a unit follows.
    fn number(&mut self, digits: &str, at: u32) -> Parsed<Part> {
        let unit = match self.peek().clone() {
            Token::Text(code) => match CalendarUnit::parse(&code) {
                Some(unit) => Some(Unit::Calendar(unit)),
                None => Some(Unit::Ucum(code.into())),
            },
            Token::Name(word) => CalendarUnit::parse(word).map(Unit::Calendar),
            _ => None,
        };
        let Some(value) = Decimal::parse(digits) else {
            return Err(FhirPathError::new(ErrorKind::Syntax, at, "the number has too many digits"));
        };
        if let Some(unit) = unit {
            self.advance();
            return Ok(Part::Literal(Item::Quantity(Box::new(Quantity { value, unit }))));
        }
        if digits.contains('.') {
            return Ok(Part::Literal(Item::Decimal(value)));
        }
        match digits.parse::<i64>() {
            Ok(value) if value <= i64::from(i32::MAX) + 1 => Ok(Part::Literal(Item::Integer(value))),
            _ => {
                let message =
                    "an integer has 32 bits; write larger numbers with a fraction, such as 5000000000.0";
                Err(FhirPathError::new(ErrorKind::Syntax, at, message))
            }
        }
    }

    /// What may stand after a point, or at the beginning of a path.
    fn invocation(&mut self, base: Option<Expr>) -> Parsed<Expr> {
        let at = self.position();
        if base.is_none() && self.take_symbol("$") {
            return self.special(at);
        }
        let name = match self.peek().clone() {
            Token::Name(name) => name.to_owned(),
            Token::Delimited(name) => {
                self.advance();
                return Self::node(Part::Member(base.map(Box::new), name.into(), Place::new()), at);
            }
            _ => return self.fail("expected the name of an element or a function"),
        };
        self.advance();
        if !self.is_symbol("(") {
            return Self::node(Part::Member(base.map(Box::new), name.into(), Place::new()), at);
        }
        self.advance();
        let test = match name.as_str() {
            "is" => Some(TypeTest::Is),
            "as" => Some(TypeTest::As),
            "ofType" => Some(TypeTest::OfType),
            _ => None,
        };
        if let Some(test) = test {
            let wanted = self.type_name()?;
            self.expect(")")?;
            return Self::node(Part::Typed(base.map(Box::new), test, wanted), at);
        }
        let (function, fewest, most) = Function::find(&name).ok_or_else(|| unknown_function(&name, at))?;
        let mut arguments = Vec::new();
        if !self.is_symbol(")") {
            loop {
                arguments.push(self.expression(0)?);
                if arguments.len() > most || !self.take_symbol(",") {
                    break;
                }
            }
        }
        self.check_count(function, arguments.len(), fewest, most, at)?;
        self.expect(")")?;
        Self::node(Part::Call(base.map(Box::new), function, arguments), at)
    }

    fn check_count(
        &self,
        function: Function,
        given: usize,
        fewest: usize,
        most: usize,
        at: u32,
    ) -> Parsed<()> {
        if (fewest..=most).contains(&given) && !(given == most && self.is_symbol(",")) {
            return Ok(());
        }
        let wanted = match (fewest, most) {
            (0, 0) => "no arguments".to_owned(),
            (1, 1) => "one argument".to_owned(),
            (fewest, most) if fewest == most => format!("{fewest} arguments"),
            (fewest, most) => format!("{fewest} to {most} arguments"),
        };
        let message = format!("{}() takes {wanted}", function.name());
        Err(FhirPathError::new(ErrorKind::Semantic, at, message))
    }

    fn special(&mut self, at: u32) -> Parsed<Expr> {
        let part = match self.peek() {
            Token::Name("this") => Part::This,
            Token::Name("index") => Part::Index,
            Token::Name("total") => Part::Total,
            _ => return self.fail("after $ comes this, index or total"),
        };
        self.advance();
        Self::node(part, at)
    }

    /// `Patient`, `FHIR.string`, ``FHIR.`Patient` ``; in brackets too.
    fn type_name(&mut self) -> Parsed<TypeName> {
        let at = self.position();
        if self.is_symbol("(") && self.nesting < NESTING_MAX {
            self.advance();
            self.nesting += 1;
            let inner = self.type_name()?;
            self.nesting -= 1;
            self.expect(")")?;
            return Ok(inner);
        }
        let first = self.type_part()?;
        // `x as Quantity.unit` is not FHIRPath, but a point after a known namespace is.
        let (namespace, name) = if matches!(first.as_str(), "FHIR" | "System") && self.take_symbol(".") {
            (Some(first), self.type_part()?)
        } else {
            (None, first)
        };
        TypeName::resolve(namespace.as_deref(), &name).ok_or_else(|| {
            let message = format!("'{}' is no type of FHIR R4 or of FHIRPath", crate::resource::short(&name));
            FhirPathError::new(ErrorKind::Semantic, at, message)
        })
    }

    fn type_part(&mut self) -> Parsed<String> {
        let name = match self.peek() {
            Token::Name(name) => (*name).to_owned(),
            Token::Delimited(name) => name.clone(),
            _ => return self.fail("expected the name of a type"),
        };
        self.advance();
        Ok(name)
    }
}

fn unknown_function(name: &str, at: u32) -> FhirPathError {
    let near = Function::names()
        .chain(["is", "as", "ofType"])
        .filter(|_| name.len() <= SUGGESTED_CHARS_MAX)
        .map(|known| (strsim::jaro_winkler(known, name), known))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    let hint = near.map(|(_, known)| format!("; did you mean {known}()?")).unwrap_or_default();
    let message = format!("there is no function {}(){hint}", crate::resource::short(name));
    FhirPathError::new(ErrorKind::Semantic, at, message)
}

//! An expression as a tree, and back to text.

use std::fmt::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use regex::Regex;

use super::function::Function;
use super::item::{Item, Quantity};
use super::types::TypeName;

/// A part of an expression, and where it begins.
#[derive(Debug)]
pub(super) struct Expr {
    pub(super) part: Part,
    /// Byte in the text.
    pub(super) at: u32,
    /// Levels below and with this one; the parser bounds it.
    pub(super) height: u16,
    /// Whether it is the same for every `$this`, as `%resource.code` is: then it runs once for a whole collection.
    pub(super) fixed: bool,
}

/// What a part does.
#[derive(Debug)]
pub(super) enum Part {
    /// `{}`.
    Empty,
    /// A number, boolean, date or quantity.
    Literal(Item<'static>),
    /// A string, and the regular expression made of it where it is the argument of a match.
    Text(Box<str>, OnceLock<Regex>),
    /// `$this`.
    This,
    /// `$index`.
    Index,
    /// `$total`.
    Total,
    /// `%name`.
    Variable(Box<str>),
    /// `base.name`; without a base, of `$this` or its type's name.
    Member(Option<Box<Expr>>, Box<str>, Place),
    /// `base.function(arguments)`.
    Call(Option<Box<Expr>>, Function, Vec<Expr>),
    /// `base.is(Type)`, `base is Type`, `base.ofType(Type)`.
    Typed(Option<Box<Expr>>, TypeTest, TypeName),
    /// `base[index]`.
    Indexer(Box<Expr>, Box<Expr>),
    /// `-x`; `+x` is `false`.
    Sign(bool, Box<Expr>),
    /// `left operator right`.
    Binary(Operator, Box<Expr>, Box<Expr>),
}

/// What is asked of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypeTest {
    Is,
    As,
    OfType,
}

/// The binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Multiply,
    Divide,
    Div,
    Mod,
    Add,
    Subtract,
    Concatenate,
    Union,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Equivalent,
    NotEquivalent,
    In,
    Contains,
    And,
    Or,
    Xor,
    Implies,
}

/// Every binary operator with its word and how tightly it binds (<https://hl7.org/fhirpath/N1/#operator-precedence>).
pub(super) const OPERATORS: [(&str, Operator, u8); 22] = [
    ("implies", Operator::Implies, 1),
    ("or", Operator::Or, 2),
    ("xor", Operator::Xor, 2),
    ("and", Operator::And, 3),
    ("in", Operator::In, 4),
    ("contains", Operator::Contains, 4),
    ("=", Operator::Equal, 5),
    ("~", Operator::Equivalent, 5),
    ("!=", Operator::NotEqual, 5),
    ("!~", Operator::NotEquivalent, 5),
    ("<", Operator::Less, 6),
    ("<=", Operator::LessOrEqual, 6),
    (">", Operator::Greater, 6),
    (">=", Operator::GreaterOrEqual, 6),
    ("|", Operator::Union, 7),
    ("+", Operator::Add, 9),
    ("-", Operator::Subtract, 9),
    ("&", Operator::Concatenate, 9),
    ("*", Operator::Multiply, 10),
    ("/", Operator::Divide, 10),
    ("div", Operator::Div, 10),
    ("mod", Operator::Mod, 10),
];

/// How tightly `is` and `as` bind.
pub(super) const TYPE_BINDS: u8 = 8;
/// How tightly a sign binds.
pub(super) const SIGN_BINDS: u8 = 11;

impl Operator {
    fn word(self) -> &'static str {
        OPERATORS.iter().find(|(_, operator, _)| *operator == self).map_or("", |(word, _, _)| word)
    }
}

impl TypeTest {
    fn word(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::As => "as",
            Self::OfType => "ofType",
        }
    }
}

/// Where a member was last found among the elements of which structure: elements of one step mostly share a type, and
/// then no name is looked up twice.
#[derive(Debug)]
pub(super) struct Place(AtomicU32);

impl Place {
    pub(super) fn new() -> Self {
        Self(AtomicU32::new(u32::MAX))
    }

    /// The element's position, if it was last found in this structure.
    pub(super) fn within(&self, structure: u16) -> Option<u16> {
        let [high, low, first, second] = self.0.load(Ordering::Relaxed).to_be_bytes();
        (u16::from_be_bytes([high, low]) == structure).then(|| u16::from_be_bytes([first, second]))
    }

    pub(super) fn keep(&self, structure: u16, position: u16) {
        self.0.store(u32::from(structure) << 16 | u32::from(position), Ordering::Relaxed);
    }
}

impl Expr {
    pub(super) fn new(part: Part, at: u32) -> Self {
        let height = Self::height_below(&part) + 1;
        let fixed = Self::is_fixed(&part);
        Self { part, at, height, fixed }
    }

    fn is_fixed(part: &Part) -> bool {
        let literal = |one: &Self| one.fixed || matches!(one.part, Part::Literal(_) | Part::Text(..));
        match part {
            Part::Variable(name) => matches!(&**name, "context" | "resource" | "rootResource"),
            Part::Member(Some(base), ..) | Part::Typed(Some(base), ..) => base.fixed,
            Part::Call(Some(base), function, arguments) => {
                base.fixed && *function != Function::DefineVariable && arguments.iter().all(literal)
            }
            Part::Indexer(base, index) => base.fixed && literal(index),
            _ => false,
        }
    }

    /// The levels of its children.
    fn height_below(part: &Part) -> u16 {
        let optional = |base: &Option<Box<Expr>>| base.as_ref().map_or(0, |base| base.height);
        match part {
            Part::Member(base, ..) | Part::Typed(base, ..) => optional(base),
            Part::Call(base, _, arguments) => {
                arguments.iter().map(|one| one.height).max().unwrap_or(0).max(optional(base))
            }
            Part::Indexer(left, right) | Part::Binary(_, left, right) => left.height.max(right.height),
            Part::Sign(_, operand) => operand.height,
            _ => 0,
        }
    }
}

/// The text of an expression, fully bracketed: it parses to the same tree.
impl fmt::Display for Expr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.part {
            Part::Empty => out.write_str("{}"),
            Part::Literal(item) => literal(item, out),
            Part::Text(text, _) => quoted(text, '\'', out),
            Part::This => out.write_str("$this"),
            Part::Index => out.write_str("$index"),
            Part::Total => out.write_str("$total"),
            Part::Variable(name) => {
                out.write_str("%")?;
                quoted(name, '`', out)
            }
            Part::Member(base, name, _) => {
                dotted(base.as_deref(), out)?;
                quoted(name, '`', out)
            }
            Part::Call(base, function, arguments) => {
                dotted(base.as_deref(), out)?;
                write!(out, "{}(", function.name())?;
                for (at, argument) in arguments.iter().enumerate() {
                    if at > 0 {
                        out.write_str(", ")?;
                    }
                    write!(out, "{argument}")?;
                }
                out.write_str(")")
            }
            Part::Typed(base, test, name) => {
                dotted(base.as_deref(), out)?;
                write!(out, "{}({name})", test.word())
            }
            Part::Indexer(base, index) => write!(out, "({base})[{index}]"),
            Part::Sign(minus, operand) => write!(out, "{}({operand})", if *minus { '-' } else { '+' }),
            Part::Binary(operator, left, right) => write!(out, "({left}) {} ({right})", operator.word()),
        }
    }
}

fn dotted(base: Option<&Expr>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    base.map_or(Ok(()), |base| write!(out, "({base})."))
}

fn literal(item: &Item<'_>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match item {
        Item::Moment(moment) => {
            let text = moment.to_string();
            let dateless = matches!(moment.kind(), super::moment::MomentKind::Time);
            let timeless =
                matches!(moment.kind(), super::moment::MomentKind::DateTime) && !text.contains('T');
            write!(out, "@{}{text}{}", if dateless { "T" } else { "" }, if timeless { "T" } else { "" })
        }
        Item::Quantity(quantity) => {
            let Quantity { value, unit } = &**quantity;
            match unit {
                super::item::Unit::Calendar(unit) => write!(out, "{value} {}", unit.word()),
                other => {
                    write!(out, "{value} ")?;
                    quoted(other.code(), '\'', out)
                }
            }
        }
        other => out.write_str(&other.to_text().unwrap_or_default()),
    }
}

fn quoted(text: &str, quote: char, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    out.write_char(quote)?;
    for letter in text.chars() {
        match letter {
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            '\u{c}' => out.write_str("\\f")?,
            '\\' => out.write_str("\\\\")?,
            letter if letter == quote => write!(out, "\\{letter}")?,
            letter => out.write_char(letter)?,
        }
    }
    out.write_char(quote)
}

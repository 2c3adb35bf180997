//! Checks an expression against the definitions without running it: elements that do not exist, conditions that are none.

use smallvec::SmallVec;

use super::ast::{Expr, Operator, Part, TypeTest};
use super::error::{ErrorKind, FhirPathError};
use super::function::Function as F;
use super::item::Item;
use super::types::{self, SystemType, TypeName};
use crate::definitions::{Kind, definitions};
use crate::resource::short;
use crate::resource_type::ResourceType;

/// Whether taking the first of values that have no order is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// It is, as in `children().first()`.
    Checked,
    /// It is not.
    Ignored,
}

/// What a part may yield.
#[derive(Debug, Clone)]
pub(crate) struct Yields {
    /// Every type it may have; empty where that is not known.
    kinds: SmallVec<[TypeName; 2]>,
    ordered: bool,
}

impl Yields {
    /// Anything.
    pub(crate) fn unknown() -> Self {
        Self { kinds: SmallVec::new(), ordered: true }
    }

    /// A resource of this type.
    pub(crate) fn resource(resource_type: ResourceType) -> Self {
        Self::of(TypeName::Fhir(Kind::Structure(resource_type.number())))
    }

    /// Every type that it may have; none where that is not known.
    pub(crate) fn kinds(&self) -> &[TypeName] {
        &self.kinds
    }

    fn of(kind: TypeName) -> Self {
        Self { kinds: [kind].into_iter().collect(), ordered: true }
    }

    fn system(kind: SystemType) -> Self {
        Self::of(TypeName::System(kind))
    }

    /// This or the other.
    pub(crate) fn or(mut self, other: Self) -> Self {
        if self.kinds.is_empty() || other.kinds.is_empty() {
            self.kinds.clear();
        } else {
            for kind in other.kinds {
                if !self.kinds.contains(&kind) {
                    self.kinds.push(kind);
                }
            }
        }
        self.ordered &= other.ordered;
        self
    }
}

type Checked = Result<Yields, FhirPathError>;

pub(super) fn check(expr: &Expr, context: &str, order: Order) -> Result<(), FhirPathError> {
    let Some(kind) = types::fhir(context) else {
        let message = format!("'{}' is no type of FHIR R4", short(context));
        return Err(FhirPathError::new(ErrorKind::Semantic, 0, message));
    };
    let checker = Checker { context: Yields::of(TypeName::Fhir(kind)), order };
    checker.part(expr, &checker.context).map(|_| ())
}

/// What it may yield with such a value as context; an element that does not exist is an error.
pub(super) fn yields(expr: &Expr, context: &Yields) -> Result<Yields, FhirPathError> {
    let checker = Checker { context: context.clone(), order: Order::Ignored };
    checker.part(expr, context)
}

struct Checker {
    context: Yields,
    order: Order,
}

impl Checker {
    fn part(&self, expr: &Expr, this: &Yields) -> Checked {
        Ok(match &expr.part {
            Part::Empty | Part::Total => Yields::unknown(),
            Part::Literal(item) => literal(item),
            Part::Text(..) => Yields::system(SystemType::String),
            Part::This => this.clone(),
            Part::Index => Yields::system(SystemType::Integer),
            Part::Variable(name) if &**name == "context" => self.context.clone(),
            Part::Variable(_) => Yields::unknown(),
            Part::Member(base, name, _) => match base {
                Some(base) => {
                    let base = self.part(base, this)?;
                    member(&base, name, expr.at)?
                }
                None => beginning(this, name, expr.at)?,
            },
            Part::Call(base, function, arguments) => {
                let input = self.input(base.as_deref(), this)?;
                self.call(*function, (input, base.is_some()), arguments, this, expr.at)?
            }
            Part::Typed(base, test, name) => {
                let input = self.input(base.as_deref(), this)?;
                match test {
                    TypeTest::Is => Yields::system(SystemType::Boolean),
                    _ => Yields { ordered: input.ordered, ..Yields::of(*name) },
                }
            }
            Part::Indexer(base, index) => {
                self.part(index, this)?;
                let base = self.part(base, this)?;
                self.needs_order(&base, expr.at)?;
                base
            }
            Part::Sign(_, operand) => self.part(operand, this)?,
            Part::Binary(operator, left, right) => {
                let (left, right) = (self.part(left, this)?, self.part(right, this)?);
                match operator {
                    Operator::Union => left.or(right),
                    Operator::Multiply
                    | Operator::Divide
                    | Operator::Div
                    | Operator::Mod
                    | Operator::Add
                    | Operator::Subtract => Yields::unknown(),
                    Operator::Concatenate => Yields::system(SystemType::String),
                    _ => Yields::system(SystemType::Boolean),
                }
            }
        })
    }

    fn input(&self, base: Option<&Expr>, this: &Yields) -> Checked {
        base.map_or_else(|| Ok(this.clone()), |base| self.part(base, this))
    }

    fn needs_order(&self, input: &Yields, at: u32) -> Result<(), FhirPathError> {
        if input.ordered || self.order == Order::Ignored {
            return Ok(());
        }
        Err(FhirPathError::new(ErrorKind::Semantic, at, "these values have no order to choose by"))
    }

    fn call(
        &self,
        function: F,
        (input, explicit): (Yields, bool),
        arguments: &[Expr],
        this: &Yields,
        at: u32,
    ) -> Checked {
        if let F::First | F::Last | F::Tail | F::Skip | F::Take = function {
            self.needs_order(&input, at)?;
        }
        let inner = match function {
            F::Exists
            | F::All
            | F::Where
            | F::Select
            | F::Repeat
            | F::RepeatAll
            | F::Aggregate
            | F::Sort
            | F::Trace
            | F::DefineVariable => &input,
            F::Iif if explicit => &input,
            _ => this,
        };
        // What repeat() finds is projected again, so its inner type is not that of its input.
        let again = matches!(function, F::Repeat | F::RepeatAll);
        let inner = if again { &Yields::unknown() } else { inner };
        // Its argument is the name of a type, though it reads like an element's.
        let arguments = if function == F::GetReferenceKey { &[] } else { arguments };
        let mut given = Vec::with_capacity(arguments.len());
        for argument in arguments {
            given.push(self.part(argument, inner)?);
        }
        if function == F::Iif
            && let (Some(criterion), Some(first)) = (given.first(), arguments.first())
        {
            needs_condition(criterion, first.at)?;
        }
        Ok(answer(function, input, given))
    }
}

/// What a function yields of this input and these arguments.
fn answer(function: F, input: Yields, mut given: Vec<Yields>) -> Yields {
    match function {
        F::Where
        | F::First
        | F::Last
        | F::Tail
        | F::Skip
        | F::Take
        | F::Single
        | F::Distinct
        | F::Trace
        | F::DefineVariable
        | F::Exclude
        | F::Intersect => input,
        F::Sort => Yields { ordered: true, ..input },
        F::Select => given.pop().unwrap_or_else(Yields::unknown),
        F::Union | F::Combine => match given.pop() {
            Some(other) => input.or(other),
            None => input,
        },
        F::Children | F::Descendants => Yields { ordered: false, ..Yields::unknown() },
        F::Extension => {
            types::fhir("Extension").map_or_else(Yields::unknown, |kind| Yields::of(TypeName::Fhir(kind)))
        }
        F::Iif => {
            let mut branches = given.into_iter().skip(1);
            match (branches.next(), branches.next()) {
                (Some(then), Some(otherwise)) => then.or(otherwise),
                (Some(then), None) => then,
                _ => Yields::unknown(),
            }
        }
        F::Exists
        | F::All
        | F::Empty
        | F::Not
        | F::HasValue
        | F::AllTrue
        | F::AnyTrue
        | F::AllFalse
        | F::AnyFalse
        | F::IsDistinct
        | F::SubsetOf
        | F::SupersetOf
        | F::StartsWith
        | F::EndsWith
        | F::Contains
        | F::Matches
        | F::MatchesFull => Yields::system(SystemType::Boolean),
        F::Count | F::Length | F::IndexOf | F::LastIndexOf => Yields::system(SystemType::Integer),
        F::Join | F::GetResourceKey | F::GetReferenceKey | F::ToString => Yields::system(SystemType::String),
        _ => Yields::unknown(),
    }
}

fn literal(item: &Item<'_>) -> Yields {
    SystemType::parse(item.type_info().name).map_or_else(Yields::unknown, Yields::system)
}

fn needs_condition(criterion: &Yields, at: u32) -> Result<(), FhirPathError> {
    let other = |kind: &TypeName| matches!(kind, TypeName::System(kind) if !matches!(kind, SystemType::Boolean | SystemType::Any));
    if !criterion.kinds.is_empty() && criterion.kinds.iter().all(other) {
        return Err(FhirPathError::new(ErrorKind::Semantic, at, "the criterion of iif() must be a boolean"));
    }
    Ok(())
}

/// The first name of a path: an element of `$this`, or its type.
fn beginning(this: &Yields, name: &str, at: u32) -> Checked {
    if let Some(kind) =
        types::fhir(name).filter(|_| name.as_bytes().first().is_some_and(u8::is_ascii_uppercase))
    {
        let is = |own: &TypeName| match own {
            TypeName::Fhir(own) => {
                *own == Kind::AnyResource || types::is_a(*own, kind) || types::is_a(kind, *own)
            }
            _ => false,
        };
        if this.kinds.is_empty() || this.kinds.iter().any(is) {
            return Ok(Yields::of(TypeName::Fhir(kind)));
        }
    }
    member(this, name, at)
}

fn member(base: &Yields, name: &str, at: u32) -> Checked {
    let mut found = Yields { kinds: SmallVec::new(), ordered: base.ordered };
    let mut exists = base.kinds.is_empty();
    let mut open = false;
    for kind in &base.kinds {
        match members(*kind, name) {
            None => {}
            Some(kinds) => {
                exists = true;
                open |= kinds.is_empty();
                for kind in kinds {
                    if !found.kinds.contains(&kind) {
                        found.kinds.push(kind);
                    }
                }
            }
        }
    }
    if !exists {
        let types: Vec<String> = base.kinds.iter().map(ToString::to_string).collect();
        let message = format!("'{}' is no element of {}", short(name), types.join(" or "));
        return Err(FhirPathError::new(ErrorKind::Semantic, at, message));
    }
    if open {
        found.kinds.clear();
    }
    Ok(found)
}

/// The types of an element of this name: `None` where there is no such element, none where they are not known.
fn members(kind: TypeName, name: &str) -> Option<SmallVec<[TypeName; 2]>> {
    let one = |kind: Kind| [TypeName::Fhir(kind)].into_iter().collect();
    match kind {
        TypeName::System(SystemType::Quantity) => matches!(name, "value" | "unit").then(SmallVec::new),
        TypeName::System(SystemType::Any) => Some(SmallVec::new()),
        TypeName::System(_) => None,
        TypeName::Fhir(Kind::AnyResource) => Some(SmallVec::new()),
        TypeName::Fhir(Kind::Primitive(_)) if name == "value" => Some(SmallVec::new()),
        TypeName::Fhir(Kind::Primitive(_)) => {
            let element = definitions().element_structure()?.element(name)?;
            Some(one(element.kind))
        }
        TypeName::Fhir(Kind::Structure(number)) | TypeName::AnyQuantity(Kind::Structure(number)) => {
            let structure = definitions().structure(number)?;
            // What a resource of unknown type has is not known.
            if matches!(structure.name, "Resource" | "DomainResource") {
                return Some(SmallVec::new());
            }
            if let Some(element) = structure.element(name).filter(|element| element.choice.is_empty()) {
                return Some(one(element.kind));
            }
            let arms = structure.elements.iter().filter(|element| element.choice == name);
            let arms: SmallVec<_> = arms.map(|element| TypeName::Fhir(element.kind)).collect();
            (!arms.is_empty()).then_some(arms)
        }
        TypeName::AnyQuantity(_) => None,
    }
}

//! Runs a tree over a resource, within a budget of steps.

use super::ast::{Expr, Operator, Part, TypeTest};
use super::environment::Environment;
use super::error::{ErrorKind, FhirPathError};
use super::item::{Collection, Item, Node, Quantity};
use super::types::TypeName;
use super::{arithmetic, navigate, operators};
use crate::definitions::{Kind, definitions};

/// Most steps of one evaluation: parts of the expression run, and values looked at.
pub const STEPS_MAX: u32 = 1_000_000;
/// Most values in a collection.
pub const COLLECTION_MAX: usize = 100_000;

pub(super) type Evaluated<T> = Result<T, FhirPathError>;

/// What `$this`, `$index` and `$total` are.
#[derive(Default)]
pub(super) struct Scope<'a> {
    pub(super) this: Collection<'a>,
    pub(super) index: Option<usize>,
    pub(super) total: Option<Box<Collection<'a>>>,
}

pub(super) struct Evaluator<'e, 'a, 'l> {
    pub(super) environment: &'e Environment<'a, 'l>,
    context: Item<'a>,
    pub(super) scope: Scope<'a>,
    /// Of `defineVariable`; a name counts until its operand or lambda ends.
    pub(super) variables: Vec<(String, Collection<'a>)>,
    steps: u32,
    /// What fixed parts yielded, by where they lie.
    fixed: Vec<(*const Expr, Collection<'a>)>,
}

pub(super) fn one<'a>(item: impl Into<Option<Item<'a>>>) -> Collection<'a> {
    item.into().into_iter().collect()
}

impl<'e, 'a, 'l> Evaluator<'e, 'a, 'l> {
    pub(super) fn new(context: Item<'a>, environment: &'e Environment<'a, 'l>) -> Self {
        let scope = Scope { this: one(context.clone()), ..Scope::default() };
        Self { environment, context, scope, variables: Vec::new(), steps: STEPS_MAX, fixed: Vec::new() }
    }

    /// The same with so many steps, where several expressions share a budget.
    pub(super) fn with_steps(self, steps: u32) -> Self {
        Self { steps, ..self }
    }

    /// How many steps are left.
    pub(super) fn steps(&self) -> u32 {
        self.steps
    }

    /// Counts steps; an expression that takes too many ends.
    pub(super) fn spend(&mut self, steps: usize, at: u32) -> Evaluated<()> {
        match u32::try_from(steps).ok().and_then(|steps| self.steps.checked_sub(steps)) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => {
                let message = format!(
                    "the expression takes more than {STEPS_MAX} steps; narrow it with where() or take()"
                );
                Err(FhirPathError::new(ErrorKind::TooCostly, at, message))
            }
        }
    }

    pub(super) fn fail<T>(at: u32, message: impl Into<String>) -> Evaluated<T> {
        Err(FhirPathError::new(ErrorKind::Execution, at, message))
    }

    pub(super) fn run(&mut self, expr: &'a Expr) -> Evaluated<Collection<'a>> {
        self.spend(1, expr.at)?;
        if !expr.fixed || self.scope.index.is_none() {
            return self.part(expr);
        }
        // Inside a lambda the same part runs for every value.
        if let Some((_, known)) = self.fixed.iter().find(|(place, _)| std::ptr::eq(*place, expr)) {
            let known = known.clone();
            self.spend(known.len(), expr.at)?;
            return Ok(known);
        }
        let found = self.part(expr)?;
        self.fixed.push((expr, found.clone()));
        Ok(found)
    }

    fn part(&mut self, expr: &'a Expr) -> Evaluated<Collection<'a>> {
        Ok(match &expr.part {
            Part::Empty => Collection::new(),
            Part::Literal(item) => one(item.clone()),
            Part::Text(text, _) => one(Item::text(&**text)),
            Part::This => self.scope.this.clone(),
            Part::Index => {
                let index = self.scope.index.and_then(|index| i64::try_from(index).ok());
                one(index.map(Item::Integer))
            }
            Part::Total => self.scope.total.as_deref().cloned().unwrap_or_default(),
            Part::Variable(name) => self.variable(name, expr.at)?,
            Part::Member(None, name, place) => self.beginning(name, place),
            Part::Member(Some(base), name, place) => {
                let base = self.run(base)?;
                self.spend(base.len(), expr.at)?;
                let mut out = Collection::new();
                for item in &base {
                    navigate::member(item, name, Some(place), &mut out);
                }
                Self::sized(out, expr.at)?
            }
            Part::Call(base, function, arguments) => {
                let input = self.input(base.as_deref())?;
                self.spend(input.len(), expr.at)?;
                let out = self.call(*function, input, base.is_some(), arguments, expr.at)?;
                Self::sized(out, expr.at)?
            }
            Part::Typed(base, test, name) => {
                let input = self.input(base.as_deref())?;
                self.typed(input, *test, *name, expr.at)?
            }
            Part::Indexer(base, index) => {
                let base = self.run(base)?;
                let index = self.operand(index)?;
                match Self::integer(&index, expr.at)? {
                    Some(index) => one(usize::try_from(index).ok().and_then(|at| base.get(at)).cloned()),
                    None => Collection::new(),
                }
            }
            Part::Sign(minus, operand) => {
                let value = self.operand(operand)?;
                Self::signed(*minus, &value, expr.at)?
            }
            Part::Binary(operator, left, right) => self.binary(*operator, left, right, expr.at)?,
        })
    }

    fn input(&mut self, base: Option<&'a Expr>) -> Evaluated<Collection<'a>> {
        match base {
            Some(base) => self.run(base),
            None => Ok(self.scope.this.clone()),
        }
    }

    fn sized(out: Collection<'a>, at: u32) -> Evaluated<Collection<'a>> {
        if out.len() <= COLLECTION_MAX {
            return Ok(out);
        }
        let message = format!("the expression gathers more than {COLLECTION_MAX} values");
        Err(FhirPathError::new(ErrorKind::TooCostly, at, message))
    }

    /// A part whose variables end with it.
    pub(super) fn operand(&mut self, expr: &'a Expr) -> Evaluated<Collection<'a>> {
        let known = self.variables.len();
        let out = self.run(expr);
        self.variables.truncate(known);
        out
    }

    /// A part with this as `$this`.
    pub(super) fn within(
        &mut self,
        expr: &'a Expr,
        this: Collection<'a>,
        index: usize,
    ) -> Evaluated<Collection<'a>> {
        let outer_this = std::mem::replace(&mut self.scope.this, this);
        let outer_index = self.scope.index.replace(index);
        let out = self.operand(expr);
        self.scope.this = outer_this;
        self.scope.index = outer_index;
        out
    }

    /// The first name of a path: an element of `$this`, or its type.
    fn beginning(&self, name: &str, place: &super::ast::Place) -> Collection<'a> {
        let mut out = Collection::new();
        for item in &self.scope.this {
            navigate::member(item, name, Some(place), &mut out);
        }
        if out.is_empty()
            && name.as_bytes().first().is_some_and(u8::is_ascii_uppercase)
            && let Some(kind) = super::types::fhir(name)
        {
            let own = self.scope.this.iter().filter(|item| TypeName::Fhir(kind).is(item));
            out.extend(own.cloned());
        }
        out
    }

    fn context_node(&self) -> Option<Node<'a>> {
        self.context.node().copied()
    }

    /// The resource that contains what the expression runs on.
    pub(super) fn root(&self) -> Option<Node<'a>> {
        self.environment.root_resource.or(self.environment.resource).or(self.context_node())
    }

    fn variable(&self, name: &str, at: u32) -> Evaluated<Collection<'a>> {
        if let Some((_, found)) = self.variables.iter().rev().find(|(known, _)| known == name) {
            return Ok(found.clone());
        }
        if let Some((_, found)) = self.environment.variables.iter().find(|(known, _)| *known == name) {
            return Ok(found.clone());
        }
        let url = |base: &str, rest: &str| Item::text(format!("http://hl7.org/fhir/{base}/{rest}"));
        let found = match name {
            "context" => Some(self.context.clone()),
            "resource" => self.environment.resource.or(self.context_node()).map(Item::Node),
            "rootResource" => self.root().map(Item::Node),
            "ucum" => Some(Item::text(Quantity::UCUM)),
            "sct" => Some(Item::text("http://snomed.info/sct")),
            "loinc" => Some(Item::text("http://loinc.org")),
            _ => match (name.strip_prefix("vs-"), name.strip_prefix("ext-")) {
                (Some(rest), _) => Some(url("ValueSet", rest)),
                (_, Some(rest)) => Some(url("StructureDefinition", rest)),
                _ => {
                    let message = format!("there is no variable %{}", crate::resource::short(name));
                    return Err(FhirPathError::new(ErrorKind::Semantic, at, message));
                }
            },
        };
        Ok(one(found))
    }

    fn typed(
        &mut self,
        input: Collection<'a>,
        test: TypeTest,
        name: TypeName,
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        self.spend(input.len(), at)?;
        if test == TypeTest::OfType {
            return Ok(input.into_iter().filter(|item| name.keeps(item)).collect());
        }
        let Some(item) = Self::single(input, at)? else { return Ok(Collection::new()) };
        Ok(match test {
            TypeTest::Is => one(Item::Boolean(name.is(&item))),
            _ => one(Some(item).filter(|item| name.keeps(item))),
        })
    }

    fn signed(minus: bool, value: &Collection<'a>, at: u32) -> Evaluated<Collection<'a>> {
        let Some(item) = Self::single_of(value, at)? else { return Ok(Collection::new()) };
        let item = item.clone().plain();
        let signed = match item {
            _ if !minus && matches!(item, Item::Integer(_) | Item::Decimal(_) | Item::Quantity(_)) => item,
            Item::Integer(value) => Item::Integer(-value),
            Item::Decimal(value) => Item::Decimal(arithmetic::negative(&value)),
            Item::Quantity(mut quantity) => {
                quantity.value = arithmetic::negative(&quantity.value);
                Item::Quantity(quantity)
            }
            _ => return Self::fail(at, "a sign stands before numbers and quantities only"),
        };
        Ok(one(signed))
    }

    fn binary(
        &mut self,
        operator: Operator,
        left: &'a Expr,
        right: &'a Expr,
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let first = self.operand(left)?;
        if let Operator::And | Operator::Or | Operator::Xor | Operator::Implies = operator {
            let first = Self::truth(&first, at)?;
            if let Some(decided) = operators::decides_alone(operator, first) {
                return Ok(one(Item::Boolean(decided)));
            }
            let second = self.operand(right)?;
            let second = Self::truth(&second, at)?;
            return Ok(one(operators::logic(operator, first, second).map(Item::Boolean)));
        }
        let second = self.operand(right)?;
        self.apply(operator, first, second, at)
    }

    /// The only item, or none; more than one is an error.
    pub(super) fn single(mut input: Collection<'a>, at: u32) -> Evaluated<Option<Item<'a>>> {
        Self::single_of(&input, at)?;
        Ok(input.pop())
    }

    pub(super) fn single_of<'c>(input: &'c [Item<'a>], at: u32) -> Evaluated<Option<&'c Item<'a>>> {
        if input.len() > 1 {
            let message = format!(
                "expected at most one value, met {}; choose one with first() or where()",
                input.len()
            );
            return Self::fail(at, message);
        }
        Ok(input.first())
    }

    /// A collection as a condition: a single value that is no boolean is true
    /// (<https://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections>).
    pub(super) fn truth(input: &[Item<'a>], at: u32) -> Evaluated<Option<bool>> {
        Ok(Self::single_of(input, at)?.map(|item| item.as_bool().unwrap_or(true)))
    }

    pub(super) fn integer(input: &[Item<'a>], at: u32) -> Evaluated<Option<i64>> {
        match Self::single_of(input, at)?.map(|item| item.clone().plain()) {
            None => Ok(None),
            Some(Item::Integer(value)) => Ok(Some(value)),
            Some(_) => Self::fail(at, "expected an integer"),
        }
    }

    /// The node of a resource kind that holds no JSON: what `resolve()` answers when only the type is known.
    pub(super) fn typed_stub(name: &str) -> Option<Node<'a>> {
        let number = definitions().structure_named(name)?;
        Some(Node { value: None, twin: None, kind: Kind::Structure(number) })
    }
}

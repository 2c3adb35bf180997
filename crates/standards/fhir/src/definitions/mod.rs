//! The R4 definitions at run time: the committed pack, decoded once and indexed for look-ups by name.

mod kept;
mod parameters;
pub mod profiles;
pub mod wire;

use std::collections::HashMap;
use std::sync::OnceLock;

pub use parameters::{ADDED_FIRST, ADDED_LAST, ADDED_OF_TYPE_MAX, Definition, Parameters};
pub use wire::{Kind, Leaf, ParamKind, Primitive, Step, Strength};
use wire::{NONE, Pack, Path};

use crate::fhirpath::Expression;

use crate::resource_type::ResourceType;

/// How many resource types R4 (4.0.1) has.
pub const RESOURCE_TYPES: usize = 146;
/// Most bytes the pack may unfold to; it is ours, so this only catches a broken file.
const PACK_BYTES_MAX: usize = 16 << 20;
/// No slot: the element is optional and no choice.
pub(crate) const NO_SLOT: u8 = u8::MAX;

static PACKED: &[u8] = include_bytes!("../../generated/r4.pack");
static DEFINITIONS: OnceLock<Definitions> = OnceLock::new();

/// One JSON member of a structure (a choice is one row per type).
#[derive(Debug)]
pub struct Element {
    /// The JSON name, `valueQuantity`.
    pub name: &'static str,
    /// The choice it is an arm of (`value`), else empty.
    pub choice: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Fewest occurrences.
    pub min: u8,
    /// Whether it is a JSON array.
    pub many: bool,
    /// Most occurrences of an array, 0 for no limit.
    pub max: u16,
    /// The value set it is bound to.
    pub binding: Option<Binding>,
    /// Types a Reference may point to; empty for any.
    pub targets: &'static [ResourceType],
    /// Part of `_summary=true`.
    pub summary: bool,
    /// Whether it can change what the rest means.
    pub modifier: bool,
    /// The rules it must meet beyond those of its type.
    pub constraints: Box<[&'static Constraint]>,
    /// Bit of the element (or its whole choice) in the masks of its structure.
    pub(crate) slot: u8,
}

impl Element {
    /// The value set its codes must come from.
    pub fn required(&self) -> Option<&'static ValueSet> {
        self.binding.filter(|binding| binding.strength == Strength::Required).map(|binding| binding.value_set)
    }
}

/// A value set and how binding it is.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// How binding.
    pub strength: Strength,
    /// Which codes.
    pub value_set: &'static ValueSet,
}

/// An invariant of R4; its expression is read when it is first asked for.
#[derive(Debug)]
pub struct Constraint {
    /// `pat-1`.
    pub key: &'static str,
    /// Whether breaking it is an error, not a warning.
    pub error: bool,
    /// What it asks, in words.
    pub human: &'static str,
    /// What it asks, in FHIRPath.
    pub text: &'static str,
    expression: OnceLock<Option<Expression>>,
}

impl Constraint {
    /// The expression to run; a test reads every one.
    pub fn expression(&self) -> Option<&Expression> {
        self.expression.get_or_init(|| Expression::parse(self.text).ok()).as_ref()
    }
}

/// A resource, a data type or a backbone element.
#[derive(Debug)]
pub struct Structure {
    /// `Patient`, `HumanName`, `Patient.contact`.
    pub name: &'static str,
    /// Members in the order of the specification.
    pub elements: Vec<Element>,
    /// The rules the whole must meet.
    pub constraints: Box<[&'static Constraint]>,
    /// The structure it specializes.
    base: Option<u16>,
    by_name: Box<[u16]>,
    /// Slots that must be filled.
    pub(crate) required: u64,
}

impl Structure {
    /// The member of this JSON name.
    pub fn element(&self, name: &str) -> Option<&Element> {
        self.position(name).and_then(|at| self.elements.get(at))
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        let found = self.by_name.binary_search_by(|&at| {
            self.elements.get(usize::from(at)).map_or("", |element| element.name).cmp(name)
        });
        found.ok().and_then(|at| self.by_name.get(at)).map(|&at| usize::from(at))
    }

    /// The member of this name, looked for first at `hint` (members mostly come in the specification's order).
    pub(crate) fn element_near(&self, name: &str, hint: &mut usize) -> Option<&Element> {
        for at in *hint..(*hint + 3).min(self.elements.len()) {
            if let Some(element) = self.elements.get(at)
                && element.name == name
            {
                *hint = at + 1;
                return Some(element);
            }
        }
        let at = self.position(name)?;
        *hint = at + 1;
        self.elements.get(at)
    }

    /// Every name a caller may have meant: for "did you mean".
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.elements.iter().map(|element| element.name)
    }
}

/// A value set of a binding.
#[derive(Debug)]
pub struct ValueSet {
    /// Canonical url without version.
    pub url: &'static str,
    /// Whether the codes are the whole set; otherwise everything passes.
    pub enumerated: bool,
    codes: Box<[(&'static str, &'static str)]>,
}

impl ValueSet {
    /// (code, system) pairs, sorted by code.
    pub fn codes(&self) -> &[(&'static str, &'static str)] {
        &self.codes
    }

    /// Whether a bare code belongs.
    pub fn has_code(&self, code: &str) -> bool {
        !self.enumerated || self.codes.binary_search_by(|probe| probe.0.cmp(code)).is_ok()
    }

    /// The system of a bare code of this set.
    pub fn system_of(&self, code: &str) -> Option<&'static str> {
        let at = self.codes.binary_search_by(|probe| probe.0.cmp(code)).ok()?;
        self.codes.get(at).map(|found| found.1)
    }

    /// Whether a coding belongs.
    pub fn has_coding(&self, system: &str, code: &str) -> bool {
        !self.enumerated
            || self.codes.binary_search_by(|probe| probe.0.cmp(code).then(probe.1.cmp(system))).is_ok()
    }
}

/// The stable number of a search parameter code, the same for every resource type that has it.
///
/// Numbers come from `generated/params.txt`, which is only ever appended to: index rows on disk outlive releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParamId(pub u16);

impl ParamId {
    /// The number of this code.
    pub fn parse(code: &str) -> Option<Self> {
        let all = definitions();
        let at = all.params_by_name.binary_search_by(|&id| all.param_name(id).cmp(code)).ok()?;
        all.params_by_name.get(at).copied().map(Self)
    }

    /// The code of this number.
    pub fn code(self) -> &'static str {
        definitions().param_name(self.0)
    }
}

/// A search parameter of one resource type.
#[derive(Debug)]
pub struct SearchParameter {
    /// The name used in a query, `birthdate`.
    pub code: &'static str,
    /// Its canonical, where it was defined here.
    pub url: Option<&'static str>,
    /// Its stable number.
    pub id: ParamId,
    /// The parameters of its type whose index rows are its own: itself, unless others find what it finds. A reference
    /// that is narrowed to one type is kept by the one that is not.
    pub kept_by: Vec<ParamId>,
    /// Its kind.
    pub kind: ParamKind,
    /// Types a reference parameter may point to.
    pub targets: &'static [ResourceType],
    /// Whether a Patient found by it has the resource in its compartment.
    pub patient_compartment: bool,
    pub(crate) paths: Vec<Path<'static>>,
    pub(crate) components: Vec<wire::Component<'static>>,
    /// What it finds, where it was defined here: R4's own are path programs.
    pub(crate) expression: Option<Expression>,
}

impl SearchParameter {
    /// Whether it has index rows of its own.
    pub fn is_kept(&self) -> bool {
        self.kept_by == [self.id]
    }

    /// The one type to which this reference is narrower than the parameter that keeps its rows.
    pub fn narrowed_to(&self) -> Option<ResourceType> {
        let path = self.paths.first().filter(|_| !self.is_kept())?;
        ResourceType::from_number(path.resolves_to)
    }

    /// The parameters a composite is made of: (code, kind).
    pub fn components(&self) -> impl Iterator<Item = (&'static str, ParamKind)> + '_ {
        self.components.iter().map(|component| (component.param, component.kind))
    }
}

/// Everything the pack holds.
#[derive(Debug, Default)]
pub struct Definitions {
    /// Resource types first, alphabetical; then `Resource` and `DomainResource`, data types and backbone elements.
    pub structures: Vec<Structure>,
    by_name: HashMap<&'static str, u16>,
    search: Vec<Vec<SearchParameter>>,
    params: Vec<&'static str>,
    params_by_name: Box<[u16]>,
    element_at: usize,
    value_sets: &'static [ValueSet],
    constraints: &'static [Constraint],
}

/// Invariants that validation checks in its walk, without an expression.
const CHECKED_IN_THE_WALK: [&str; 9] =
    ["dom-2", "dom-3", "dom-4", "dom-5", "ele-1", "ext-1", "ref-1", "txt-1", "txt-2"];

impl Definitions {
    /// Every invariant that has an expression to run.
    pub fn constraints(&self) -> &'static [Constraint] {
        self.constraints
    }

    /// Whether an invariant of this key belongs to R4's own types.
    pub(crate) fn has_constraint(&self, key: &str) -> bool {
        CHECKED_IN_THE_WALK.contains(&key) || self.constraints.iter().any(|one| one.key == key)
    }

    /// The value set of this canonical, without version.
    pub(crate) fn value_set_named(&self, url: &str) -> Option<&'static ValueSet> {
        self.value_sets.iter().find(|set| set.url == url)
    }

    /// The structure of this number.
    pub fn structure(&self, number: u16) -> Option<&Structure> {
        self.structures.get(usize::from(number))
    }

    /// The number of the structure of this name.
    pub fn structure_named(&self, name: &str) -> Option<u16> {
        self.by_name.get(name).copied()
    }

    /// Whether a structure is another or specializes it.
    pub(crate) fn is_a(&self, number: u16, wanted: u16) -> bool {
        let base = |number: &u16| self.structure(*number).and_then(|one| one.base);
        std::iter::successors(Some(number), base).any(|one| one == wanted)
    }

    /// Whether this is `Element`, which every data type specializes.
    pub(crate) fn is_element(&self, number: u16) -> bool {
        usize::from(number) == self.element_at
    }

    pub(crate) fn value_set(&self, number: u16) -> Option<&'static ValueSet> {
        self.value_sets.get(usize::from(number))
    }

    /// `Element`: what a primitive's `_name` twin may hold.
    pub(crate) fn element_structure(&self) -> Option<&Structure> {
        self.structures.get(self.element_at)
    }

    fn param_name(&self, id: u16) -> &'static str {
        self.params.get(usize::from(id)).copied().unwrap_or("")
    }

    /// How many parameter codes there are.
    pub fn param_count(&self) -> usize {
        self.params.len()
    }
}

/// The R4 definitions. Decoded on first use, in a few milliseconds.
///
/// # Panics
/// Never on a released build: the pack is compiled in and a test decodes it.
pub fn definitions() -> &'static Definitions {
    DEFINITIONS.get_or_init(|| decode().unwrap_or_default())
}

/// The search parameters of a resource type, sorted by code.
pub fn search_parameters(resource_type: ResourceType) -> &'static [SearchParameter] {
    definitions().search.get(usize::from(resource_type.number())).map_or(&[], Vec::as_slice)
}

/// The search parameter of this code.
pub fn search_parameter(resource_type: ResourceType, code: &str) -> Option<&'static SearchParameter> {
    let all = search_parameters(resource_type);
    all.binary_search_by(|probe| probe.code.cmp(code)).ok().and_then(|at| all.get(at))
}

fn decode() -> Option<Definitions> {
    let bytes: &'static [u8] = zstd::bulk::decompress(PACKED, PACK_BYTES_MAX).ok()?.leak();
    let pack: Pack<'static> = postcard::from_bytes(bytes).ok()?;
    let sets: &'static [Vec<ResourceType>] = pack
        .target_sets
        .iter()
        .map(|set| set.iter().copied().map(ResourceType::from_number_unchecked).collect())
        .collect::<Vec<Vec<ResourceType>>>()
        .leak();
    let tables =
        Tables { sets, value_sets: value_sets(&pack).leak(), constraints: constraints(&pack).leak() };
    let structures: Vec<Structure> = pack.structures.into_iter().map(|one| structure(one, &tables)).collect();
    let by_name: HashMap<&'static str, u16> =
        structures.iter().zip(0..).map(|(structure, number)| (structure.name, number)).collect();
    let element_at = usize::from(*by_name.get("Element")?);
    let params = pack.params;
    let mut params_by_name: Vec<u16> = (0..u16::try_from(params.len()).ok()?).collect();
    params_by_name.sort_unstable_by_key(|&id| params.get(usize::from(id)));
    let search = pack
        .search
        .into_iter()
        .zip(pack.patient_compartment)
        .map(|(list, compartment)| {
            let mut list: Vec<SearchParameter> =
                list.into_iter().map(|one| parameter(one, &params, sets, &compartment)).collect();
            kept::settle(&mut list);
            list
        })
        .collect();
    let params_by_name = params_by_name.into();
    let (value_sets, constraints) = (tables.value_sets, tables.constraints);
    Some(Definitions {
        structures,
        by_name,
        search,
        params,
        params_by_name,
        element_at,
        value_sets,
        constraints,
    })
}

/// What elements refer to by number.
struct Tables {
    sets: &'static [Vec<ResourceType>],
    value_sets: &'static [ValueSet],
    constraints: &'static [Constraint],
}

impl Tables {
    fn rules(&self, numbers: &[u16]) -> Box<[&'static Constraint]> {
        numbers.iter().filter_map(|&at| self.constraints.get(usize::from(at))).collect()
    }
}

fn constraints(pack: &Pack<'static>) -> Vec<Constraint> {
    let one = |wire: &wire::Constraint<'static>| Constraint {
        key: wire.key,
        error: wire.error,
        human: wire.human,
        text: wire.expression,
        expression: OnceLock::new(),
    };
    pack.constraints.iter().map(one).collect()
}

fn value_sets(pack: &Pack<'static>) -> Vec<ValueSet> {
    let system = |at: u16| pack.systems.get(usize::from(at)).copied().unwrap_or("");
    pack.value_sets
        .iter()
        .map(|set| {
            let mut codes: Box<[_]> = set.codes.iter().map(|&(at, code)| (code, system(at))).collect();
            codes.sort_unstable();
            ValueSet { url: set.url, enumerated: set.enumerated, codes }
        })
        .collect()
}

fn targets(sets: &'static [Vec<ResourceType>], at: u16) -> &'static [ResourceType] {
    sets.get(usize::from(at)).map_or(&[], Vec::as_slice)
}

fn parameter(
    one: wire::Search<'static>,
    params: &[&'static str],
    sets: &'static [Vec<ResourceType>],
    compartment: &[u16],
) -> SearchParameter {
    SearchParameter {
        code: params.get(usize::from(one.param)).copied().unwrap_or(""),
        url: None,
        id: ParamId(one.param),
        kept_by: vec![ParamId(one.param)],
        kind: one.kind,
        targets: targets(sets, one.targets),
        patient_compartment: compartment.contains(&one.param),
        paths: one.paths,
        components: one.components,
        expression: None,
    }
}

fn structure(one: wire::Structure<'static>, tables: &Tables) -> Structure {
    let mut required = 0u64;
    let mut slots: Vec<&'static str> = Vec::new();
    let elements: Vec<Element> = one
        .elements
        .into_iter()
        .map(|row| {
            let mut slot = NO_SLOT;
            if row.min > 0 || !row.choice.is_empty() {
                let key = if row.choice.is_empty() { row.name } else { row.choice };
                let at = slots.iter().position(|&known| known == key).unwrap_or_else(|| {
                    slots.push(key);
                    slots.len() - 1
                });
                slot = u8::try_from(at).ok().filter(|&at| at < 64).unwrap_or(NO_SLOT);
                if row.min > 0 && slot != NO_SLOT {
                    required |= 1 << slot;
                }
            }
            let value_set = tables.value_sets.get(usize::from(row.binding)).filter(|_| row.binding != NONE);
            Element {
                name: row.name,
                choice: row.choice,
                kind: row.kind,
                min: row.min,
                many: row.many,
                max: row.max,
                binding: value_set.map(|value_set| Binding { strength: row.strength, value_set }),
                targets: targets(tables.sets, row.targets),
                summary: row.summary,
                modifier: row.modifier,
                constraints: tables.rules(&row.constraints),
                slot,
            }
        })
        .collect();
    let mut by_name: Vec<u16> = (0..u16::try_from(elements.len()).unwrap_or(u16::MAX)).collect();
    by_name.sort_unstable_by_key(|&at| elements.get(usize::from(at)).map_or("", |element| element.name));
    Structure {
        name: one.name,
        elements,
        constraints: tables.rules(&one.constraints),
        base: (one.base != NONE).then_some(one.base),
        by_name: by_name.into(),
        required,
    }
}

#[cfg(test)]
mod tests;

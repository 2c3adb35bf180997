//! The types of a graph, made of what the parts describe. Of one part it is the domain's subgraph: what others own is there
//! by its id alone. Of all parts it is the whole.

use crate::limits::LIST_ASSUMED;
use crate::views::{Definition, Kind, Property, definitions};
use galen_service::graph::{Act, Entity, Link, Load, Read, Subgraph};
use serde_json::Value;
use std::collections::BTreeMap;

/// The type of what can be asked for.
pub const QUERY: &str = "Query";
/// The type of what can be done.
pub const MUTATION: &str = "Mutation";
/// The argument that makes a command's repetition harmless.
pub const IDEMPOTENCY_KEY: &str = "idempotencyKey";

/// Where a field's value comes from.
#[derive(Clone)]
pub enum Source {
    /// The key of an entity.
    Id,
    /// A property of the view, with what it is when it is absent.
    View(Option<Value>),
    /// Other things, by their ids.
    Link(Link),
    /// A question.
    Read(Read),
    /// A thing by its id.
    Thing(&'static str),
    /// A command.
    Act(Act),
}

/// A field.
#[derive(Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// One line about it.
    pub about: String,
    /// Its type.
    pub kind: Kind,
    /// Its arguments.
    pub arguments: Vec<Property>,
    /// Where its value comes from.
    pub source: Source,
    /// How long it usually is, of lists.
    pub size: usize,
}

/// An object type.
#[derive(Clone, Default)]
pub struct Object {
    /// One line about it.
    pub about: String,
    /// Its fields.
    pub fields: BTreeMap<String, Field>,
    /// How it is read by ids, of entities whose owner is in this graph.
    pub load: Option<Load>,
    /// Whether it has an identity.
    pub is_entity: bool,
    /// Whether a part in this graph has something to say of it, beyond its id.
    pub is_known: bool,
}

/// The types of a graph.
#[derive(Clone, Default)]
pub struct Shape {
    /// Objects by their names.
    pub objects: BTreeMap<String, Object>,
    /// Codes, with their meanings, by the names of their types.
    pub codes: BTreeMap<String, (String, Vec<(String, String)>)>,
}

/// A code as GraphQL can write it. FHIR's codes have hyphens and no underscores, so it reads back.
pub fn enum_name(code: &str) -> String {
    code.replace('-', "_")
}

/// The code that a name of GraphQL stands for.
pub fn code_of(name: &str) -> String {
    name.replace('_', "-")
}

/// `HealthcareService` as a field: `healthcareService`.
fn field_name(entity: &str) -> String {
    let mut letters = entity.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

fn one(name: &str, is_required: bool) -> Kind {
    Kind { name: name.to_owned(), is_list: false, is_required }
}

fn argument(name: &str, about: &str, kind: Kind) -> Property {
    Property { name: name.to_owned(), about: about.to_owned(), kind, default: None }
}

impl Shape {
    /// Of these parts.
    ///
    /// # Errors
    /// They contradict each other, or say what GraphQL cannot.
    pub fn of(parts: &[(&'static str, &'static Subgraph)]) -> Result<Self, String> {
        let mut shape = Self::default();
        for (_, part) in parts {
            shape.views(part)?;
        }
        for (_, part) in parts {
            for entity in (part.entities)() {
                shape.entity(part, &entity)?;
            }
            for read in (part.queries)() {
                let field = shape.read(part, read)?;
                shape.add(QUERY, field)?;
            }
            for act in (part.mutations)() {
                let field = shape.act(part, act)?;
                shape.add(MUTATION, field)?;
            }
        }
        shape.sizes(parts);
        shape.check()?;
        Ok(shape)
    }

    /// Defines all types of the views that a part shows.
    fn views(&mut self, part: &Subgraph) -> Result<(), String> {
        let entities = (part.entities)();
        for load in entities.iter().filter_map(|entity| entity.load) {
            self.define(part, &(load.view)())?;
        }
        let reads = entities.iter().flat_map(|entity| &entity.reads).copied().chain((part.queries)());
        for read in reads {
            self.define(part, &(read.answers)())?;
        }
        for act in (part.mutations)() {
            self.define(part, &(act.answers)())?;
        }
        Ok(())
    }

    /// Defines what a schema defines; answers with the name of its own type.
    fn define(&mut self, part: &Subgraph, schema: &Value) -> Result<String, String> {
        let mut own = String::new();
        for (index, (name, definition)) in definitions(schema)?.into_iter().enumerate() {
            let name = named(part, &name);
            if index == 0 {
                own.clone_from(&name);
            }
            match definition {
                Definition::Codes(about, codes) => self.define_codes(&name, about, &codes)?,
                Definition::Object(about, properties) => {
                    if self.objects.contains_key(&name) {
                        continue;
                    }
                    let mut object = Object { about, is_known: true, ..Object::default() };
                    for property in properties {
                        object.fields.insert(property.name.clone(), viewed(part, property));
                    }
                    self.objects.insert(name, object);
                }
            }
        }
        Ok(own)
    }

    fn define_codes(&mut self, name: &str, about: String, codes: &[(String, String)]) -> Result<(), String> {
        let fits = |code: &str| {
            code.starts_with(|c: char| c.is_ascii_alphabetic())
                && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if let Some((code, _)) = codes.iter().find(|(code, _)| !fits(code)) {
            return Err(format!("{name}: GraphQL cannot write the code '{code}'"));
        }
        match self.codes.insert(name.to_owned(), (about, codes.to_vec())) {
            Some((_, others)) if others != codes => Err(format!("{name} is two lists of codes")),
            _ => Ok(()),
        }
    }

    fn entity(&mut self, part: &Subgraph, entity: &Entity) -> Result<(), String> {
        self.stub(entity.name);
        if let Some(load) = entity.load {
            let name = self.define(part, &(load.view)())?;
            if name != entity.name {
                return Err(format!("{} is shown as {name}", entity.name));
            }
            if let Some(object) = self.objects.get_mut(entity.name) {
                object.load = Some(load);
                object.is_known = true;
            }
            let field = Field {
                name: field_name(entity.name),
                about: format!("The {} of an id", entity.name),
                kind: one(entity.name, false),
                arguments: vec![argument("id", "Its id", one("ID", true))],
                source: Source::Thing(entity.name),
                size: 1,
            };
            self.add(QUERY, field)?;
        }
        for link in &entity.links {
            self.link(entity.name, *link)?;
        }
        for read in &entity.reads {
            let field = self.read(part, *read)?;
            if let Some(object) = self.objects.get_mut(entity.name) {
                object.is_known = true;
            }
            self.add(entity.name, field)?;
        }
        Ok(())
    }

    /// Makes sure that a thing can be named.
    fn stub(&mut self, name: &str) {
        let object = self.objects.entry(name.to_owned()).or_default();
        object.is_entity = true;
        let id = Field {
            name: "id".to_owned(),
            about: "Its id".to_owned(),
            kind: one("ID", true),
            arguments: Vec::new(),
            source: Source::Id,
            size: 1,
        };
        object.fields.insert("id".to_owned(), id);
    }

    fn link(&mut self, entity: &str, link: Link) -> Result<(), String> {
        self.stub(link.to);
        let of = link.of.unwrap_or(entity);
        let object = self.objects.get_mut(of).ok_or_else(|| format!("there is no {of} to link from"))?;
        let from = object.fields.get(link.from).ok_or_else(|| format!("{of} has no {}", link.from))?;
        let field = Field {
            name: link.name.to_owned(),
            about: link.about.to_owned(),
            kind: Kind { name: link.to.to_owned(), is_list: from.kind.is_list, is_required: false },
            arguments: Vec::new(),
            source: Source::Link(link),
            size: from.size,
        };
        object.fields.insert(link.name.to_owned(), field);
        Ok(())
    }

    fn read(&mut self, part: &Subgraph, read: Read) -> Result<Field, String> {
        let name = self.define(part, &(read.answers)())?;
        let mut arguments = Vec::new();
        if let Some(schema) = read.arguments {
            arguments = self.arguments(part, &schema())?;
        }
        arguments.retain(|argument| read.of != Some(argument.name.as_str()));
        Ok(Field {
            name: read.name.to_owned(),
            about: read.about.to_owned(),
            kind: one(&name, false),
            arguments,
            source: Source::Read(read),
            size: 1,
        })
    }

    fn act(&mut self, part: &Subgraph, act: Act) -> Result<Field, String> {
        let name = self.define(part, &(act.answers)())?;
        let mut arguments = Vec::new();
        if act.is_addressed {
            arguments.push(argument("id", "Its id", one("ID", true)));
        }
        arguments.extend(self.arguments(part, &(act.arguments)())?);
        let about = "Of your choice, the same when you try again: the command is done once";
        arguments.push(argument(IDEMPOTENCY_KEY, about, one("String", true)));
        Ok(Field {
            name: act.name.to_owned(),
            about: act.about.to_owned(),
            kind: one(&name, false),
            arguments,
            source: Source::Act(act),
            size: 1,
        })
    }

    /// Arguments are the properties of what REST takes; their codes are types, too.
    fn arguments(&mut self, part: &Subgraph, schema: &Value) -> Result<Vec<Property>, String> {
        let mut own = Vec::new();
        for (index, (name, definition)) in definitions(schema)?.into_iter().enumerate() {
            match definition {
                Definition::Codes(about, codes) => self.define_codes(&named(part, &name), about, &codes)?,
                Definition::Object(_, properties) if index == 0 => own = properties,
                Definition::Object(..) => return Err(format!("{name} is too deep for an argument")),
            }
        }
        for property in &mut own {
            property.kind.name = named(part, &property.kind.name);
            // What REST fills in by itself may be left out here, too.
            property.kind.is_required &= property.default.is_none();
        }
        Ok(own)
    }

    fn add(&mut self, object: &str, field: Field) -> Result<(), String> {
        let fields = &mut self.objects.entry(object.to_owned()).or_default().fields;
        let name = field.name.clone();
        match fields.insert(name.clone(), field) {
            Some(_) => Err(format!("{object}.{name} is two fields")),
            None => Ok(()),
        }
    }

    fn sizes(&mut self, parts: &[(&'static str, &'static Subgraph)]) {
        for (place, size) in parts.iter().flat_map(|(_, part)| part.sizes) {
            let Some((object, field)) = place.split_once('.') else { continue };
            if let Some(field) = self.objects.get_mut(object).and_then(|object| object.fields.get_mut(field))
            {
                field.size = *size;
            }
        }
    }

    /// Every type that is named is there.
    fn check(&self) -> Result<(), String> {
        let is_there = |name: &str| {
            matches!(name, "String" | "Int" | "Float" | "Boolean" | "ID")
                || self.objects.contains_key(name)
                || self.codes.contains_key(name)
        };
        for (object, field) in
            self.objects.iter().flat_map(|(name, o)| o.fields.values().map(move |f| (name, f)))
        {
            let kinds = field.arguments.iter().map(|argument| &argument.kind).chain([&field.kind]);
            for kind in kinds {
                if !is_there(&kind.name) {
                    return Err(format!("{object}.{} names {}, which is not there", field.name, kind.name));
                }
            }
        }
        Ok(())
    }
}

/// A property of a view as a field. Of lists it is a guess how long they are, until somebody says.
fn viewed(part: &Subgraph, property: Property) -> Field {
    let Property { name, about, mut kind, default } = property;
    kind.name = named(part, &kind.name);
    if name == "id" && !kind.is_list {
        "ID".clone_into(&mut kind.name);
    }
    let size = if kind.is_list { LIST_ASSUMED } else { 1 };
    Field { name, about, kind, arguments: Vec::new(), source: Source::View(default), size }
}

/// What a view is called in the graph.
fn named(part: &Subgraph, view: &str) -> String {
    let own = part.names.iter().find(|(name, _)| *name == view).map(|(_, own)| *own);
    own.unwrap_or_else(|| view.strip_suffix("View").unwrap_or(view)).to_owned()
}

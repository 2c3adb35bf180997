//! Running an operation: level by level, so that all that a level names is read at once.

use crate::answer::{GraphError, Path};
use crate::collect::{Asked, Reader};
use crate::limits::READS_AT_ONCE;
use crate::operation::Operation;
use crate::shape::{Field, IDEMPOTENCY_KEY, MUTATION, QUERY, Shape, Source};
use crate::values;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::SelectionSet;
use async_graphql::{Name, Value as Shown};
use futures_util::future::{BoxFuture, join_all};
use futures_util::stream::{StreamExt, iter};
use galen_service::graph::{Act, Link, Read};
use galen_service::observe::Draft;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a field is of one parent: nothing where it may not be nothing makes nothing of the parent.
type Filled = Option<Shown>;

/// A thing that is being shown, and where.
#[derive(Clone)]
pub struct Parent<'v> {
    /// As REST shows it, or its id alone.
    value: &'v Value,
    path: Path,
}

/// Runs one operation.
pub struct Run<'r> {
    /// The types.
    pub shape: &'r Shape,
    /// The document.
    pub reader: &'r Reader<'r>,
    /// The operation.
    pub operation: &'r Operation<'r>,
}

impl<'r> Run<'r> {
    /// The answer's data; `None` where nothing could be said.
    pub async fn root(&self, is_mutation: bool, selections: &'r SelectionSet) -> Option<Shown> {
        let root = if is_mutation { MUTATION } else { QUERY };
        let nothing = Value::Object(Map::new());
        let parents = vec![Parent { value: &nothing, path: Path::default() }];
        self.complete(root, parents, vec![selections]).await.pop().flatten()
    }

    /// Shows all these things of one type.
    fn complete<'v>(
        &'v self,
        object: &'v str,
        parents: Vec<Parent<'v>>,
        selections: Vec<&'r SelectionSet>,
    ) -> BoxFuture<'v, Vec<Filled>> {
        Box::pin(async move {
            let asked = self.reader.asked(object, &selections);
            let filled: Vec<Vec<Filled>> = if object == MUTATION {
                let mut all = Vec::with_capacity(asked.len());
                for one in &asked {
                    all.push(self.fill(object, one, &parents).await);
                }
                all
            } else {
                let mut all = Vec::with_capacity(asked.len());
                for one in &asked {
                    all.push(self.fill(object, one, &parents));
                }
                join_all(all).await
            };
            assemble(&asked, filled, parents.len())
        })
    }

    /// A field of all these things.
    async fn fill<'v>(&'v self, object: &'v str, asked: &Asked<'r>, parents: &[Parent<'v>]) -> Vec<Filled> {
        let name = asked.field.name.node.as_str();
        if name == "__typename" {
            return vec![Some(Shown::String(object.to_owned())); parents.len()];
        }
        if name == "_entities" && object == QUERY {
            return self.entities(asked, parents).await;
        }
        let field = self.shape.objects.get(object).and_then(|object| object.fields.get(name));
        let Some(field) = field else { return vec![Some(Shown::Null); parents.len()] };
        let written = || values::arguments(self.shape, field, self.reader.arguments(asked.field));
        match &field.source {
            Source::Id | Source::View(_) => self.view(field, asked, parents).await,
            Source::Link(link) => self.links(field, link, asked, parents).await,
            Source::Read(read) => self.reads(field, read, asked, parents, &written()).await,
            Source::Thing(kind) => {
                let id = written().get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
                let path = parents.first().map(|one| one.path.key(asked.key)).unwrap_or_default();
                self.named(kind, asked, vec![vec![(id, path)]], true).await.into_iter().flatten().collect()
            }
            Source::Act(act) => vec![Some(self.act(field, act, asked, parents, written()).await)],
        }
    }

    /// A property of the view: a scalar, a part, or several.
    async fn view<'v>(&'v self, field: &'v Field, asked: &Asked<'r>, parents: &[Parent<'v>]) -> Vec<Filled> {
        let default = match &field.source {
            Source::View(default) => default.as_ref(),
            _ => None,
        };
        let value =
            |parent: &Parent<'v>| parent.value.get(&field.name).filter(|value| !value.is_null()).or(default);
        let is_object = self.shape.objects.contains_key(&field.kind.name);
        if !is_object {
            let shown = |value: Option<&Value>| match value {
                Some(value) => Some(values::shown(self.shape, &field.kind, value)),
                None => Some(Shown::Null),
            };
            let one = |parent: &Parent<'v>| self.required(field, asked, &parent.path, shown(value(parent)));
            return parents.iter().map(one).collect();
        }
        let mut parts = Vec::new();
        let mut counts = Vec::with_capacity(parents.len());
        for parent in parents {
            let path = parent.path.key(asked.key);
            let before = parts.len();
            match value(parent) {
                Some(Value::Array(items)) => parts.extend(
                    items.iter().enumerate().map(|(at, value)| Parent { value, path: path.index(at) }),
                ),
                Some(value) => parts.push(Parent { value, path }),
                None => {}
            }
            counts.push(value(parent).map(|_| parts.len() - before));
        }
        if let Err(rejection) = self.operation.draw(parts.len()) {
            return self.none_of(GraphError::rejected(rejection), asked, parents);
        }
        let mut shown = self.complete(&field.kind.name, parts, asked.below.clone()).await.into_iter();
        let group = |(parent, count): (&Parent<'v>, Option<usize>)| {
            let own: Vec<Filled> = shown.by_ref().take(count.unwrap_or(0)).collect();
            let value = match (count, field.kind.is_list) {
                (None, _) => Some(Shown::Null),
                // What items may not be null: without one there is no list.
                (Some(_), true) => own.into_iter().collect::<Option<Vec<_>>>().map(Shown::List),
                (Some(_), false) => own.into_iter().next().flatten(),
            };
            self.required(field, asked, &parent.path, value)
        };
        parents.iter().zip(counts).map(group).collect()
    }

    /// What is nothing and may not be: the parent is nothing then. A view that lacks it is told as a fault.
    fn required(&self, field: &Field, asked: &Asked<'_>, path: &Path, value: Filled) -> Filled {
        match value {
            Some(Shown::Null) if field.kind.is_required => {
                let error = GraphError::absent(&field.name, self.operation.context.request.as_str());
                self.operation.tell(error, &path.key(asked.key), asked.place);
                None
            }
            None if !field.kind.is_required => Some(Shown::Null),
            value => value,
        }
    }

    fn none_of(&self, error: GraphError, asked: &Asked<'_>, parents: &[Parent<'_>]) -> Vec<Filled> {
        if let Some(first) = parents.first() {
            self.operation.tell(error, &first.path.key(asked.key), asked.place);
        }
        vec![Some(Shown::Null); parents.len()]
    }

    /// Others that these things name.
    async fn links<'v>(
        &'v self,
        field: &Field,
        link: &Link,
        asked: &Asked<'r>,
        parents: &[Parent<'v>],
    ) -> Vec<Filled> {
        let ids = |parent: &Parent<'v>| -> Vec<(String, Path)> {
            let path = parent.path.key(asked.key);
            let id = |value: &Value| Some(value.as_str()?.strip_prefix(link.prefix)?.to_owned());
            match parent.value.get(link.from) {
                Some(Value::Array(items)) => {
                    items.iter().filter_map(id).enumerate().map(|(at, id)| (id, path.index(at))).collect()
                }
                Some(value) => id(value).into_iter().map(|id| (id, path.clone())).collect(),
                None => Vec::new(),
            }
        };
        let named = parents.iter().map(ids).collect();
        let all = self.named(link.to, asked, named, false).await;
        let or_null = |one: Filled| one.unwrap_or(Shown::Null);
        let join = |own: Vec<Filled>| {
            let mut own = own.into_iter().map(or_null);
            Some(if field.kind.is_list {
                Shown::List(own.collect())
            } else {
                own.next().unwrap_or(Shown::Null)
            })
        };
        all.into_iter().map(join).collect()
    }

    /// Things by their ids, each where it is asked for. Those that may not be seen are told of and null. Without `always`
    /// only those are read of which more is asked than the id.
    async fn named(
        &self,
        kind: &str,
        asked: &Asked<'r>,
        ids: Vec<Vec<(String, Path)>>,
        always: bool,
    ) -> Vec<Vec<Filled>> {
        let load = self.shape.objects.get(kind).and_then(|object| object.load);
        let load = load.filter(|_| always || self.reader.needs_view(self.shape, kind, &asked.below));
        let counts: Vec<usize> = ids.iter().map(Vec::len).collect();
        let flat: Vec<(String, Path)> = ids.into_iter().flatten().collect();
        let mut found: Vec<Option<Arc<Value>>> = Vec::with_capacity(flat.len());
        if let Err(rejection) = self.operation.draw(flat.len()) {
            if let Some((_, path)) = flat.first() {
                self.operation.tell(GraphError::rejected(rejection), path, asked.place);
            }
            return counts.into_iter().map(|count| vec![Some(Shown::Null); count]).collect();
        }
        match &load {
            Some(load) => {
                let wanted: BTreeSet<String> = flat.iter().map(|(id, _)| id.clone()).collect();
                let things = self.operation.things(load, &wanted).await;
                for (id, path) in &flat {
                    found.push(match things.get(id) {
                        Some(Ok(thing)) => Some(Arc::clone(thing)),
                        Some(Err(error)) => {
                            self.operation.tell(error.clone(), path, asked.place);
                            None
                        }
                        None => None,
                    });
                }
            }
            None => found.extend(flat.iter().map(|(id, _)| Some(Arc::new(json!({ "id": id }))))),
        }
        let there = found.iter().zip(&flat).filter_map(|(thing, (_, path))| {
            thing.as_ref().map(|thing| Parent { value: thing.as_ref(), path: path.clone() })
        });
        let shown = self.complete(kind, there.collect(), asked.below.clone()).await;
        let mut shown = shown.into_iter();
        let mut all = found.iter().map(|thing| match thing {
            Some(_) => shown.next().flatten().or(Some(Shown::Null)),
            None => Some(Shown::Null),
        });
        counts.into_iter().map(|count| all.by_ref().take(count).collect()).collect()
    }

    /// A question, asked of each of these things.
    async fn reads<'v>(
        &'v self,
        field: &'v Field,
        read: &'v Read,
        asked: &Asked<'r>,
        parents: &[Parent<'v>],
        arguments: &Map<String, Value>,
    ) -> Vec<Filled> {
        let mut each = Vec::with_capacity(parents.len());
        for parent in parents {
            let mut arguments = arguments.clone();
            if let (Some(of), Some(id)) = (read.of, parent.value.get("id")) {
                arguments.insert(of.to_owned(), id.clone());
            }
            each.push(self.read(read, Value::Object(arguments)));
        }
        let answers: Vec<Result<Value, GraphError>> = iter(each).buffered(READS_AT_ONCE).collect().await;
        let mut there = Vec::new();
        for (answer, parent) in answers.iter().zip(parents) {
            let path = parent.path.key(asked.key);
            match answer {
                Ok(value) => there.push(Parent { value, path }),
                Err(error) => self.operation.tell(error.clone(), &path, asked.place),
            }
        }
        let mut shown = self.complete(&field.kind.name, there, asked.below.clone()).await.into_iter();
        let or_null = |answer: &Result<Value, GraphError>| match answer {
            Ok(_) => shown.next().flatten().or(Some(Shown::Null)),
            Err(_) => Some(Shown::Null),
        };
        answers.iter().map(or_null).collect()
    }

    async fn read(&self, read: &Read, arguments: Value) -> Result<Value, GraphError> {
        let operation = self.operation;
        let mut draft = Draft::new(read.operation, read.interaction);
        let answer = (read.read)(operation.house, operation.context, arguments, &mut draft).await;
        match answer {
            Ok(value) => {
                operation.evidence.shown(draft);
                Ok(value)
            }
            Err(refusal) => {
                operation.evidence.refused(draft, &refusal);
                Err(operation.error(&refusal))
            }
        }
    }

    /// A command: the shell decides, commits and leaves its entry; what is asked below is read after it.
    async fn act(
        &self,
        field: &Field,
        act: &Act,
        asked: &Asked<'r>,
        parents: &[Parent<'_>],
        mut arguments: Map<String, Value>,
    ) -> Shown {
        let key = arguments.remove(IDEMPOTENCY_KEY);
        let key = key.as_ref().and_then(Value::as_str).unwrap_or_default();
        let path = parents.first().map(|one| one.path.key(asked.key)).unwrap_or_default();
        let operation = self.operation;
        operation.forget();
        let done = (act.act)(operation.house, operation.context, Value::Object(arguments), key).await;
        match done {
            Ok(value) => {
                let parents = vec![Parent { value: &value, path }];
                let mut shown = self.complete(&field.kind.name, parents, asked.below.clone()).await;
                shown.pop().flatten().unwrap_or(Shown::Null)
            }
            Err(refusal) => {
                operation.tell(operation.error(&refusal), &path, asked.place);
                Shown::Null
            }
        }
    }

    /// What a gateway knows by type and id, and wants the rest of.
    async fn entities(&self, asked: &Asked<'r>, parents: &[Parent<'_>]) -> Vec<Filled> {
        let path = parents.first().map(|one| one.path.key(asked.key)).unwrap_or_default();
        let mut arguments = self.reader.arguments(asked.field);
        let Some(Value::Array(all)) = arguments.remove("representations") else {
            return vec![Some(Shown::List(Vec::new()))];
        };
        let mut kinds: Vec<&str> = all.iter().filter_map(|one| one.get("__typename")?.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut shown = vec![Shown::Null; all.len()];
        for kind in kinds {
            let is_known =
                self.shape.objects.get(kind).is_some_and(|object| object.is_entity && object.is_known);
            let named = |(at, one): (usize, &Value)| {
                let is_of = one.get("__typename")?.as_str()? == kind;
                let id = one.get("id")?.as_str()?.to_owned();
                is_of.then(|| (at, vec![(id, path.index(at))]))
            };
            let (places, ids): (Vec<usize>, Vec<_>) = all.iter().enumerate().filter_map(named).unzip();
            if !is_known {
                let error = GraphError::invalid("There is no such entity here".to_owned(), &[]);
                self.operation.tell(error, &path, asked.place);
                continue;
            }
            let found = self.named(kind, asked, ids, false).await;
            for (at, one) in places.into_iter().zip(found.into_iter().flatten()) {
                if let (Some(place), Some(one)) = (shown.get_mut(at), one) {
                    *place = one;
                }
            }
        }
        vec![Some(Shown::List(shown))]
    }
}

/// The fields of each thing, in the order in which they were asked for.
fn assemble(asked: &[Asked<'_>], filled: Vec<Vec<Filled>>, things: usize) -> Vec<Filled> {
    let mut columns: Vec<_> = filled.into_iter().map(Vec::into_iter).collect();
    let mut all = Vec::with_capacity(things);
    for _ in 0..things {
        let mut fields = IndexMap::with_capacity(asked.len());
        let mut is_whole = true;
        for (one, column) in asked.iter().zip(&mut columns) {
            match column.next().flatten() {
                Some(value) => _ = fields.insert(Name::new(one.key), value),
                None => is_whole = false,
            }
        }
        all.push(is_whole.then_some(Shown::Object(fields)));
    }
    all
}

//! A shape as GraphQL's own schema: it validates documents, answers introspection, and is written as SDL. It resolves
//! nothing: `run` does.

use crate::limits::{DIRECTIVES_MAX, INTROSPECTION_DEPTH_MAX};
use crate::shape::{Field, MUTATION, Object, QUERY, Shape, Source, enum_name};
use crate::views::{Kind, Property};
use async_graphql::dynamic::{Enum, EnumItem, FieldFuture, FieldValue, InputValue, Schema, TypeRef};
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Response, SDLExportOptions, Value, dynamic};
use std::sync::Arc;

/// Says of a request that its document is to be validated and not run.
pub struct ValidateOnly;

/// Stops before anything is resolved, where that is asked for.
struct Stops;

impl ExtensionFactory for Stops {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for Stops {
    async fn execute(
        &self,
        context: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        match context.data_opt::<ValidateOnly>() {
            Some(ValidateOnly) => Response::new(Value::Null),
            None => next.run(context, operation_name).await,
        }
    }
}

fn type_ref(kind: &Kind, items_may_be_null: bool) -> TypeRef {
    let name = kind.name.as_str();
    match (kind.is_list, kind.is_required, items_may_be_null) {
        (false, false, _) => TypeRef::named(name),
        (false, true, _) => TypeRef::named_nn(name),
        (true, false, false) => TypeRef::named_nn_list(name),
        (true, true, false) => TypeRef::named_nn_list_nn(name),
        (true, _, true) => TypeRef::named_list(name),
    }
}

fn input(argument: &Property) -> InputValue {
    let value = InputValue::new(&argument.name, type_ref(&argument.kind, false));
    if argument.about.is_empty() { value } else { value.description(&argument.about) }
}

fn field(field: &Field) -> dynamic::Field {
    // Of several things that a field names, one may be refused and the others shown.
    let items_may_be_null = matches!(field.source, Source::Link(_));
    let kind = type_ref(&field.kind, items_may_be_null);
    let mut built = dynamic::Field::new(&field.name, kind, |_| FieldFuture::Value(FieldValue::NONE));
    if !field.about.is_empty() {
        built = built.description(&field.about);
    }
    field.arguments.iter().fold(built, |built, argument| built.argument(input(argument)))
}

fn object(name: &str, object: &Object, is_federated: bool) -> dynamic::Object {
    let mut built = dynamic::Object::new(name);
    if !object.about.is_empty() {
        built = built.description(&object.about);
    }
    if is_federated && object.is_entity {
        built = if object.is_known { built.key("id") } else { built.unresolvable("id") };
    }
    object.fields.values().fold(built, |built, one| built.field(field(one)))
}

fn codes(name: &str, about: &str, codes: &[(String, String)]) -> Enum {
    let mut built = Enum::new(name);
    if !about.is_empty() {
        built = built.description(about);
    }
    codes.iter().fold(built, |built, (code, meaning)| {
        let item = EnumItem::new(enum_name(code));
        built.item(if meaning.is_empty() { item } else { item.description(meaning) })
    })
}

/// The schema of a shape.
///
/// # Errors
/// GraphQL does not allow it.
pub fn schema(shape: &Shape, is_federated: bool) -> Result<Schema, String> {
    let mutation = shape.objects.contains_key(MUTATION).then_some(MUTATION);
    let mut builder = Schema::build(QUERY, mutation, None)
        .limit_recursive_depth(INTROSPECTION_DEPTH_MAX * 2)
        .limit_directives(DIRECTIVES_MAX)
        .disable_suggestions()
        .extension(Stops);
    for (name, (about, all)) in &shape.codes {
        builder = builder.register(codes(name, about, all));
    }
    for (name, one) in &shape.objects {
        builder = builder.register(object(name, one, is_federated));
    }
    if is_federated {
        builder = builder.enable_federation().entity_resolver(|_| FieldFuture::Value(FieldValue::NONE));
    }
    builder.finish().map_err(|error| error.0)
}

/// The schema as text.
///
/// # Errors
/// GraphQL does not allow it.
pub fn sdl(shape: &Shape, is_federated: bool) -> Result<String, String> {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    let options = if is_federated { options.federation() } else { options };
    Ok(schema(shape, is_federated)?.sdl_with_options(options))
}

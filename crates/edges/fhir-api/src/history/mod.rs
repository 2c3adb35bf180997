//! Histories (<https://hl7.org/fhir/R4/http.html#history>): of a resource, of a type, of the whole server.
//!
//! Only versions that the caller may see are shown or counted; what is sealed today is closed in its older versions, too.

mod asked;
mod instance;
mod many;
mod page;

use crate::answer::Answer;
use crate::ask::Span;
use crate::failure::Failure;
use asked::Asked;
use galen_access::Context;
use galen_service::House;
use galen_service::observe::Draft;

/// Answers `_history` at any of its three levels.
pub(crate) async fn history(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    span: &Span,
    pairs: Vec<(String, String)>,
) -> Result<Answer, Failure> {
    let asked = Asked::read(pairs)?;
    match span {
        Span::Instance(resource_type, id) => {
            instance::history(house, context, draft, (*resource_type, id), asked).await
        }
        Span::Type(resource_type) => many::history(house, context, draft, Some(*resource_type), asked).await,
        Span::System => many::history(house, context, draft, None, asked).await,
    }
}

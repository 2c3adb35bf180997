//! How much one operation may ask for. A document is measured before it is validated, so that no limit can be reached by
//! what it costs to find out.

use std::time::Duration;

/// Largest request: a document, its variables and what surrounds them.
pub const BODY_BYTES_MAX: usize = 128 * 1024;
/// Longest document. The largest of ours has 600 characters, the introspection of common tools 3,000.
pub const DOCUMENT_BYTES_MAX: usize = 16 * 1024;
/// Most words and signs of a document: what is small in bytes can still be much to parse.
pub const TOKENS_MAX: usize = 2_000;
/// Most brackets within brackets: the parser goes down one call for each.
pub const BRACKETS_MAX: usize = 40;
/// Most operations of a document, of which one is run.
pub const OPERATIONS_MAX: usize = 10;
/// Most fragments of a document.
pub const FRAGMENTS_MAX: usize = 50;
/// Most fields at the top of a query: each is a request of its own over REST.
pub const ROOT_FIELDS_MAX: usize = 10;
/// Most commands of one operation: they run one after the other, and each may wait.
pub const MUTATIONS_MAX: usize = 5;
/// Most fields within fields. From a page to the name of a practitioner it is six.
pub const DEPTH_MAX: usize = 12;
/// Most fields with another name: hundreds of aliases of one expensive field are how one request becomes hundreds.
pub const ALIASES_MAX: usize = 30;
/// Most directives.
pub const DIRECTIVES_MAX: usize = 20;
/// Most fields once all fragments are written out: fragments that use others twice double with each.
pub const FIELDS_MAX: usize = 1_000;
/// Most that an operation may cost: a field is 1, a read of the store 10, and lists multiply what is in them. A clinic's
/// day costs 9,000, a page of 500 appointments with patient and practitioner 7,000.
pub const COST_MAX: u64 = 30_000;
/// What a field costs that reads or changes something.
pub const READ_COST: u64 = 10;
/// Most rows that any page has, however many were asked for.
pub const ROWS_MAX: u64 = 1_000;
/// How long a list is thought to be of which nobody said so.
pub const LIST_ASSUMED: usize = 10;
/// Most things that an answer holds, counted while it is made: estimates may be wrong.
pub const THINGS_MAX: usize = 20_000;
/// Most entities that a gateway asks for at once: a page of appointments has as many patients.
pub const REPRESENTATIONS_MAX: usize = 500;
/// Lists of the schema within lists of the schema, as introspection may ask: it has cycles.
pub const INTROSPECTION_LISTS_MAX: usize = 3;
/// Fields within fields of introspection: what common tools ask for the types of types.
pub const INTROSPECTION_DEPTH_MAX: usize = 16;
/// Reads of one field that run at the same time: those of many parents, which no batch can join.
pub const READS_AT_ONCE: usize = 4;
/// Longest time for a query; commands have REST's.
pub const QUERY_TIME_MAX: Duration = Duration::from_secs(20);
/// Documents that are remembered by their hash.
pub const DOCUMENTS_REMEMBERED_MAX: u64 = 1_000;
/// Errors that an answer tells; what is beyond is counted.
pub const ERRORS_MAX: usize = 50;

//! Profiles: `StructureDefinition`s that narrow a type, applied layer by layer from their base, so that an uploaded differential
//! needs no snapshot (<https://hl7.org/fhir/R4/profiling.html>).

mod check;
mod pattern;
mod read;
mod rule;
mod slice;
#[cfg(test)]
mod tests;
mod value;

pub(super) use read::Unreadable;
pub(super) use rule::Profile;

/// Most profiles between a profile and its type.
const BASES_MAX: usize = 16;
/// Most elements of one differential.
const ELEMENTS_MAX: usize = 20_000;
/// Most profiles of one resource that are checked.
const PROFILES_MAX: usize = 32;
/// Deepest nesting of profiles that element types name.
pub(super) const PROFILE_DEPTH_MAX: u8 = 12;
/// Most values compared with rules in one validation.
pub(super) const CHECKS_MAX: u32 = 400_000;

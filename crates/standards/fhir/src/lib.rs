//! galen-fhir.

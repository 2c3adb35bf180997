//! galen-fhir-api.

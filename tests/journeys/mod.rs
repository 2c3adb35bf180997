//! The journeys, one file each.

mod authorization;
mod booking;
mod communications_oracle;
mod demo;
mod exchange;
mod exchanging;
mod fhir_oracle;
mod killing;
mod loading;
mod markers;
mod messaging_oracle;
mod notifying;
mod registration_oracle;
mod results_oracle;
mod scheduling_oracle;
mod seeing;
mod serving;
mod signing_in;
mod smart_oracle;
mod synthea;
mod terminology;
mod troubles;
mod viewing;

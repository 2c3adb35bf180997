//! The journeys, one file each.

mod authorization;
mod killing;
mod loading;
mod serving;
mod signing_in;
mod synthea;

//! The journeys, one file each.

mod authorization;
mod serving;
mod signing_in;

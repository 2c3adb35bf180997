//! The journeys, one file each.

mod authorization;
mod demo;
mod killing;
mod loading;
mod markers;
mod seeing;
mod serving;
mod signing_in;
mod synthea;
mod troubles;

//! What tests of components and screens need: records, rendering, a server, an eye for accessibility.
export * from './axe';
export * from './records';
export * from './render';
export * from './server';

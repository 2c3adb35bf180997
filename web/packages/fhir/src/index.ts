//! FHIR R4 resources into what the screens show: pure functions, no React, no network.
export * from './datatypes';
export * from './resources';
export * from './views';
export * from './words';
export * from './age';
export * from './coded';
export * from './dates';

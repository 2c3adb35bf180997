//! Refuses changes of the graph that would break released clients: npm @graphql-inspector/core compares the merged schema
//! with the released one. What it calls dangerous (a new code in answers) is refused, too: clients must know codes.

import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { equal, holds, tell } from '../node/checked.js';

const read = (name) => readFileSync(new URL(`../../../schemas/${name}`, import.meta.url), 'utf8');
const breaks = async (before, after) =>
  (await diff(buildSchema(before), buildSchema(after)))
    .filter(({ type, criticality }) => criticality.level === CriticalityLevel.Breaking || type === 'ENUM_VALUE_ADDED')
    .map(({ message }) => message);

// The check sees what it is to see.
const seat = 'enum State { free taken } type Seat { id: ID! row: Int! state: State } type Query { seat(id: ID!, row: Int): Seat }';
const breaking = [
  ['row: Int!', ''],
  ['row: Int!', 'row: String!'],
  ['row: Int!', 'row: Int'],
  ['free taken', 'free'],
  ['free taken', 'free taken broken'],
  ['id: ID!, row: Int', 'id: ID!'],
  ['id: ID!, row: Int', 'id: ID!, row: Int, hall: Int!'],
  ['id: ID!, row: Int', 'id: ID!, row: Int!'],
  ['seat(', 'chair('],
];
for (const [from, to] of breaking) holds((await breaks(seat, seat.replace(from, to))).length > 0, `${from} -> ${to} is refused`);
const harmless = [
  ['row: Int!', 'row: Int! colour: String'],
  ['state: State', 'state: State!'],
  ['id: ID!, row: Int', 'id: ID!, row: Int, hall: Int'],
  ['type Query {', 'type Query { hall: Seat'],
];
for (const [from, to] of harmless) equal(await breaks(seat, seat.replace(from, to)), [], `${from} -> ${to} is allowed`);

equal(await breaks(read('released/graphql/galen.graphql'), read('graphql/galen.graphql')), [], 'released clients go on');
tell('@graphql-inspector/core');

// A record's lists as screens show them, each with the query that it came from: for those who treat and for who is treated.
export * from './allergies';
export * from './attachment-viewer';
export * from './lists';
export * from './results';

// Where the connected applications are; known without loading their screen.
export const CONNECTIONS_PATH = '/connections';

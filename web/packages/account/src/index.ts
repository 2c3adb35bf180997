// Signing in, the page around it, and what a person connected: for the shell and for the patients' own page.
export * from './connections/path';
export * from './connections/scopes';
export * from './keeping';
export * from './page/brand';
export * from './page/card-page';
export * from './page/connection-bar';
export * from './page/expired-dialog';
export * from './page/language-choice';
export * from './page/languages';
export * from './page/leaving';
export * from './page/own-first-screen';
export * from './page/preference-menus';
export * from './page/starting';
export * from './page/surroundings';
export * from './page/taken-over-dialog';
export * from './sign-in/sign-in-form';
export * from './sign-in/sign-in-screen';
export { words } from './words/words';

// Where registration is: at the front desk.
const PLACE = '/desk/registration';

/** Addresses of registration, as `to(id, 'amend')`. */
export const registrationPath = (...parts: readonly string[]): string => [PLACE, ...parts].join('/');

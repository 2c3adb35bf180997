// Where registration is in the portal that shows it.
import { createContext, useContext } from 'react';

const Place = createContext('/doctor/registration');

/** Wraps the screens of a portal that has them elsewhere. */
export const RegistrationPlace = Place.Provider;

/** Addresses of registration, as `to(id, 'amend')`. */
export function useRegistrationPath(): (...parts: readonly string[]) => string {
  const base = useContext(Place);
  return (...parts) => [base, ...parts].join('/');
}

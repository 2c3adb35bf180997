// Where the portal lies: below the shell, or by itself.
import { createContext, useContext } from 'react';

const Place = createContext('/patient');

export const PlaceProvider = Place.Provider;

/** The address of one of the portal's screens. */
export function useAddress(): (screen: string) => string {
  const place = useContext(Place);
  return (screen) => `${place}/${screen}`;
}

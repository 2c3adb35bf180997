// Asks before what was typed is left behind.
import { useEffect } from 'react';
import { useBlocker } from 'react-router';

export interface UnsavedChanges {
  /** Somebody is about to leave: ask them. */
  isAsking: boolean;
  leave: () => void;
  stay: () => void;
}

export function useUnsavedChanges(isDirty: boolean): UnsavedChanges {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isDirty && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isDirty]);
  return {
    isAsking: blocker.state === 'blocked',
    leave: () => blocker.proceed?.(),
    stay: () => blocker.reset?.(),
  };
}

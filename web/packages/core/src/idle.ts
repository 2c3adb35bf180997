// A screen that nobody touches is locked: the server ends the session by then, and what is shown must go with it.
import { useEffect } from 'react';
import { useAppDispatch } from './hooks';
import { sessionExpired } from './session';

/** The server's own limit. */
export const IDLE_MINUTES_MAX = 15;

const CHECK_MS = 15_000;
const SIGNS_OF_LIFE = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

export function useIdleLock(isSignedIn: boolean): void {
  const dispatch = useAppDispatch();
  useEffect(() => {
    if (!isSignedIn) return;
    let lastSign = Date.now();
    const alive = () => {
      lastSign = Date.now();
    };
    // Timers sleep with the machine, so the clock is asked and not the timer.
    const check = () => {
      if (Date.now() - lastSign >= IDLE_MINUTES_MAX * 60_000) dispatch(sessionExpired());
    };
    const timer = setInterval(check, CHECK_MS);
    for (const sign of SIGNS_OF_LIFE) addEventListener(sign, alive, { passive: true });
    return () => {
      clearInterval(timer);
      for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, alive);
    };
  }, [dispatch, isSignedIn]);
}

// The clock of screens that show how long ago something was.
import { useEffect, useState } from 'react';

const TICK_MS = 30_000;

/** Now, in milliseconds since 1970; renewed twice a minute. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

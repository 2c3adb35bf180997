// How long a time is still kept: counted where it is seen, and said out loud at the minutes only.
import { useWords } from '@galen/core';
import { Banner, VisuallyHidden } from '@galen/ui';
import { useEffect, useState } from 'react';
import { words } from '../words/words';

const TICK_MS = 1_000;

export function useSecondsLeft(until: string | null | undefined): number {
  const left = () => (until ? Math.max(0, Math.ceil((Date.parse(until) - Date.now()) / 1_000)) : 0);
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(left()), TICK_MS);
    return () => clearInterval(timer);
    // eslint-disable-next-line react/exhaustive-deps
  }, [until]);
  return seconds;
}

export function Countdown({ seconds }: { seconds: number }) {
  const t = useWords(words);
  const two = (number: number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const clock = hours > 0 ? `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}` : `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  // Said every ten minutes while there is time, and every minute when there is little.
  const minutes = seconds > 600 ? Math.ceil(seconds / 600) * 10 : Math.ceil(seconds / 60);
  return (
    <>
      <Banner icon="clock" tone={seconds <= 60 ? 'warning' : 'info'}>
        <span aria-hidden="true">{t(hours > 0 ? 'keptForHours' : 'keptFor', { clock })}</span>
      </Banner>
      <VisuallyHidden live="polite">{t('keptForMinutes', { count: minutes })}</VisuallyHidden>
    </>
  );
}

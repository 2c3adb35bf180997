// The tab's title: the screen first, so that many tabs can be told apart.
import { useEffect } from 'react';

export const PRODUCT = 'Galen';

export function useTitle(...parts: readonly (string | undefined)[]): void {
  const title = [...parts.filter((part) => part !== undefined && part !== ''), PRODUCT].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}

// The tab's title: the screen first, so that many tabs can be told apart.
import { useEffect, useId } from 'react';

export const PRODUCT = 'Galen';

/** Of those on screen, the one in front last. When it goes, the title of what it covered comes back. */
const titles = new Map<string, string>();

function show(): void {
  document.title = [...titles.values()].at(-1) ?? PRODUCT;
}

export function useTitle(...parts: readonly (string | undefined)[]): void {
  const id = useId();
  const title = [...parts.filter((part) => part !== undefined && part !== ''), PRODUCT].join(' · ');
  useEffect(() => {
    titles.set(id, title);
    show();
  }, [id, title]);
  useEffect(
    () => () => {
      titles.delete(id);
      show();
    },
    [id],
  );
}

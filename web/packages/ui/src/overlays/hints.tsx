//! Hints on hover, focus and touch, for any element with `data-hint`. Never the only place where something is said.
//! One layer serves the page: a tooltip component in each cell of a long grid costs more than the grid.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';

const OPEN_MS = 300;
/** Long enough for the pointer to reach the hint itself (WCAG 1.4.13). */
const CLOSE_MS = 150;
const EDGE_PX = 8;

interface Hint {
  text: string;
  target: Element;
}

const hintedBy = (target: EventTarget | null): Element | null => (target instanceof Element ? target.closest('[data-hint]') : null);

function hintOf(target: Element | null): Hint | undefined {
  const text = target?.getAttribute('data-hint');
  return target && text ? { text, target } : undefined;
}

/** Above the element where there is room, else below, and never over the edge of the screen. */
export function hintPlace(target: DOMRect, size: { width: number; height: number }, screenWidth: number): { left: number; top: number } {
  const middle = target.left + target.width / 2 - size.width / 2;
  const left = Math.max(EDGE_PX, Math.min(screenWidth - size.width - EDGE_PX, middle));
  const above = target.top - size.height - EDGE_PX;
  return { left, top: above >= EDGE_PX ? above : target.bottom + EDGE_PX };
}

function useHint(layer: React.RefObject<HTMLDivElement | null>): Hint | undefined {
  const [hint, setHint] = useState<Hint>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (next: Hint | undefined, delay: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => setHint(next), delay);
    };
    const now = (next: Hint | undefined) => {
      clearTimeout(timer);
      setHint(next);
    };
    const pointed = (event: PointerEvent) => {
      if (event.target instanceof Node && layer.current?.contains(event.target)) {
        clearTimeout(timer);
        return;
      }
      const next = hintOf(hintedBy(event.target));
      later(next, next ? OPEN_MS : CLOSE_MS);
    };
    // A click focuses too, but only a keyboard's focus asks for words.
    const focused = (event: FocusEvent) => now(event.target instanceof Element && event.target.matches(':focus-visible') ? hintOf(hintedBy(event.target)) : undefined);
    const left = () => now(undefined);
    const pressed = (event: KeyboardEvent) => {
      if (event.key === 'Escape') now(undefined);
    };
    document.addEventListener('pointerover', pointed);
    document.addEventListener('focusin', focused);
    document.addEventListener('focusout', left);
    document.addEventListener('keydown', pressed);
    window.addEventListener('scroll', left, true);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerover', pointed);
      document.removeEventListener('focusin', focused);
      document.removeEventListener('focusout', left);
      document.removeEventListener('keydown', pressed);
      window.removeEventListener('scroll', left, true);
    };
  }, [layer]);
  return hint;
}

export function HintLayer() {
  const layer = useRef<HTMLDivElement>(null);
  const hint = useHint(layer);
  useLayoutEffect(() => {
    const element = layer.current;
    if (!element || !hint) return;
    const { left, top } = hintPlace(hint.target.getBoundingClientRect(), element.getBoundingClientRect(), document.documentElement.clientWidth);
    // Physical sides, since the place was measured on the screen.
    element.style.transform = `translate(${left}px, ${top}px)`;
  }, [hint]);
  return hint ? <div ref={layer} role="tooltip" className="g-hint" dir="auto">{hint.text}</div> : null;
}

// Keyboard shortcuts of the screens, and the list of them that `?` shows.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { preferences } from './preferences';

export interface Shortcut {
  /** `?`, `g p`, `mod+k`: `mod` is Ctrl, or Cmd on a Mac. */
  keys: string;
  label: string;
}

interface Entry extends Shortcut {
  run: () => void;
}

const SEQUENCE_TIME_MAX_MS = 1_000;
const TYPING = 'input, textarea, select, [contenteditable="true"], [role="combobox"], [role="textbox"]';

let entries: readonly Entry[] = [];
let pending = '';
let pendingSince = 0;
const listeners = new Set<() => void>();

function publish(next: readonly Entry[]): void {
  entries = next;
  for (const listener of listeners) listener();
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    if (!event.altKey && !event.shiftKey) runFirst(`mod+${event.key.toLowerCase()}`, event);
    return;
  }
  const isTyping = event.target instanceof Element && event.target.closest(TYPING) !== null;
  const isBehindDialog = document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
  if (event.altKey || isTyping || isBehindDialog || !preferences().singleKeys || event.key.length !== 1) return;
  const isSequel = pending !== '' && event.timeStamp - pendingSince < SEQUENCE_TIME_MAX_MS;
  const keys = isSequel ? `${pending} ${event.key}` : event.key;
  pending = '';
  if (runFirst(keys, event)) return;
  if (entries.some((entry) => entry.keys.startsWith(`${event.key} `))) {
    pending = event.key;
    pendingSince = event.timeStamp;
  }
}

function runFirst(keys: string, event: KeyboardEvent): boolean {
  const entry = entries.findLast((one) => one.keys === keys);
  if (!entry) return false;
  event.preventDefault();
  entry.run();
  return true;
}

/** The latest screen's shortcut wins over the shell's of the same keys. */
export function useShortcut(keys: string, label: string, run: () => void): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    const entry: Entry = { keys, label, run: () => latest.current() };
    if (entries.length === 0) addEventListener('keydown', onKey);
    publish([...entries, entry]);
    return () => {
      publish(entries.filter((one) => one !== entry));
      if (entries.length === 0) removeEventListener('keydown', onKey);
    };
  }, [keys, label]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function useShortcutList(): readonly Shortcut[] {
  return useSyncExternalStore(subscribe, () => entries);
}

//! Toasts: short news that goes by itself, and an undo that stays for ten seconds.
import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { Button, IconButton } from '../controls/button';
import type { FeedbackTone } from '../feedback/alert';
import { Icon } from '../icons';
import { useLabels } from '../labels/context';

const NEWS_MS = 6_000;
export const UNDO_MS = 10_000;
const TOASTS_MAX = 4;

export interface Toast {
  id: number;
  tone: FeedbackTone;
  message: ReactNode;
  /** Milliseconds on screen; critical news stays until it is closed. */
  lasts: number | undefined;
  onUndo?: () => void;
}

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function publish(next: readonly Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

function add(toast: Omit<Toast, 'id'>): number {
  const id = nextId;
  nextId += 1;
  publish([...toasts, { ...toast, id }].slice(-TOASTS_MAX));
  return id;
}

export function showToast(message: ReactNode, tone: FeedbackTone = 'success'): number {
  return add({ message, tone, lasts: tone === 'critical' ? undefined : NEWS_MS });
}

/** The server already holds the effect: `onUndo` asks it to take the effect back. */
export function showUndoToast(message: ReactNode, onUndo: () => void): number {
  return add({ message, tone: 'info', lasts: UNDO_MS, onUndo });
}

export function hideToast(id: number): void {
  publish(toasts.filter((toast) => toast.id !== id));
}

/** On sign-out: what one person did is no business of the next. */
export function clearToasts(): void {
  publish([]);
}

const icons = { info: 'info', success: 'check', warning: 'alert', critical: 'critical' } as const;
const TICK_MS = 250;

/** Time left; it stands still while the pointer or the keyboard is on the toast (WCAG 2.2.1). */
function useCountdown(toast: Toast, held: boolean): number {
  const [left, setLeft] = useState(toast.lasts ?? 0);
  useEffect(() => {
    if (toast.lasts === undefined || held) return undefined;
    const timer = setInterval(() => setLeft((value) => value - TICK_MS), TICK_MS);
    return () => clearInterval(timer);
  }, [toast.lasts, held]);
  useEffect(() => {
    if (toast.lasts !== undefined && left <= 0) hideToast(toast.id);
  }, [left, toast.id, toast.lasts]);
  return Math.max(0, Math.ceil(left / 1000));
}

function ToastCard({ toast }: { toast: Toast }) {
  const labels = useLabels();
  const [held, setHeld] = useState(false);
  const seconds = useCountdown(toast, held);
  const undo = () => {
    hideToast(toast.id);
    toast.onUndo?.();
  };
  return (
    <div
      className={`g-toast g-alert-${toast.tone}`}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon name={icons[toast.tone]} />
      <div className="g-alert-body">{toast.message}</div>
      {toast.onUndo && (
        <Button size="sm" onClick={undo}>
          {labels.undo}
          <span className="g-toast-seconds" aria-hidden="true">{labels.undoSeconds(seconds)}</span>
        </Button>
      )}
      <IconButton icon="close" size="sm" label={labels.close} onClick={() => hideToast(toast.id)} />
    </div>
  );
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function ToastRegion() {
  const labels = useLabels();
  const shown = useSyncExternalStore(subscribe, () => toasts, () => toasts);
  return (
    <section className="g-toasts" aria-label={labels.notifications} aria-live="polite" aria-relevant="additions">
      {shown.map((toast) => <ToastCard key={toast.id} toast={toast} />)}
    </section>
  );
}

//! A workspace beside the page: it covers neither the banner nor the chart, and Esc closes it with the draft kept.
import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { IconButton } from '../controls/button';
import { useLabels } from '../labels/context';
import { Heading } from '../layout/layout';

export interface SidePanelProps {
  opened: boolean;
  onClose: () => void;
  title: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

export function SidePanel({ opened, onClose, title, actions, children }: SidePanelProps) {
  const labels = useLabels();
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!opened) return undefined;
    const before = document.activeElement;
    heading.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [opened]);
  if (!opened) return null;
  const closeOnEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.stopPropagation();
    onClose();
  };
  return (
    <aside className="g-side-panel" aria-labelledby={id} onKeyDown={closeOnEscape}>
      <header className="g-panel-header">
        <Heading ref={heading} level={2} look={3} id={id} focusable>{title}</Heading>
        <IconButton icon="close" label={labels.close} onClick={onClose} />
      </header>
      <div className="g-side-panel-body">{children}</div>
      {actions !== undefined && <footer className="g-side-panel-actions">{actions}</footer>}
    </aside>
  );
}

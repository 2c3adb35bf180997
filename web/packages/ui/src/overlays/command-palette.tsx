//! Ctrl+K: patients, screens and actions in one box. Groups may still be loading; what is there can be used at once.
import { Modal } from '@mantine/core';
import { useEffect, useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Icon, type IconName } from '../icons';
import { useLabels } from '../labels/context';

export interface PaletteItem {
  id: string;
  label: ReactNode;
  /** Second line: identifiers of a patient, where a screen leads. */
  detail?: ReactNode;
  icon?: IconName;
  /** Keys that do the same. */
  keys?: string;
  onSelect: () => void;
}

export interface PaletteGroup {
  id: string;
  label: string;
  items: readonly PaletteItem[];
  state?: 'ready' | 'loading' | 'failed';
}

export interface CommandPaletteProps {
  opened: boolean;
  onClose: () => void;
  query: string;
  onQueryChange: (query: string) => void;
  groups: readonly PaletteGroup[];
}

function PaletteOption({ item, id, active, onPick, onHover }: { item: PaletteItem; id: string; active: boolean; onPick: () => void; onHover: () => void }) {
  return (
    <div id={id} role="option" aria-selected={active} className="g-palette-option" onMouseMove={onHover} onMouseDown={(event) => event.preventDefault()} onClick={onPick}>
      {item.icon && <Icon name={item.icon} />}
      <span className="g-palette-words">
        <bdi>{item.label}</bdi>
        {item.detail !== undefined && <span className="g-palette-detail">{item.detail}</span>}
      </span>
      {item.keys && <kbd className="g-keys">{item.keys}</kbd>}
    </div>
  );
}

function moved(key: string, active: number, count: number): number | undefined {
  if (count === 0) return undefined;
  if (key === 'ArrowDown') return (active + 1) % count;
  if (key === 'ArrowUp') return (active - 1 + count) % count;
  if (key === 'PageDown') return Math.min(count - 1, active + 5);
  if (key === 'PageUp') return Math.max(0, active - 5);
  return undefined;
}

function PaletteBody({ query, onQueryChange, groups, onClose }: Omit<CommandPaletteProps, 'opened'>) {
  const labels = useLabels();
  const id = useId();
  const shown = groups.filter((group) => group.items.length > 0 || (group.state !== undefined && group.state !== 'ready'));
  const items = shown.flatMap((group) => group.items);
  const [activeId, setActiveId] = useState<string>();
  const active = Math.max(0, items.findIndex((item) => item.id === activeId));
  const optionId = (item: PaletteItem) => `${id}-${item.id}`;
  const current = items[active];
  const currentId = current && optionId(current);
  useEffect(() => {
    if (currentId) document.getElementById(currentId)?.scrollIntoView({ block: 'nearest' });
  }, [currentId]);
  const pick = (item: PaletteItem | undefined) => {
    if (!item) return;
    onClose();
    item.onSelect();
  };
  const press = (event: KeyboardEvent) => {
    const next = moved(event.key, active, items.length);
    if (next !== undefined) {
      event.preventDefault();
      setActiveId(items[next]?.id);
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      pick(current);
    }
  };
  const loading = shown.some((group) => group.state === 'loading');
  return (
    <div className="g-palette" onKeyDown={press}>
      <div className="g-palette-box">
        <Icon name="search" />
        <input
          className="g-palette-input"
          data-autofocus
          role="combobox"
          aria-expanded={items.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={currentId}
          aria-autocomplete="list"
          aria-label={labels.palette.title}
          placeholder={labels.palette.placeholder}
          autoComplete="off"
          spellCheck={false}
          dir="auto"
          value={query}
          onChange={(event) => { setActiveId(undefined); onQueryChange(event.currentTarget.value); }}
        />
      </div>
      <div id={`${id}-list`} role="listbox" aria-label={labels.palette.title} className="g-palette-list">
        {shown.map((group) => (
          <div key={group.id} role="group" aria-label={group.label}>
            <div className="g-palette-group" aria-hidden="true">{group.label}</div>
            {group.items.map((item) => (
              <PaletteOption key={item.id} item={item} id={optionId(item)} active={item === current} onPick={() => pick(item)} onHover={() => setActiveId(item.id)} />
            ))}
            {group.state === 'failed' && <div className="g-palette-note"><Icon name="alert" />{labels.palette.failed}</div>}
          </div>
        ))}
      </div>
      <div className="g-palette-status" role="status">
        {loading ? labels.palette.searching : items.length === 0 ? labels.palette.nothing : labels.palette.hint}
      </div>
    </div>
  );
}

export function CommandPalette({ opened, onClose, ...body }: CommandPaletteProps) {
  const labels = useLabels();
  return (
    <Modal.Root opened={opened} onClose={onClose} padding={0} size={640} yOffset="10vh" centered={false} transitionProps={{ duration: 0 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={labels.palette.title}>
        <Modal.Body><PaletteBody onClose={onClose} {...body} /></Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

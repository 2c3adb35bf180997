//! The same day as a list, for narrow screens: by time, each with whose it is.
import { formatTime } from '@galen/fhir';
import { Icon } from '../icons';
import { classes } from '../layout/layout';
import type { DayBlock, DayColumn } from './day-calendar';

export interface DayAgendaProps {
  label: string;
  timeZone: string;
  columns: readonly DayColumn[];
  blocks: readonly DayBlock[];
  selected?: string | undefined;
  onOpen: (key: string) => void;
}

export function DayAgenda({ label, timeZone, columns, blocks, selected, onOpen }: DayAgendaProps) {
  const title = new Map(columns.map((column) => [column.key, column.title]));
  const shown = blocks.filter((block) => title.has(block.column)).sort((a, b) => a.start - b.start || a.column.localeCompare(b.column));
  return (
    <ul className="g-agenda" aria-label={label}>
      {shown.map((block) => (
        <li key={block.key}>
          <button type="button" className={classes('g-day-block', `g-day-${block.tone}`)} aria-pressed={selected === block.key} onClick={() => onOpen(block.key)}>
            <span className="g-agenda-time g-figures">{formatTime(block.start, timeZone)}</span>
            <span className="g-agenda-what">
              <strong dir="auto">{block.title}</strong>
              <span className="g-day-state"><Icon name={block.icon} size={1} /> {block.state}</span>
              <span className="g-agenda-detail">{[block.detail, title.get(block.column)].filter(Boolean).join(' · ')}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

//! A day: a column for each person or room, time down the side, and what is booked. Blocks are moved by dragging, or with
//! Space and the arrows.
import { formatTime } from '@galen/fhir';
import { useEffect, useId, useMemo, useRef, type MouseEvent } from 'react';
import { useLabels } from '../labels/context';
import { Icon, type IconName } from '../icons';
import { classes, VisuallyHidden } from '../layout/layout';
import { gapsOf, HOUR_MS, lanesOf, MINUTE_MS, rangeOf, type DaySpan } from './geometry';
import { useMoving } from './use-moving';

const PIXELS_PER_MINUTE = 2.4;
const PIXELS_PER_MS = PIXELS_PER_MINUTE / MINUTE_MS;
/** Blocks lower than this have room for one line only. */
const ONE_LINE_MINUTES_MAX = 14;
/** How far above now the day is scrolled to. */
const BEFORE_NOW_MS = HOUR_MS;

export type DayTone = 'neutral' | 'info' | 'success' | 'warning' | 'critical' | 'muted';

export interface DayPlace {
  column: string;
  /** Milliseconds since 1970. */
  start: number;
}

export interface DayColumn {
  key: string;
  title: string;
  detail?: string;
  open: readonly DaySpan[];
  /** Leave, within the open times or not. */
  absent: readonly DaySpan[];
  /** Taken by what may not be shown. */
  taken: readonly DaySpan[];
}

export interface DayBlock extends DayPlace {
  key: string;
  end: number;
  title: string;
  detail?: string;
  /** The state in a word; icon and tone say it again. */
  state: string;
  icon: IconName;
  tone: DayTone;
  movable: boolean;
}

export interface DayCalendarProps {
  label: string;
  /** Midnight where the day is. */
  dayStart: number;
  timeZone: string;
  columns: readonly DayColumn[];
  blocks: readonly DayBlock[];
  now: number;
  selected?: string | undefined;
  /** The block that is being moved. */
  lifted?: string | undefined;
  onLift: (key: string | undefined) => void;
  onOpen: (key: string) => void;
  onMove: (key: string, to: DayPlace) => void;
  /** A press on free time. */
  onPick?: (at: DayPlace) => void;
}

const isIn = (span: DaySpan, range: DaySpan) => span.end > range.start && span.start < range.end;

function Shade({ kind, span, range, text }: { kind: 'closed' | 'absent' | 'taken'; span: DaySpan; range: DaySpan; text?: string }) {
  const start = Math.max(span.start, range.start);
  const end = Math.min(span.end, range.end);
  return (
    <div
      className={`g-day-shade g-day-${kind}`}
      style={{ insetBlockStart: (start - range.start) * PIXELS_PER_MS, blockSize: (end - start) * PIXELS_PER_MS }}
    >
      {text !== undefined && <span>{text}</span>}
    </div>
  );
}

export function DayCalendar(props: DayCalendarProps) {
  const { label, dayStart, timeZone, columns, blocks, now, selected, lifted, onLift, onOpen, onMove, onPick } = props;
  const labels = useLabels();
  const helpId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const scrolledFor = useRef<number>(undefined);
  const range = useMemo(
    () => rangeOf([...columns.flatMap(({ open, absent }) => [...open, ...absent.filter((span) => span.end - span.start < 12 * HOUR_MS)]), ...blocks], dayStart),
    [columns, blocks, dayStart],
  );
  const { moving, pressPointer, pressKey, dropAt, endedDrag, under } = useMoving({
    columns, blocks, range, pixelsPerMs: PIXELS_PER_MS, body, lifted, onLift, onMove,
  });
  const hours = Array.from({ length: Math.round((range.end - range.start) / HOUR_MS) }, (_, hour) => range.start + hour * HOUR_MS);
  const hasNow = now >= range.start && now < range.end;
  const column = (key: string) => columns.find((one) => one.key === key);

  useEffect(() => {
    // Once for each day: whoever scrolled is left where they are.
    if (!hasNow || !scroller.current || scrolledFor.current === dayStart) return;
    scrolledFor.current = dayStart;
    scroller.current.scrollTop = (now - BEFORE_NOW_MS - range.start) * PIXELS_PER_MS;
  }, [dayStart, range.start, hasNow, now]);

  const press = (event: MouseEvent<HTMLElement>) => {
    if (event.target instanceof Element && event.target.closest('[data-block]')) return;
    if (endedDrag() || dropAt(event.clientX, event.clientY)) return;
    const at = under(event.clientX, event.clientY, 0, 0);
    if (at) onPick?.(at);
  };
  const carried = moving && blocks.find(({ key }) => key === moving.key);
  return (
    <div className={classes('g-day', lifted !== undefined && 'g-day-moving')} ref={scroller} role="group" aria-label={label} tabIndex={0}>
      <p id={helpId} className="g-hidden">{labels.day.help}</p>
      <VisuallyHidden live="assertive">
        {moving ? labels.day.carried(formatTime(moving.target.start, timeZone), column(moving.target.column)?.title ?? '') : ''}
      </VisuallyHidden>
      <div className="g-day-grid" style={{ gridTemplateColumns: `3.25rem repeat(${columns.length}, minmax(11rem, 1fr))` }}>
        <div className="g-day-corner" />
        {columns.map((one) => (
          <div key={one.key} className="g-day-head">
            <strong dir="auto">{one.title}</strong>
            {one.detail !== undefined && <span className="g-tone-muted">{one.detail}</span>}
          </div>
        ))}
        <div className="g-day-axis" aria-hidden="true" style={{ blockSize: (range.end - range.start) * PIXELS_PER_MS }}>
          {hours.map((hour) => (
            <span key={hour} style={{ insetBlockStart: (hour - range.start) * PIXELS_PER_MS }}>{formatTime(hour, timeZone)}</span>
          ))}
          {hasNow && <span className="g-day-now-time" style={{ insetBlockStart: (now - range.start) * PIXELS_PER_MS }}>{formatTime(now, timeZone)}</span>}
        </div>
        <div ref={body} className="g-day-columns" style={{ gridColumn: `span ${columns.length}` }} onClick={press}>
          {columns.map((one) => (
            <Column key={one.key} column={one} blocks={blocks.filter((block) => block.column === one.key)} range={range} timeZone={timeZone} helpId={helpId}
              carried={carried} target={moving?.target} selected={selected} pressPointer={pressPointer} pressKey={pressKey}
              onOpen={(key) => { if (!endedDrag()) onOpen(key); }} />
          ))}
          {hasNow && <div className="g-day-now" style={{ insetBlockStart: (now - range.start) * PIXELS_PER_MS }} aria-hidden="true" />}
        </div>
      </div>
    </div>
  );
}

interface ColumnProps extends Pick<ReturnType<typeof useMoving>, 'pressPointer' | 'pressKey'> {
  column: DayColumn;
  blocks: readonly DayBlock[];
  range: DaySpan;
  timeZone: string;
  helpId: string;
  carried: DayBlock | undefined;
  target: DayPlace | undefined;
  selected: string | undefined;
  onOpen: (key: string) => void;
}

function Column({ column, blocks, range, timeZone, helpId, carried, target, selected, pressPointer, pressKey, onOpen }: ColumnProps) {
  const labels = useLabels();
  const lanes = lanesOf(blocks);
  const top = (instant: number) => (instant - range.start) * PIXELS_PER_MS;
  const ghost = carried && target?.column === column.key ? target : undefined;
  return (
    <section className="g-day-column" data-column={column.key} aria-label={column.title}>
      {gapsOf(column.open, range).map((span) => <Shade key={`c${span.start}`} kind="closed" span={span} range={range} />)}
      {column.absent.filter((span) => isIn(span, range)).map((span) => <Shade key={`a${span.start}`} kind="absent" span={span} range={range} text={labels.day.absent} />)}
      {column.taken.filter((span) => isIn(span, range)).map((span) => <Shade key={`t${span.start}`} kind="taken" span={span} range={range} text={labels.day.taken} />)}
      <ul>
        {[...blocks].sort((a, b) => a.start - b.start).map((block) => {
          const { lane, lanes: count } = lanes.get(block.key) ?? { lane: 0, lanes: 1 };
          const isLow = (block.end - block.start) / MINUTE_MS <= ONE_LINE_MINUTES_MAX;
          return (
            <li key={block.key} className="g-day-item" style={{ insetBlockStart: top(block.start), blockSize: top(block.end) - top(block.start), insetInlineStart: `${(lane * 100) / count}%`, inlineSize: `${100 / count}%` }}>
              <button
                type="button"
                data-block={block.key}
                className={classes('g-day-block', `g-day-${block.tone}`, isLow && 'g-day-low', block.movable && 'g-day-movable', carried?.key === block.key && 'g-day-lifted')}
                aria-pressed={selected === block.key}
                {...(block.movable && { 'aria-describedby': helpId })}
                onPointerDown={(event) => pressPointer(event, block)}
                onKeyDown={(event) => pressKey(event, block)}
                onKeyUp={(event) => { if (event.key === ' ') event.preventDefault(); }}
                onClick={() => onOpen(block.key)}
              >
                <span className="g-day-line">
                  <span className="g-figures">{formatTime(block.start, timeZone)}</span> <strong dir="auto">{block.title}</strong>
                </span>
                <span className="g-day-line g-day-state">
                  <Icon name={block.icon} size={1} /> {block.state}{block.detail !== undefined && <span className="g-day-detail"> · {block.detail}</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {ghost && carried && (
        <div className="g-day-ghost" style={{ insetBlockStart: top(ghost.start), blockSize: top(carried.end) - top(carried.start) }}>
          <span className="g-figures">{formatTime(ghost.start, timeZone)}–{formatTime(ghost.start + carried.end - carried.start, timeZone)}</span>
        </div>
      )}
    </section>
  );
}

//! Moving a block of a day with the pointer or with the keyboard: picked up, carried, dropped or let go of.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';
import type { DayBlock, DayColumn, DayPlace } from './day-calendar';
import { snapped, STEP_MS, type DaySpan } from './geometry';

/** How far the pointer goes before a press is a drag. */
const DRAG_PX_MIN = 5;
const ARROWS_MINUTES: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, PageUp: -6, PageDown: 6 };

export interface Moving {
  key: string;
  target: DayPlace;
}

interface MovingOptions {
  columns: readonly DayColumn[];
  blocks: readonly DayBlock[];
  range: DaySpan;
  pixelsPerMs: number;
  body: RefObject<HTMLElement | null>;
  lifted: string | undefined;
  onLift: (key: string | undefined) => void;
  onMove: (key: string, to: DayPlace) => void;
}

const placeOf = (block: DayBlock): DayPlace => ({ column: block.column, start: block.start });

export function useMoving(options: MovingOptions) {
  const { columns, blocks, range, lifted, onLift, onMove } = options;
  const [target, setTarget] = useState<DayPlace>();
  const latest = useRef(options);
  const wasDragged = useRef(false);
  useEffect(() => {
    latest.current = options;
  });
  const block = blocks.find(({ key }) => key === lifted);
  const moving: Moving | undefined = block && { key: block.key, target: target ?? placeOf(block) };

  // Whoever picked it up by a button elsewhere goes on with the arrows at once.
  useEffect(() => {
    setTarget(undefined);
    if (lifted === undefined) return;
    latest.current.body.current?.querySelector<HTMLElement>(`[data-block="${CSS.escape(lifted)}"]`)?.focus();
  }, [lifted]);

  const letGo = () => {
    setTarget(undefined);
    onLift(undefined);
  };
  const drop = (moved: DayBlock, to: DayPlace) => {
    letGo();
    if (to.column !== moved.column || to.start !== moved.start) onMove(moved.key, to);
  };

  /** The place under the pointer, for something of this length held `grip` milliseconds below its top. */
  const under = (x: number, y: number, length: number, grip: number): DayPlace | undefined => {
    const { body, pixelsPerMs, range: whole } = latest.current;
    const elements = [...(body.current?.querySelectorAll<HTMLElement>('[data-column]') ?? [])];
    const over = elements.find((element) => {
      const { left, right } = element.getBoundingClientRect();
      return x >= left && x < right;
    });
    const column = over?.dataset.column;
    if (!over || column === undefined) return undefined;
    const start = whole.start + (y - over.getBoundingClientRect().top) / pixelsPerMs - grip;
    return { column, start: snapped(start, length, whole) };
  };

  const pressPointer = (event: PointerEvent<HTMLElement>, pressed: DayBlock) => {
    // Touch scrolls; there the button "Move" picks up, and a tap drops.
    if (!pressed.movable || event.button !== 0 || event.pointerType === 'touch') return;
    const from = { x: event.clientX, y: event.clientY };
    const length = pressed.end - pressed.start;
    const grip = (event.clientY - event.currentTarget.getBoundingClientRect().top) / options.pixelsPerMs;
    let place: DayPlace | undefined;
    wasDragged.current = false;
    const move = (moved: globalThis.PointerEvent) => {
      const isFar = Math.hypot(moved.clientX - from.x, moved.clientY - from.y) >= DRAG_PX_MIN;
      if (!wasDragged.current && !isFar) return;
      if (!wasDragged.current) onLift(pressed.key);
      wasDragged.current = true;
      place = under(moved.clientX, moved.clientY, length, grip) ?? place;
      setTarget(place);
    };
    const end = () => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', cancel);
      removeEventListener('keydown', escape);
    };
    const up = () => {
      end();
      if (!wasDragged.current) return;
      drop(pressed, place ?? placeOf(pressed));
      // The click of this press comes before; a later one is no longer the drag's.
      setTimeout(() => {
        wasDragged.current = false;
      });
    };
    const cancel = () => {
      end();
      letGo();
    };
    const escape = (pressedKey: globalThis.KeyboardEvent) => {
      if (pressedKey.key === 'Escape') cancel();
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', cancel);
    addEventListener('keydown', escape);
  };

  const pressKey = (event: KeyboardEvent<HTMLElement>, pressed: DayBlock) => {
    if (!moving || moving.key !== pressed.key) {
      if (event.key === ' ' && pressed.movable) {
        event.preventDefault();
        onLift(pressed.key);
      }
      return;
    }
    const length = pressed.end - pressed.start;
    const steps = ARROWS_MINUTES[event.key];
    const isRightToLeft = getComputedStyle(event.currentTarget).direction === 'rtl';
    const aside = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (steps !== undefined) {
      setTarget({ ...moving.target, start: snapped(moving.target.start + steps * STEP_MS, length, range) });
    } else if (aside !== 0) {
      const place = columns.findIndex(({ key }) => key === moving.target.column) + (isRightToLeft ? -aside : aside);
      const column = columns[Math.max(0, Math.min(place, columns.length - 1))]?.key;
      if (column !== undefined) setTarget({ ...moving.target, column });
    } else if (event.key === 'Enter' || event.key === ' ') drop(pressed, moving.target);
    else if (event.key === 'Escape') letGo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** A press on free space: drops what is carried; `undefined` when nothing is. */
  const dropAt = (x: number, y: number): boolean => {
    if (!block) return false;
    const to = under(x, y, block.end - block.start, 0);
    if (to) drop(block, to);
    return true;
  };

  /** Whether the click that follows belongs to a drag. */
  const endedDrag = () => {
    const ended = wasDragged.current;
    wasDragged.current = false;
    return ended;
  };
  return { moving, pressPointer, pressKey, dropAt, endedDrag, under };
}

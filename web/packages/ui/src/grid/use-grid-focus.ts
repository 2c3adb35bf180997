//! The one cell of a grid that has the focus, and the keys that move it. Row -1 is the header.
import { useCallback, useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type RefObject } from 'react';

export interface CellPosition {
  row: number;
  column: number;
}

const PAGE_ROWS = 10;

/** Where a key leads; undefined for keys that do not move. `rightToLeft` turns the arrows round. */
export function movedCell(key: string, control: boolean, from: CellPosition, rows: number, columns: number, rightToLeft: boolean): CellPosition | undefined {
  const ahead = rightToLeft ? 'ArrowLeft' : 'ArrowRight';
  const back = rightToLeft ? 'ArrowRight' : 'ArrowLeft';
  const inside = (row: number, column: number): CellPosition => ({
    row: Math.max(-1, Math.min(rows - 1, row)),
    column: Math.max(0, Math.min(columns - 1, column)),
  });
  switch (key) {
    case 'ArrowDown': return inside(from.row + 1, from.column);
    case 'ArrowUp': return inside(from.row - 1, from.column);
    case ahead: return inside(from.row, from.column + 1);
    case back: return inside(from.row, from.column - 1);
    case 'PageDown': return inside(from.row + PAGE_ROWS, from.column);
    case 'PageUp': return inside(Math.max(0, from.row - PAGE_ROWS), from.column);
    case 'Home': return control ? inside(0, 0) : inside(from.row, 0);
    case 'End': return control ? inside(rows - 1, columns - 1) : inside(from.row, columns - 1);
    default: return undefined;
  }
}

interface GridFocus {
  scroller: RefObject<HTMLDivElement | null>;
  rows: number;
  columns: number;
  scrollTo: (row: number) => void;
}

const typing = (target: EventTarget) => target instanceof Element && target.closest('input, select, textarea') !== null;

export function useGridFocus({ scroller, rows, columns, scrollTo }: GridFocus) {
  const [position, setPosition] = useState<CellPosition>({ row: 0, column: 0 });
  const wanted = useRef<CellPosition>(undefined);
  const cell = useCallback(
    ({ row, column }: CellPosition) => scroller.current?.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${column}"]`),
    [scroller],
  );
  useEffect(() => {
    // The row may have come into the document only just now, so the focus is tried after every drawing until it lands.
    const target = wanted.current && cell(wanted.current);
    if (!target) return;
    wanted.current = undefined;
    target.focus({ preventScroll: true });
  });
  useEffect(() => {
    if (position.row >= rows) setPosition({ row: Math.max(0, rows - 1), column: position.column });
  }, [rows, position]);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): boolean => {
    if (event.altKey || event.metaKey || typing(event.target)) return false;
    const rightToLeft = getComputedStyle(event.currentTarget).direction === 'rtl';
    const next = movedCell(event.key, event.ctrlKey, position, rows, columns, rightToLeft);
    if (!next) return false;
    event.preventDefault();
    wanted.current = next;
    if (next.row >= 0) scrollTo(next.row);
    setPosition(next);
    return true;
  };
  const onFocus = (event: FocusEvent<HTMLElement>) => {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]') : null;
    if (target) setPosition({ row: Number(target.dataset.row), column: Number(target.dataset.column) });
  };
  return { position, onKeyDown, onFocus };
}

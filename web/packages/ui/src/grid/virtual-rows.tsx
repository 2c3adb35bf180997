//! The wide form of the grid, after the ARIA grid pattern, with virtual rows under a header that stays.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type CSSProperties, type KeyboardEvent, type MouseEvent } from 'react';
import { useLabels } from '../labels/context';
import { classes, VisuallyHidden } from '../layout/layout';
import type { DataGridProps, GridColumn, GridSort } from './data-grid';
import { useGridFocus } from './use-grid-focus';

const ROW_PX = 40;
const OVERSCAN_ROWS = 12;
const NEAR_END_ROWS = 20;

export interface RowsProps<Row> extends Omit<DataGridProps<Row>, 'state' | 'onRetry' | 'empty' | 'onSortChange'> {
  onSortChange: (sort: GridSort) => void;
}

export function nextSort(column: string, sort: GridSort | undefined): GridSort {
  const ascending = sort?.column === column && sort.direction === 'ascending';
  return { column, direction: ascending ? 'descending' : 'ascending' };
}

function HeaderCell<Row>({ column, index, sort, onSortChange, tabIndex }: { column: GridColumn<Row>; index: number; sort: GridSort | undefined; onSortChange: (sort: GridSort) => void; tabIndex: number }) {
  const sorted = sort?.column === column.key ? sort.direction : undefined;
  const sortable = column.sortValue !== undefined;
  const change = () => onSortChange(nextSort(column.key, sort));
  return (
    <div
      role="columnheader"
      className={classes('g-grid-head', column.align === 'end' && 'g-grid-end', sortable && 'g-grid-sortable')}
      data-row={-1}
      data-column={index}
      aria-colindex={index + 1}
      tabIndex={tabIndex}
      {...(sortable && { 'aria-sort': sorted ?? 'none', onClick: change })}
    >
      <span>{column.header}</span>
      {sorted && <span aria-hidden="true" className="g-grid-arrow">{sorted === 'ascending' ? '▲' : '▼'}</span>}
    </div>
  );
}

function isInteractive(target: EventTarget, within: Element): boolean {
  const element = target instanceof Element ? target.closest('a, button, input, select, textarea') : null;
  return element !== null && within.contains(element);
}

export function VirtualRows<Row>({ label, columns, rows, rowKey, onOpen, sort, onSortChange, onEndReached, loadingMore, maxHeight = '70vh', rowTone, selectedKey }: RowsProps<Row>) {
  const labels = useLabels();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN_ROWS,
    getItemKey: (index) => { const row = rows[index]; return row === undefined ? index : rowKey(row); },
  });
  const focus = useGridFocus({ scroller, rows: rows.length, columns: columns.length, scrollTo: (row) => virtual.scrollToIndex(row) });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - NEAR_END_ROWS) onEndReached?.();
  }, [last, rows.length, onEndReached]);
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (focus.onKeyDown(event) || event.key !== 'Enter') return;
    const { row, column } = focus.position;
    const definition = columns[column];
    if (row === -1 && definition?.sortValue) onSortChange(nextSort(definition.key, sort));
    const opened = rows[row];
    if (opened !== undefined && !isInteractive(event.target, event.currentTarget)) onOpen?.(opened);
  };
  const template: CSSProperties = { gridTemplateColumns: columns.map((column) => column.width ?? 'minmax(6rem, 1fr)').join(' ') };
  const tab = (row: number, column: number) => (focus.position.row === row && focus.position.column === column ? 0 : -1);
  return (
    <div ref={scroller} className="g-grid-scroller" style={{ maxHeight }}>
      <div role="grid" aria-label={label} aria-rowcount={rows.length + 1} aria-colcount={columns.length} onKeyDown={press} onFocus={focus.onFocus}>
        <div role="rowgroup" className="g-grid-header">
          <div role="row" aria-rowindex={1} className="g-grid-row" style={template}>
            {columns.map((column, index) => (
              <HeaderCell key={column.key} column={column} index={index} sort={sort} onSortChange={onSortChange} tabIndex={tab(-1, index)} />
            ))}
          </div>
        </div>
        <div role="rowgroup" className="g-grid-body" style={{ blockSize: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const open = (event: MouseEvent<HTMLDivElement>) => { if (!isInteractive(event.target, event.currentTarget)) onOpen?.(row); };
            return (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={selectedKey === undefined ? undefined : rowKey(row) === selectedKey}
                className={classes('g-grid-row', 'g-grid-item', onOpen && 'g-grid-opens', `g-grid-${rowTone?.(row) ?? 'default'}`)}
                style={{ ...template, transform: `translateY(${item.start}px)` }}
                onClick={open}
              >
                {columns.map((column, index) => (
                  <div key={column.key} role="gridcell" aria-colindex={index + 1} data-row={item.index} data-column={index} tabIndex={tab(item.index, index)} className={classes('g-grid-cell', column.align === 'end' && 'g-grid-end')}>
                    {column.cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      <VisuallyHidden live="polite">{loadingMore ? labels.loading : ''}</VisuallyHidden>
    </div>
  );
}

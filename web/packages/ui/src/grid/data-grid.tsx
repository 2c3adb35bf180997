//! A grid for long lists: one tab stop, arrows and Home/End inside, only the rows in sight in the document.
//! On a narrow screen each row becomes a card.
import { useState, type ReactNode } from 'react';
import { EmptyState, ErrorState, LoadingState } from '../feedback/alert';
import { useLabels } from '../labels/context';
import { CardList } from './card-list';
import { useNarrow } from './use-narrow';
import { useSortedRows } from './use-sorted-rows';
import { VirtualRows } from './virtual-rows';

export interface GridColumn<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Makes the column sortable; rows without a value come last either way. */
  sortValue?: (row: Row) => string | number | undefined;
  /** CSS width of the track: `8rem`, `minmax(12rem, 2fr)`; `minmax(6rem, 1fr)` where absent. */
  width?: string;
  align?: 'start' | 'end';
  /** The card's heading on a narrow screen; the first column where no one says so. */
  cardTitle?: boolean;
  /** Left out of the card. */
  cardHidden?: boolean;
}

export interface GridSort {
  column: string;
  direction: 'ascending' | 'descending';
}

export interface DataGridProps<Row> {
  label: string;
  columns: readonly GridColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Enter, or a click on the row. */
  onOpen?: (row: Row) => void;
  sort?: GridSort;
  defaultSort?: GridSort;
  onSortChange?: (sort: GridSort) => void;
  /** The rows are in order already (the server sorted them); a click on a header only calls `onSortChange`. */
  sortedElsewhere?: boolean;
  state?: 'ready' | 'loading' | 'failed';
  onRetry?: () => void;
  empty?: ReactNode;
  /** Called when the end comes near, to fetch the next page. */
  onEndReached?: () => void;
  loadingMore?: boolean;
  /** CSS height of the scrolled part; it takes what its rows need up to this. */
  maxHeight?: string;
  rowTone?: (row: Row) => 'default' | 'muted' | 'critical' | 'warning';
  /** Row that stands open beside the grid. */
  selectedKey?: string;
}

export function DataGrid<Row>({ state = 'ready', onRetry, empty, ...props }: DataGridProps<Row>) {
  const labels = useLabels();
  const narrow = useNarrow();
  const [ownSort, setOwnSort] = useState(props.defaultSort);
  const sort = props.sort ?? ownSort;
  const rows = useSortedRows(props.rows, props.columns, props.sortedElsewhere ? undefined : sort);
  const changeSort = (next: GridSort) => {
    setOwnSort(next);
    props.onSortChange?.(next);
  };
  if (state === 'failed') return <ErrorState {...(onRetry && { onRetry })} />;
  if (state === 'loading') return <LoadingState lines={6} />;
  if (rows.length === 0) return empty ?? <EmptyState title={labels.grid.empty} icon="table" />;
  const shared = { ...props, rows, ...(sort && { sort }), onSortChange: changeSort };
  return narrow ? <CardList {...shared} /> : <VirtualRows {...shared} />;
}

//! Sorting through TanStack Table: stable, values without an entry last in both directions.
import { createColumnHelper, getCoreRowModel, getSortedRowModel, useReactTable, type SortingFn } from '@tanstack/react-table';
import { useMemo } from 'react';
import type { GridColumn, GridSort } from './data-grid';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function compareValues(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}

export function useSortedRows<Row>(rows: readonly Row[], columns: readonly GridColumn<Row>[], sort: GridSort | undefined): readonly Row[] {
  const definitions = useMemo(() => {
    const helper = createColumnHelper<Row>();
    const byValue: SortingFn<Row> = (a, b, id) => compareValues(a.getValue(id), b.getValue(id));
    return columns.map((column) => helper.accessor((row: Row) => column.sortValue?.(row), {
      id: column.key,
      sortingFn: byValue,
      sortUndefined: 'last',
      enableSorting: column.sortValue !== undefined,
    }));
  }, [columns]);
  const sorting = useMemo(() => (sort ? [{ id: sort.column, desc: sort.direction === 'descending' }] : []), [sort]);
  const data = useMemo(() => [...rows], [rows]);
  const table = useReactTable({
    data,
    columns: definitions,
    state: { sorting },
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const model = table.getRowModel();
  return useMemo(() => model.rows.map((row) => row.original), [model]);
}

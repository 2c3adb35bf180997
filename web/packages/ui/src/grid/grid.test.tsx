// Keys of the grid, its order, its states and its form on a phone.
import { expectAccessible, renderUi } from '@galen/testing';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DataGrid, type GridColumn } from './data-grid';
import { movedCell } from './use-grid-focus';

interface Row { id: string; name: string; value?: number }

const rows: Row[] = [{ id: '1', name: 'Zoë', value: 2 }, { id: '2', name: 'adam', value: 10 }, { id: '3', name: 'Émile' }, { id: '4', name: 'Bea 10', value: 1 }, { id: '5', name: 'Bea 9', value: 3 }];

const columns: GridColumn<Row>[] = [
  { key: 'name', header: 'Name', cell: (row) => row.name, sortValue: (row) => row.name },
  { key: 'value', header: 'Value', cell: (row) => row.value ?? '–', sortValue: (row) => row.value, align: 'end' },
  { key: 'link', header: 'Link', cell: (row) => <a href={`#${row.id}`}>go</a> },
];

const narrow = vi.fn<() => boolean>(() => false);

beforeEach(() => {
  // A DOM without layout has no sizes: every box is given one, so that rows are drawn.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(40);
  narrow.mockReturnValue(false);
  vi.spyOn(window, 'matchMedia').mockImplementation((query) => ({
    matches: query.includes('40em') && narrow(), media: query, onchange: null,
    addEventListener: () => undefined, removeEventListener: () => undefined, addListener: () => undefined, removeListener: () => undefined, dispatchEvent: () => true,
  }));
});

const show = (props: Partial<Parameters<typeof DataGrid<Row>>[0]> = {}) => renderUi(<DataGrid label="People" columns={columns} rows={rows} rowKey={(row) => row.id} {...props} />);
const names = () => screen.getAllByRole('row').slice(1).map((row) => within(row).getAllByRole('gridcell')[0]?.textContent);

describe('movedCell', () => {
  it.each([
    ['ArrowDown', false, false, { row: 3, column: 1 }], ['ArrowUp', false, false, { row: 1, column: 1 }], ['ArrowRight', false, false, { row: 2, column: 2 }], ['ArrowRight', false, true, { row: 2, column: 0 }],
    ['Home', false, false, { row: 2, column: 0 }], ['End', false, false, { row: 2, column: 2 }], ['Home', true, false, { row: 0, column: 0 }], ['End', true, false, { row: 99, column: 2 }],
    ['PageDown', false, false, { row: 12, column: 1 }], ['PageUp', false, false, { row: 0, column: 1 }], ['a', false, false, undefined],
  ])('%s control %s right-to-left %s', (key, control, rightToLeft, expected) => {
    expect(movedCell(key, control, { row: 2, column: 1 }, 100, 3, rightToLeft)).toEqual(expected);
  });

  it('never leaves the grid', () => {
    for (const key of ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'PageDown', 'PageUp', 'Home', 'End']) {
      for (const from of [{ row: -1, column: 0 }, { row: 0, column: 0 }, { row: 4, column: 2 }]) {
        const to = movedCell(key, false, from, 5, 3, false);
        expect(to && to.row >= -1 && to.row <= 4 && to.column >= 0 && to.column <= 2).toBe(true);
      }
    }
  });
});

describe('DataGrid', () => {
  it('sorts by header, accents and figures in their place, empty ones last both ways', async () => {
    show({ defaultSort: { column: 'name', direction: 'ascending' } });
    expect(names()).toEqual(['adam', 'Bea 9', 'Bea 10', 'Émile', 'Zoë']);
    const value = screen.getByRole('columnheader', { name: /Value/ });
    expect(value).toHaveAttribute('aria-sort', 'none');
    await userEvent.click(value);
    expect(value).toHaveAttribute('aria-sort', 'ascending');
    expect(names()).toEqual(['Bea 10', 'Zoë', 'Bea 9', 'adam', 'Émile']);
    await userEvent.click(value);
    expect(value).toHaveAttribute('aria-sort', 'descending');
    expect(names()).toEqual(['adam', 'Bea 9', 'Zoë', 'Bea 10', 'Émile']);
    expect(screen.getByRole('columnheader', { name: 'Link' })).not.toHaveAttribute('aria-sort');
  });

  it('is one tab stop; arrows move, Enter opens the row or sorts by the header', async () => {
    const open = vi.fn();
    show({ onOpen: open });
    await userEvent.tab();
    expect(document.activeElement).toHaveTextContent('Zoë');
    await userEvent.keyboard('{ArrowDown}{ArrowRight}');
    expect(document.activeElement).toHaveTextContent('10');
    await userEvent.keyboard('{Enter}');
    expect(open).toHaveBeenCalledExactlyOnceWith(rows[1]);
    await userEvent.keyboard('{Control>}{Home}{/Control}{ArrowUp}');
    expect(document.activeElement).toHaveAttribute('role', 'columnheader');
    await userEvent.keyboard('{Enter}');
    expect(document.activeElement).toHaveAttribute('aria-sort', 'ascending');
  });

  it('opens by a click on the row, but not by one on a link in it', async () => {
    const open = vi.fn();
    show({ onOpen: open });
    await userEvent.click(screen.getAllByText('go')[0] ?? document.body);
    expect(open).not.toHaveBeenCalled();
    await userEvent.click(screen.getByText('adam'));
    expect(open).toHaveBeenCalledExactlyOnceWith(rows[1]);
  });

  it('leaves the order to the server where that sorts', async () => {
    const change = vi.fn();
    show({ sortedElsewhere: true, onSortChange: change });
    await userEvent.click(screen.getByRole('columnheader', { name: /Name/ }));
    expect(change).toHaveBeenCalledExactlyOnceWith({ column: 'name', direction: 'ascending' });
    expect(names()[0]).toBe('Zoë');
  });

  it('keeps most of 10,000 rows out of the document and asks for more near the end only', () => {
    const more = vi.fn();
    const many = Array.from({ length: 10_000 }, (_, index) => ({ id: String(index), name: `Person ${index}`, value: index }));
    const { unmount } = show({ rows: many, onEndReached: more });
    expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', '10001');
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
    expect(more).not.toHaveBeenCalled();
    unmount();
    show({ onEndReached: more });
    expect(more).toHaveBeenCalled();
  });

  it('never shows a failure as an empty list', () => {
    show({ state: 'failed', rows: [] });
    expect(screen.getByRole('alert')).toHaveTextContent('This could not be loaded');
    expect(screen.queryByText('No rows')).toBeNull();
    expect(show({ state: 'loading', rows: [] }).container.querySelector('.g-skeleton')).not.toBeNull();
    expect(show({ rows: [] }).container).toHaveTextContent('No rows');
  });

  it('becomes cards on a phone, some at a time, sortable all the same', async () => {
    narrow.mockReturnValue(true);
    const many = Array.from({ length: 100 }, (_, index) => ({ id: String(index), name: `Person ${index}`, value: index }));
    const { container } = show({ rows: many, onOpen: () => undefined });
    expect(screen.getAllByRole('listitem')).toHaveLength(40);
    await userEvent.click(screen.getByRole('button', { name: 'Show 40 more' }));
    expect(screen.getAllByRole('listitem')).toHaveLength(80);
    await userEvent.selectOptions(screen.getByLabelText('Sort by'), 'Value ▼');
    expect(screen.getAllByRole('listitem')[0]).toHaveTextContent('Person 99');
    await expectAccessible(container);
  });

  it('has no finding of axe', async () => {
    await expectAccessible(show({ defaultSort: { column: 'name', direction: 'descending' } }).container);
  });
});

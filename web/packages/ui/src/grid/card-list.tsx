//! The narrow form of the grid: a list of cards, some at a time.
import { Fragment, useState } from 'react';
import { Button } from '../controls/button';
import { Select } from '../controls/fields';
import { useLabels } from '../labels/context';
import type { RowsProps } from './virtual-rows';

const CARDS_AT_ONCE = 40;

function SortChoice<Row>({ columns, sort, onSortChange }: Pick<RowsProps<Row>, 'columns' | 'sort' | 'onSortChange'>) {
  const labels = useLabels();
  const choices = columns.filter((column) => column.sortValue).flatMap((column) => [
    { value: `ascending ${column.key}`, label: `${column.header} ▲` },
    { value: `descending ${column.key}`, label: `${column.header} ▼` },
  ]);
  if (choices.length === 0) return null;
  const change = (value: string) => {
    const [direction, ...key] = value.split(' ');
    if (direction === 'ascending' || direction === 'descending') onSortChange({ column: key.join(' '), direction });
  };
  return (
    <Select
      label={labels.grid.sortBy}
      value={sort ? `${sort.direction} ${sort.column}` : ''}
      choices={choices}
      onChange={change}
      {...(!sort && { placeholder: '–' })}
    />
  );
}

export function CardList<Row>({ label, columns, rows, rowKey, onOpen, sort, onSortChange, onEndReached, loadingMore, rowTone }: RowsProps<Row>) {
  const labels = useLabels();
  const [shown, setShown] = useState(CARDS_AT_ONCE);
  const title = columns.find((column) => column.cardTitle) ?? columns[0];
  const details = columns.filter((column) => column !== title && !column.cardHidden);
  const left = rows.length - shown;
  const more = () => {
    setShown(shown + CARDS_AT_ONCE);
    if (left <= CARDS_AT_ONCE) onEndReached?.();
  };
  return (
    <div className="g-cards">
      <SortChoice columns={columns} onSortChange={onSortChange} {...(sort && { sort })} />
      <ul aria-label={label}>
        {rows.slice(0, shown).map((row) => (
          <li key={rowKey(row)} className={`g-card g-grid-${rowTone?.(row) ?? 'default'}`}>
            {onOpen
              ? <button type="button" className="g-card-title" onClick={() => onOpen(row)}>{title?.cell(row)}</button>
              : <div className="g-card-title">{title?.cell(row)}</div>}
            <dl>
              {details.map((column) => <Fragment key={column.key}><dt>{column.header}</dt><dd>{column.cell(row)}</dd></Fragment>)}
            </dl>
          </li>
        ))}
      </ul>
      {left > 0 && <Button onClick={more} {...(loadingMore && { loading: true })}>{labels.showMore(Math.min(left, CARDS_AT_ONCE))}</Button>}
    </div>
  );
}

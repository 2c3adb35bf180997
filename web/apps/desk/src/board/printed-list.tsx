// The day as it goes on paper: for when the screens are away. Two identifiers of everybody.
import { useWords, type BoardEntry, type BoardView, type ClinicView } from '@galen/core';
import { formatIso, formatTime } from '@galen/fhir';
import { NhsNumber, PrintSheet, useLabels } from '@galen/ui';
import type { DayBlock, DayColumn } from '@galen/ui/day';
import { words } from '../words/words';
import { partsOf } from './model';

export interface PrintedListProps {
  board: BoardView;
  clinic: ClinicView;
  columns: readonly DayColumn[];
  blocks: readonly DayBlock[];
  entries: ReadonlyMap<string, BoardEntry>;
  title: string;
}

export function PrintedList({ board, clinic, columns, blocks, entries, title }: PrintedListProps) {
  const t = useWords(words);
  const labels = useLabels();
  return (
    <PrintSheet title={title} identity={clinic.name ?? clinic.id} footer={t('printed', { time: formatIso(board.at, { words: labels.words, timeZone: board.zone }) ?? '' })}>
      {columns.map((column) => (
        <section key={column.key}>
          <h2 className="g-heading g-heading-3">{column.title}</h2>
          <table className="day-list">
            <thead>
              <tr><th>{t('time')}</th><th>{t('patient')}</th><th>{labels.patient.born}</th><th>{labels.patient.nhsNumber}</th><th>{t('service')}</th><th>{t('state')}</th></tr>
            </thead>
            <tbody>
              {blocks.filter((block) => block.column === column.key).sort((a, b) => a.start - b.start).map((block) => {
                const who = entries.get(partsOf(block.key).appointment)?.who;
                return (
                  <tr key={block.key}>
                    <td>{formatTime(block.start, board.zone)}</td>
                    <td dir="auto">{block.title}</td>
                    <td>{formatIso(who?.birthDate ?? undefined, { words: labels.words }) ?? labels.notKnown}</td>
                    <td><NhsNumber value={who?.nhsNumber ?? undefined} /></td>
                    <td dir="auto">{block.detail}</td>
                    <td>{block.state}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      ))}
    </PrintSheet>
  );
}

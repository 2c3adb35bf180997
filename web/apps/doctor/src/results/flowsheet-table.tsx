// Tests down, moments across: how everything went together.
import { useWords } from '@galen/core';
import { flowsheet, type ResultGroup } from '@galen/fhir';
import { ClinicalDate, ResultValue } from '@galen/ui';
import { useMemo } from 'react';
import { words } from '../words/words';

const COLUMNS_MAX = 24;

export function FlowsheetTable({ groups }: { groups: readonly ResultGroup[] }) {
  const t = useWords(words);
  const sheet = useMemo(() => flowsheet(groups, COLUMNS_MAX), [groups]);
  return (
    <div className="table-scroller flowsheet-scroller" tabIndex={0} role="region" aria-label={t('flowsheet')}>
      <table className="flowsheet">
        <caption className="g-hidden">{t('flowsheet')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('test')}</th>
            {sheet.columns.map(({ key, at }) => <th key={key} scope="col"><ClinicalDate value={at} /></th>)}
          </tr>
        </thead>
        <tbody>
          {sheet.rows.map((row) => (
            <tr key={row.key}>
              <th scope="row" dir="auto">
                {row.name}
                {row.unit !== undefined && <span className="g-unit"> {row.unit}</span>}
              </th>
              {sheet.columns.map(({ key }) => (
                <td key={key}>{(row.cells[key] ?? []).map((result) => <ResultValue key={result.id} result={result} compact />)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

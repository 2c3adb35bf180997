// Immunizations given and not given, newest first.
import { useWords } from '@galen/core';
import type { ImmunizationView } from '@galen/fhir';
import { Badge, ClinicalDate, Stack } from '@galen/ui';
import { DataGrid, type GridColumn } from '@galen/ui/grid';
import { useMemo } from 'react';
import { words } from '../words/words';
import { Incomplete } from './incomplete';
import { useImmunizations } from '@galen/record';
import { Section } from './section';

export default function Immunizations({ id }: { id: string }) {
  const t = useWords(words);
  const { query, immunizations = [] } = useImmunizations(id);
  const columns = useMemo(
    (): GridColumn<ImmunizationView>[] => [
      {
        key: 'vaccine',
        header: t('vaccine'),
        width: 'minmax(14rem, 3fr)',
        cardTitle: true,
        sortValue: ({ vaccine }) => vaccine,
        cell: ({ vaccine, status, reason }) => (
          <span dir="auto">
            {vaccine}
            {status !== 'completed' && <> <Badge tone="warning">{reason ?? t(status === 'not-done' ? 'notGiven' : 'hideVoid')}</Badge></>}
          </span>
        ),
      },
      {
        key: 'when',
        header: t('when'),
        width: 'minmax(8rem, 1fr)',
        sortValue: ({ occurred }) => occurred?.earliest,
        cell: ({ occurred, occurredText }) => (occurred ? <ClinicalDate value={occurred} dateOnly /> : (occurredText ?? '')),
      },
      { key: 'dose', header: t('seriesDose'), cell: ({ dose }) => dose ?? '' },
      { key: 'site', header: t('site'), cell: ({ site, route }) => [site, route].filter(Boolean).join(', ') },
      { key: 'lot', header: t('lot'), cell: ({ lot }) => lot ?? '' },
    ],
    [t],
  );
  return (
    <Stack gap={4}>
      <Section title={t('immunizations')} queries={[query]} isEmpty={immunizations.length === 0} emptyTitle={t('noImmunizations')} icon="syringe" flush>
        <DataGrid
          label={t('immunizations')}
          columns={columns}
          rows={immunizations}
          rowKey={(row) => row.id}
          defaultSort={{ column: 'when', direction: 'descending' }}
          rowTone={({ status }) => (status === 'completed' ? 'default' : 'muted')}
        />
      </Section>
      <Incomplete isComplete={query.data?.isComplete} />
    </Stack>
  );
}

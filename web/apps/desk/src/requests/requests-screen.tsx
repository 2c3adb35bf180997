// What patients asked for in their portal: approved or declined by whoever is at the desk.
import { useListAppointmentRequestsQuery, useListClinicsQuery, useLive, useTitle, useWords, type BoardEntry, type CancellationReason } from '@galen/core';
import { formatIso } from '@galen/fhir';
import { Alert, Button, EmptyState, ErrorState, Facts, Group, Heading, LoadingState, NhsNumber, Panel, Stack, useLabels } from '@galen/ui';
import { useState } from 'react';
import { CancelDialog } from '../board/cancel-dialog';
import { nameOfEntry } from '../board/model';
import { useSteps, type Refused } from '../board/use-steps';
import { words } from '../words/words';

/** Changes are heard as they happen; this is for when they are not. */
const ASK_AGAIN_MS = 60_000;

export default function RequestsScreen() {
  const t = useWords(words);
  useTitle(t('requests'));
  useLive('Appointment');
  const query = useListAppointmentRequestsQuery(undefined, { pollingInterval: ASK_AGAIN_MS });
  const { data } = query;
  return (
    <div className="screen screen-narrow">
      <Heading level={1}>{t('requests')}</Heading>
      {query.isError && <ErrorState title={t('requestsUnavailable')} onRetry={() => void query.refetch()} retrying={query.isFetching} />}
      {!data && !query.isError && <LoadingState lines={6} />}
      {data?.requests.length === 0 && <EmptyState icon="check" title={t('noRequests')}>{t('noRequestsHint')}</EmptyState>}
      {data?.requests.map((entry) => <Request key={entry.appointment.id} entry={entry} />)}
      {data?.hasMore && <Alert tone="warning">{t('requestsMore')}</Alert>}
    </div>
  );
}

function Request({ entry }: { entry: BoardEntry }) {
  const t = useWords(words);
  const labels = useLabels();
  const { data } = useListClinicsQuery();
  const [refused, setRefused] = useState<Refused>();
  const [isDeclining, setIsDeclining] = useState(false);
  const steps = useSteps(setRefused);
  const { appointment, who, serviceName } = entry;
  const clinic = data?.clinics.find(({ schedules }) => schedules.some(({ id }) => appointment.schedules.includes(id)));
  const at = (iso: string | null | undefined) => formatIso(iso ?? undefined, { words: labels.words, ...(clinic && { timeZone: clinic.zone }) }) ?? '';
  const name = nameOfEntry(entry, t('unnamed'));
  const names = clinic?.schedules.filter(({ id }) => appointment.schedules.includes(id)).map((line) => line.name ?? t('unnamed')).join(' · ');
  const decline = async (reason: CancellationReason) => {
    await steps.cancel(entry, reason, t('declined', { name }));
    setIsDeclining(false);
  };
  return (
    <Panel
      title={<bdi>{name}</bdi>}
      actions={
        <Group gap={2}>
          <Button kind="primary" size="sm" icon="check" loading={steps.isBusy} onClick={() => void steps.confirm(entry, t('approved', { name, time: at(appointment.start) }))}>{t('approve')}</Button>
          <Button size="sm" icon="close" disabled={steps.isBusy} onClick={() => setIsDeclining(true)}>{t('decline')}</Button>
        </Group>
      }
    >
      <Stack gap={3}>
        {refused && <Alert tone="warning" title={refused.title} announce>{refused.detail}</Alert>}
        <Facts
          columns={2}
          facts={[
            { label: t('time'), value: <strong className="g-figures">{at(appointment.start)}</strong> },
            { label: t('service'), value: serviceName ?? labels.notRecorded },
            { label: labels.patient.born, value: formatIso(who?.birthDate ?? undefined, { words: labels.words }) ?? labels.notKnown },
            { label: labels.patient.nhsNumber, value: <NhsNumber value={who?.nhsNumber ?? undefined} /> },
            { label: t('practitioner'), value: names ?? labels.notRecorded },
            { label: t('reason'), value: appointment.description ? <span dir="auto">{appointment.description}</span> : labels.notRecorded },
          ]}
        />
        {appointment.heldUntil && <p className="g-tone-muted g-size-sm">{t('lapses', { time: at(appointment.heldUntil) })}</p>}
      </Stack>
      <CancelDialog entry={isDeclining ? entry : undefined} kind="decline" isBusy={steps.isBusy} onClose={() => setIsDeclining(false)} onCancel={(reason) => void decline(reason)} />
    </Panel>
  );
}

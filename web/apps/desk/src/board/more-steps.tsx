// What is done to an appointment seldom: the rest of its series is called off, or it is said to be a mistake.
import { Can, useCancelAppointmentSeriesMutation, useRetractAppointmentMutation, useWords, type BoardEntry } from '@galen/core';
import { Alert, Badge, Button, Dialog, Group, showToast, Stack, Textarea } from '@galen/ui';
import { useState } from 'react';
import { words } from '../words/words';
import { nameOfEntry } from './model';
import { useRefused, type Refused } from './use-steps';

const REASON_CHARACTERS_MAX = 500;

export function MoreSteps({ entry, onRefused }: { entry: BoardEntry; onRefused: (refused: Refused | undefined) => void }) {
  const t = useWords(words);
  const refusedOf = useRefused();
  const [asks, setAsks] = useState<'following' | 'all' | 'retract'>();
  const [reason, setReason] = useState('');
  const [cancel, cancelling] = useCancelAppointmentSeriesMutation();
  const [retract, retracting] = useRetractAppointmentMutation();
  const { id, version, series, start, steps, status } = entry.appointment;
  const name = nameOfEntry(entry, t('unnamed'));
  const endSeries = async () => {
    if (!series) return;
    const { data, error } = await cancel({ series, cancelSeries: { reason: 'pat', ...(asks === 'following' && start && { from: start }) } });
    onRefused(error ? refusedOf(t('notDone'), error) : undefined);
    if (data) showToast(t('seriesCancelled', { count: data.outcomes.filter(({ appointment }) => appointment).length }));
    setAsks(undefined);
  };
  const takeBack = async () => {
    const { error } = await retract({ id, retractAppointment: { version, reason: reason.trim() } });
    onRefused(error ? refusedOf(t('notDone'), error) : undefined);
    if (!error) showToast(t('retracted', { name }));
    setAsks(undefined);
  };
  const isMistake = status === 'entered-in-error';
  return (
    <Stack gap={3}>
      {series && (
        <Group gap={2}>
          <Badge icon="refresh">{t('seriesPart')}</Badge>
          <Can ability="bookAppointments">
            <Button size="sm" kind="quiet" onClick={() => setAsks('following')}>{t('cancelFollowing')}</Button>
            <Button size="sm" kind="quiet" onClick={() => setAsks('all')}>{t('cancelAll')}</Button>
          </Can>
        </Group>
      )}
      {!isMistake && steps.includes('retract') && (
        <Can ability="retractAppointments"><div><Button size="sm" kind="quiet" icon="alert" onClick={() => setAsks('retract')}>{t('retract')}</Button></div></Can>
      )}
      <Dialog
        opened={asks === 'following' || asks === 'all'}
        onClose={() => setAsks(undefined)}
        title={t(asks === 'all' ? 'cancelAll' : 'cancelFollowing')}
        actions={
          <>
            <Button onClick={() => setAsks(undefined)}>{t('keep')}</Button>
            <Button kind="danger" loading={cancelling.isLoading} onClick={() => void endSeries()}>{t('cancelSeries')}</Button>
          </>
        }
      >
        <p><strong dir="auto">{name}</strong></p>
        <p className="g-tone-muted">{t(asks === 'all' ? 'cancelAllDetail' : 'cancelFollowingDetail')}</p>
      </Dialog>
      <Dialog
        opened={asks === 'retract'}
        onClose={() => setAsks(undefined)}
        title={t('retract')}
        actions={
          <>
            <Button onClick={() => setAsks(undefined)}>{t('keep')}</Button>
            <Button kind="danger" disabled={reason.trim() === ''} loading={retracting.isLoading} onClick={() => void takeBack()}>{t('retractDo')}</Button>
          </>
        }
      >
        <Stack gap={3}>
          <Alert tone="warning">{t('retractDetail')}</Alert>
          <Textarea label={t('reasons')} value={reason} onChange={setReason} rows={2} maxLength={REASON_CHARACTERS_MAX} required />
        </Stack>
      </Dialog>
    </Stack>
  );
}

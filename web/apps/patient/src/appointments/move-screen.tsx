// Moving an appointment: the old time stays until the new one is certain.
import { isRefusal, useNavigate, useParams, useRescheduleAppointmentMutation, useWords, type ChoiceView } from '@galen/core';
import { Alert, Button, EmptyState, Facts, Panel, showToast } from '@galen/ui';
import { useState } from 'react';
import { useDayAndTime } from '../common/dates';
import { useRefusalText } from '../common/refusals';
import { Screen } from '../common/screen';
import { Source } from '../common/source';
import { useAddress } from '../place';
import { words } from '../words/words';
import { TimePicker } from './time-picker';
import { useVisits } from './use-visits';
import { may, type Visit } from './visits';

function Move({ visit }: { visit: Visit }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const address = useAddress();
  const said = useRefusalText();
  const { both } = useDayAndTime(visit.view.zone);
  const [choice, setChoice] = useState<ChoiceView>();
  const [problem, setProblem] = useState('');
  const [move, { isLoading }] = useRescheduleAppointmentMutation();
  const submit = async () => {
    if (!choice) return;
    setProblem('');
    const { start, schedules } = choice;
    const { error } = await move({ id: visit.id, rescheduleAppointment: { version: visit.view.version, start, schedules } });
    if (isRefusal(error)) {
      setProblem(said(error));
      setChoice(undefined);
      return;
    }
    showToast(t('moved'));
    void navigate(address(`appointments/${visit.id}`), { replace: true });
  };
  return (
    <>
      {problem !== '' && <Alert tone="warning" announce>{problem}</Alert>}
      {choice ? (
        <Panel title={t('checkMove')}>
          <Facts
            facts={[
              { label: t('timeNow'), value: both(visit.view.start ?? undefined) },
              { label: t('timeNew'), value: <strong>{both(choice.start)}</strong> },
            ]}
          />
          <div className="p-actions">
            <Button kind="primary" loading={isLoading} onClick={() => void submit()}>{t('confirmMove')}</Button>
            <Button onClick={() => setChoice(undefined)}>{t('otherTime')}</Button>
          </div>
        </Panel>
      ) : (
        <TimePicker service={visit.view.service ?? ''} onChoose={(one) => setChoice(one)} busy={undefined} />
      )}
    </>
  );
}

export default function MoveScreen() {
  const t = useWords(words);
  const address = useAddress();
  const { id = '' } = useParams();
  const visits = useVisits();
  const visit = visits.data?.find((one) => one.id === id);
  const { both } = useDayAndTime(visit?.view.zone);
  return (
    <Screen title={t('move')} back={address(`appointments/${id}`)} lead={visit?.view.start ? t('moveLead', { moment: both(visit.view.start) }) : undefined}>
      <Source query={visits} missing={t('appointmentMissing')}>
        {() => (visit && may(visit, 'reschedule') ? <Move visit={visit} /> : <EmptyState icon="question" title={t('cannotMove')}>{t('callUsDetail')}</EmptyState>)}
      </Source>
    </Screen>
  );
}

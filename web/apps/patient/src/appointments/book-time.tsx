// From a service to an appointment: the chosen time is held, confirmed within minutes, or let go.
import {
  isRefusal, useBookAppointmentMutation, useCancelAppointmentMutation, useConfirmAppointmentMutation, useHoldAppointmentMutation, useNavigate, useWords,
  type AppointmentView, type ChoiceView, type ServiceView,
} from '@galen/core';
import { Alert, Button, Facts, Panel, showToast, Text, Textarea } from '@galen/ui';
import { useEffect, useRef, useState } from 'react';
import { useDayAndTime } from '../common/dates';
import { useRefusalText } from '../common/refusals';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from '../words/words';
import { Countdown, useSecondsLeft } from './countdown';
import { TimePicker } from './time-picker';
import { WaitPanel } from './wait-panel';
import { useVisits } from './use-visits';
import { isHold, LET_GO } from './visits';

const REASON_CHARACTERS_MAX = 200;

interface Chosen {
  choice: ChoiceView;
  /** The clinic's zone, as far as it is known. */
  zone?: string | undefined;
  /** Where the clinic decides, nothing is held: the request itself keeps the time. */
  held?: AppointmentView;
}

function useBooking(service: ServiceView) {
  const patient = useOwnPatient();
  const said = useRefusalText();
  const [chosen, setChosen] = useState<Chosen>();
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState('');
  const [hold] = useHoldAppointmentMutation();
  const [release] = useCancelAppointmentMutation();
  const isRequest = service.portal === 'request-approval';

  const newAppointment = (choice: ChoiceView) => ({ patient, service: service.id, start: choice.start, schedules: choice.schedules });
  const choose = async (choice: ChoiceView, zone?: string) => {
    setProblem('');
    if (isRequest) {
      setChosen({ choice, zone });
      return;
    }
    setBusy(choice.start);
    const { data, error } = await hold({ newAppointment: newAppointment(choice) });
    setBusy(undefined);
    if (data) setChosen({ choice, zone, held: data });
    else if (isRefusal(error)) setProblem(said(error));
  };
  /** The time goes back to the others at once, not only when the hold runs out. */
  const letGo = (why = '') => {
    const held = chosen?.held;
    if (held) void release({ id: held.id, cancelAppointment: { version: held.version, reason: LET_GO } });
    setChosen(undefined);
    setProblem(why);
  };
  return { chosen, setChosen, busy, problem, setProblem, choose, letGo, newAppointment, isRequest };
}

/** Times held by a page that was closed or loaded anew: whoever chooses again would be in their own way. */
function useForgottenHolds(service: string) {
  const { data } = useVisits();
  const [release] = useCancelAppointmentMutation();
  const isDone = useRef(false);
  useEffect(() => {
    if (!data || isDone.current) return;
    isDone.current = true;
    for (const visit of data.filter((one) => isHold(one) && one.view.service === service)) {
      void release({ id: visit.id, cancelAppointment: { version: visit.view.version, reason: LET_GO } });
    }
  }, [data, release, service]);
}

type Booking = ReturnType<typeof useBooking>;

function Review({ service, booking, chosen }: { service: ServiceView; booking: Booking; chosen: Chosen }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const address = useAddress();
  const said = useRefusalText();
  const { day, time } = useDayAndTime(chosen.held?.zone ?? chosen.zone);
  const heading = useRef<HTMLDivElement>(null);
  const [reason, setReason] = useState('');
  const [confirm, { isLoading: isConfirming }] = useConfirmAppointmentMutation();
  const [book, { isLoading: isBooking }] = useBookAppointmentMutation();
  const seconds = useSecondsLeft(chosen.held?.heldUntil);
  const isOver = chosen.held !== undefined && seconds === 0;
  useEffect(() => heading.current?.focus(), []);

  const submit = async () => {
    booking.setProblem('');
    const { held, choice } = chosen;
    const { data, error } = held
      ? await confirm({ id: held.id, confirmAppointment: { version: held.version } })
      : await book({ newAppointment: { ...booking.newAppointment(choice), ...(reason.trim() !== '' && { description: reason.trim() }) } });
    if (data) {
      showToast(booking.isRequest ? t('requestSent') : t('booked'));
      void navigate(address(`appointments/${data.id}`), { replace: true });
    } else if (isRefusal(error)) booking.setProblem(said(error));
  };
  return (
    <Panel title={booking.isRequest ? t('checkRequest') : t('checkBooking')}>
      <div ref={heading} tabIndex={-1} className="p-review">
        {chosen.held && !isOver && <Countdown seconds={seconds} />}
        {isOver && <Alert tone="warning" announce>{t('refusedExpired')}</Alert>}
        <Facts
          facts={[
            { label: t('whatFor'), value: <bdi>{service.name}</bdi> },
            { label: t('day'), value: day(chosen.choice.start) },
            { label: t('time'), value: <bdi dir="ltr">{time(chosen.choice.start)} – {time(chosen.choice.end)}</bdi> },
          ]}
        />
        {service.preparation && <Alert tone="info" title={t('preparation')}><span dir="auto">{service.preparation}</span></Alert>}
        {booking.isRequest && (
          <>
            <Textarea label={t('reasonLabel')} description={t('reasonHint')} value={reason} onChange={setReason} rows={3} maxLength={REASON_CHARACTERS_MAX} />
            <Text as="p">{t('requestMeans')}</Text>
          </>
        )}
        <Text as="p" tone="muted">{t('noticeRule', { count: Math.max(1, Math.ceil(service.noticeMinutes / 60)) })}</Text>
        {booking.problem !== '' && <Alert tone="critical" announce>{booking.problem}</Alert>}
        <div className="p-actions">
          {!isOver && (
            <Button kind="primary" loading={isConfirming || isBooking} onClick={() => void submit()}>{booking.isRequest ? t('sendRequest') : t('confirmBooking')}</Button>
          )}
          <Button onClick={() => booking.letGo()}>{t('otherTime')}</Button>
        </div>
      </div>
    </Panel>
  );
}

export function BookTime({ service }: { service: ServiceView }) {
  const t = useWords(words);
  const booking = useBooking(service);
  useForgottenHolds(service.id);
  if (booking.chosen) return <Review service={service} booking={booking} chosen={booking.chosen} />;
  return (
    <>
      {service.preparation && <Alert tone="info" title={t('preparation')}><span dir="auto">{service.preparation}</span></Alert>}
      {booking.problem !== '' && <Alert tone="warning" announce>{booking.problem}</Alert>}
      <TimePicker service={service.id} onChoose={(choice, zone) => void booking.choose(choice, zone)} busy={booking.busy} />
      <WaitPanel service={service} />
    </>
  );
}

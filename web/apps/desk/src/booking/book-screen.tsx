// Booking: who, what for, with whom and when. What was chosen is kept for ten minutes before it is booked.
import {
  Can,
  useHoldAppointmentMutation,
  useListClinicsQuery,
  useListServicesQuery,
  useNow,
  useReadPatientQuery,
  useSearchParams,
  useTitle,
  useWords,
  type AppointmentView,
  type ChoiceView,
  type ClinicView,
  type PatientView,
  type ServiceView,
} from '@galen/core';
import { clinicalMoment, localDay } from '@galen/fhir';
import { Alert, Button, Checkbox, EmptyState, ErrorState, Group, Heading, LoadingState, Panel, Select, Stack, Textarea, type Choice } from '@galen/ui';
import { CalendarDateField } from '@galen/ui/dates';
import { nameOf, PatientIdentity, PatientPicker } from '@galen/patients';
import { useState } from 'react';
import { useRefused, type Refused } from '../board/use-steps';
import { SeriesPanel } from '../series/series-panel';
import { JoinDialog } from '../waiting/join-dialog';
import { words } from '../words/words';
import { Held } from './held';
import { choosable, groupsOf, midnightOf, windowOf, type Wanted } from './search';
import { Times } from './times';

const REASON_CHARACTERS_MAX = 200;

export default function BookScreen() {
  const t = useWords(words);
  useTitle(t('book'));
  const clinics = useListClinicsQuery();
  const services = useListServicesQuery({});
  return (
    <div className="screen">
      <Heading level={1}>{t('book')}</Heading>
      <Can ability="bookAppointments" otherwise={<EmptyState icon="lock" title={t('mayNot')} />}>
        {clinics.isError && !clinics.data ? (
          <ErrorState title={t('clinicsUnavailable')} onRetry={() => void clinics.refetch()} retrying={clinics.isFetching} />
        ) : services.isError && !services.data ? (
          <ErrorState title={t('servicesUnavailable')} onRetry={() => void services.refetch()} retrying={services.isFetching} />
        ) : !clinics.data || !services.data ? (
          <LoadingState lines={8} />
        ) : clinics.data.clinics.length === 0 ? (
          <EmptyState icon="calendar" title={t('noClinics')}>{t('noClinicsHint')}</EmptyState>
        ) : (
          <Booking clinics={clinics.data.clinics} services={services.data.services} />
        )}
      </Can>
    </div>
  );
}

/** Who comes: looked for, or named by the address. */
function ChoosePatient({ patient, onPatient }: { patient: PatientView | undefined; onPatient: (id: string | undefined) => void }) {
  const t = useWords(words);
  const [typed, setTyped] = useState('');
  if (!patient) {
    return (
      <Panel title={t('who')}>
        <PatientPicker label={t('findPatient')} typed={typed} onTyped={setTyped} onPick={({ id, replacedBy }) => onPatient(replacedBy ?? id)} autoFocus />
      </Panel>
    );
  }
  return (
    <Panel title={t('who')} actions={<Button size="sm" onClick={() => onPatient(undefined)}>{t('anotherPatient')}</Button>}>
      <PatientIdentity patient={patient} />
    </Panel>
  );
}

interface WhatProps {
  clinics: readonly ClinicView[];
  clinic: ClinicView;
  services: readonly ServiceView[];
  wanted: Wanted;
  day: string;
  reason: string;
  onClinic: (id: string) => void;
  onWanted: (change: Partial<Wanted>) => void;
  onDay: (day: string) => void;
  onReason: (reason: string) => void;
}

function What({ clinics, clinic, services, wanted, day, reason, onClinic, onWanted, onDay, onReason }: WhatProps) {
  const t = useWords(words);
  const { people, rooms, devices } = choosable(clinic, wanted.service);
  const named = (lines: typeof people): Choice[] => lines.map(({ id, name }) => ({ value: id, label: name ?? t('unnamed') }));
  return (
    <Panel title={t('what')}>
      <Stack gap={3}>
        <Select label={t('clinic')} value={clinic.id} onChange={onClinic} choices={clinics.map(({ id, name }) => ({ value: id, label: name ?? id }))} />
        <Select
          label={t('service')}
          value={wanted.service}
          onChange={(service) => onWanted({ service, practitioner: '' })}
          placeholder={t('chooseServiceFirst')}
          choices={services.map(({ id, name, minutes }) => ({ value: id, label: t('serviceMinutes', { name, minutes }) }))}
        />
        <Select label={t('practitioner')} value={wanted.practitioner} onChange={(practitioner) => onWanted({ practitioner })} placeholder={t('practitionerAny')} choices={named(people)} />
        {rooms.length > 0 && (
          <Select label={t('room')} value={wanted.room} onChange={(room) => onWanted({ room })} placeholder={t('roomAny')} choices={[...named(rooms), { value: 'none', label: t('roomNone') }]} />
        )}
        {devices.length > 0 && (
          <Select label={t('device')} value={wanted.device} onChange={(device) => onWanted({ device })} placeholder={t('deviceNone')} choices={named(devices)} />
        )}
        <CalendarDateField label={t('from')} value={day} onChange={onDay} />
        <Textarea label={t('reason')} value={reason} onChange={onReason} rows={2} maxLength={REASON_CHARACTERS_MAX} />
      </Stack>
    </Panel>
  );
}

/** What a clinic's people offer. */
const offered = (clinic: ClinicView, services: readonly ServiceView[]) =>
  services.filter(({ id }) => choosable(clinic, id).people.length > 0);

function Booking({ clinics, services }: { clinics: readonly ClinicView[]; services: readonly ServiceView[] }) {
  const t = useWords(words);
  const refusedOf = useRefused();
  const now = useNow();
  const [asked, setAsked] = useSearchParams();
  const patientId = asked.get('patient') ?? '';
  const { data: patient } = useReadPatientQuery({ id: patientId }, { skip: patientId === '' });
  const [clinicId, setClinicId] = useState(asked.get('clinic'));
  const clinic = clinics.find(({ id }) => id === clinicId) ?? clinics[0];
  const column = clinic?.schedules.find(({ id }) => id === asked.get('schedule'));
  const [onlyService] = column?.services.length === 1 ? column.services : [];
  const isPerson = column?.actor.startsWith('Practitioner') === true;
  const [wanted, setWanted] = useState<Wanted>({
    service: onlyService ?? '', practitioner: isPerson ? (column?.id ?? '') : '', room: column?.actor.startsWith('Location') ? column.id : '', device: '',
  });
  const [from, setFrom] = useState(asked.get('from') ?? new Date(now).toISOString());
  const [reason, setReason] = useState('');
  const [held, setHeld] = useState<AppointmentView>();
  const [refused, setRefused] = useState<Refused>();
  const [isSeries, setIsSeries] = useState(false);
  const [isJoining, setIsJoining] = useState(false);
  const [hold, { isLoading }] = useHoldAppointmentMutation();
  if (!clinic) return null;
  const choices = offered(clinic, services);
  const service = choices.find(({ id }) => id === wanted.service);
  const schedules = service && groupsOf(clinic, wanted);
  const change = (id: string | undefined) => {
    const next = new URLSearchParams(asked);
    if (id === undefined) next.delete('patient');
    else next.set('patient', id);
    setHeld(undefined);
    setAsked(next, { replace: true });
  };
  const pick = async (choice: ChoiceView) => {
    const description = reason.trim();
    const { data, error } = await hold({
      newAppointment: { patient: patientId, service: wanted.service, start: choice.start, schedules: choice.schedules, ...(description !== '' && { description }) },
    });
    setRefused(error ? refusedOf(t('notDone'), error) : undefined);
    setHeld(data);
  };
  return (
    <div className="booking">
      <Stack gap={4}>
        <ChoosePatient patient={patientId === '' ? undefined : patient} onPatient={change} />
        {!held && (
          <What
            clinics={clinics} clinic={clinic} services={choices} wanted={wanted} day={localDay(Date.parse(from), clinic.zone)} reason={reason}
            onClinic={(id) => {
              setClinicId(id);
              setWanted({ service: '', practitioner: '', room: '', device: '' });
            }}
            onWanted={(part) => setWanted({ ...wanted, ...part })}
            onDay={(day) => setFrom((clinicalMoment(day)?.precision === 'day' ? midnightOf(day, clinic.zone) : undefined) ?? from)}
            onReason={setReason}
          />
        )}
      </Stack>
      <Stack gap={4}>
        {refused && <Alert tone="warning" title={refused.title} announce>{refused.detail}</Alert>}
        {held && patient ? (
          <Held
            appointment={held} patient={patient} service={service} clinic={clinic}
            onGivenBack={() => setHeld(undefined)}
            onDone={() => {
              setReason('');
              change(undefined);
            }}
          />
        ) : (
          <Panel
            title={isSeries ? t('series') : t('freeTimes')}
            actions={
              <Group gap={3}>
                <Checkbox label={t('series')} checked={isSeries} onChange={setIsSeries} disabled={!patient || !service} />
                <Button size="sm" icon="clock" disabled={!patient || !service} onClick={() => setIsJoining(true)}>{t('waitingJoin')}</Button>
              </Group>
            }
          >
            <Stack gap={3}>
              {!patient && <Alert tone="info">{t('choosePatientFirst')}</Alert>}
              {!service ? (
                <EmptyState icon="calendar" title={t('chooseTime')}>{t('chooseServiceFirst')}</EmptyState>
              ) : isSeries && patient ? (
                <SeriesPanel
                  key={`${clinic.id} ${JSON.stringify(wanted)}`} patient={patientId} clinic={clinic} wanted={wanted} day={localDay(Date.parse(from), clinic.zone)} description={reason.trim()}
                  onDone={() => {
                    setIsSeries(false);
                    setReason('');
                    change(undefined);
                  }}
                />
              ) : schedules === undefined ? (
                <EmptyState icon="calendar" title={t('noTimes')}>{t('noTimesHint')}</EmptyState>
              ) : (
                <Times clinic={clinic} service={service.id} schedules={schedules} window={windowOf(from, Math.floor(now / 60_000) * 60_000)} disabled={!patient || isLoading} onPick={(choice) => void pick(choice)} />
              )}
            </Stack>
          </Panel>
        )}
      </Stack>
      {isJoining && patient && service && (
        <JoinDialog
          opened patient={patientId} name={nameOf(patient) ?? t('unnamed')} service={service} clinic={clinic} practitioner={wanted.practitioner} description={reason.trim()}
          onClose={() => setIsJoining(false)}
          onJoined={() => {
            setIsJoining(false);
            setReason('');
            change(undefined);
          }}
        />
      )}
    </div>
  );
}

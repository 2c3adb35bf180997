// Choosing a time for an appointment that is there: to move it, or to offer it. With whom and in which room can be chosen, too.
import { useNow, useWords, type BoardEntry, type ChoiceView, type ClinicView } from '@galen/core';
import { localDay } from '@galen/fhir';
import { Alert, Dialog, EmptyState, Select, Stack, type Choice } from '@galen/ui';
import { CalendarDateField } from '@galen/ui/dates';
import { useState } from 'react';
import { nameOfEntry } from '../board/model';
import type { Refused } from '../board/use-steps';
import { choosable, groupsOf, midnightOf, windowOf } from '../booking/search';
import { Times } from '../booking/times';
import { words } from '../words/words';

export interface TimeDialogProps {
  entry: BoardEntry;
  clinic: ClinicView;
  title: string;
  /** From when on times are shown first. */
  from?: string | undefined;
  /** Whom it was with, and where: the first choice. */
  schedules: readonly string[];
  refused: Refused | undefined;
  isBusy: boolean;
  onClose: () => void;
  onPick: (choice: ChoiceView) => void;
}

export function TimeDialog({ entry, clinic, title, from: asked, schedules, refused, isBusy, onClose, onPick }: TimeDialogProps) {
  const t = useWords(words);
  const now = useNow();
  const service = entry.appointment.service ?? '';
  const { people, rooms } = choosable(clinic, service);
  const first = (lines: typeof people) => lines.find(({ id }) => schedules.includes(id))?.id;
  const [wanted, setWanted] = useState({ service, practitioner: first(people) ?? '', room: first(rooms) ?? (schedules.length > 0 ? 'none' : ''), device: '' });
  const [from, setFrom] = useState(asked ?? new Date(now).toISOString());
  const named = (lines: typeof people): Choice[] => lines.map(({ id, name }) => ({ value: id, label: name ?? t('unnamed') }));
  const groups = groupsOf(clinic, wanted);
  return (
    <Dialog opened onClose={onClose} title={title} size="lg">
      <Stack gap={4}>
        <p className="desk-lead"><strong dir="auto">{nameOfEntry(entry, t('unnamed'))}</strong> · <span dir="auto">{entry.serviceName}</span></p>
        {refused && <Alert tone="warning" title={refused.title} announce>{refused.detail}</Alert>}
        <div className="time-filters">
          <Select label={t('practitioner')} value={wanted.practitioner} onChange={(practitioner) => setWanted({ ...wanted, practitioner })} placeholder={t('practitionerAny')} choices={named(people)} />
          {rooms.length > 0 && (
            <Select label={t('room')} value={wanted.room} onChange={(room) => setWanted({ ...wanted, room })} placeholder={t('roomAny')} choices={[...named(rooms), { value: 'none', label: t('roomNone') }]} />
          )}
          <CalendarDateField label={t('from')} value={localDay(Date.parse(from), clinic.zone)} onChange={(day) => setFrom(midnightOf(day, clinic.zone) ?? from)} />
        </div>
        {groups === undefined ? (
          <EmptyState icon="calendar" title={t('noTimes')}>{t('noTimesHint')}</EmptyState>
        ) : (
          <Times clinic={clinic} service={service} schedules={groups} window={windowOf(from, Math.floor(now / 60_000) * 60_000)} disabled={isBusy} onPick={onPick} />
        )}
      </Stack>
    </Dialog>
  );
}

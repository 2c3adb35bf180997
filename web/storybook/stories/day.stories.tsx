// A day of appointments: every state, leave, what is taken by somebody sealed, overlaps, nothing at all, and the list.
import { appointmentLook, AppointmentState, Group, Panel, Stack } from '@galen/ui';
import { DayAgenda, DayCalendar, HOUR_MS, MINUTE_MS, type DayBlock, type DayColumn, type DayPlace } from '@galen/ui/day';
import type { Meta } from '@storybook/react-vite';
import { useState } from 'react';

export default { title: 'Day' } satisfies Meta;

const DAY = Date.parse('2026-11-27T00:00:00Z');
const at = (hours: number, minutes = 0) => DAY + hours * HOUR_MS + minutes * MINUTE_MS;
const STATES = ['booked', 'arrived', 'checked-in', 'fulfilled', 'cancelled', 'noshow', 'pending'] as const;

const columns: DayColumn[] = [
  { key: 'a', title: 'Dr Beatrice Walker', open: [{ start: at(9), end: at(12) }], absent: [{ start: at(11), end: at(11, 30) }], taken: [] },
  { key: 'b', title: 'Dr Dennis Featherstonehaugh-Cholmondeley', open: [{ start: at(9), end: at(13) }], absent: [], taken: [{ start: at(10), end: at(10, 30) }] },
];

const block = (column: string, number: number, minutes: number, status: (typeof STATES)[number]): DayBlock => ({
  key: `${column}${number}`, column, start: at(9, number), end: at(9, number + minutes), title: 'FEATHERSTONEHAUGH, Constance', detail: 'Medical clinic, follow-up',
  state: status, ...appointmentLook(status), movable: status === 'booked',
});

const blocks = [
  ...STATES.map((status, number) => block('a', number * 15, number === 1 ? 10 : 15, status)),
  block('b', 0, 30, 'booked'),
  block('b', 15, 30, 'booked'),
];

function Movable({ shown = blocks }: { shown?: DayBlock[] }) {
  const [all, setAll] = useState(shown);
  const [lifted, setLifted] = useState<string>();
  const [selected, setSelected] = useState<string>();
  const move = (key: string, to: DayPlace) => setAll(all.map((one) => (one.key === key ? { ...one, ...to, end: to.start + one.end - one.start } : one)));
  return (
    <DayCalendar label="Appointments" dayStart={DAY} timeZone="UTC" columns={columns} blocks={all} now={at(10, 20)} selected={selected} lifted={lifted} onLift={setLifted} onOpen={setSelected} onMove={move} />
  );
}

export const EveryState = () => <Movable />;

export const Empty = () => <Movable shown={[]} />;

export const Agenda = () => <DayAgenda label="Appointments" timeZone="UTC" columns={columns} blocks={blocks} onOpen={() => undefined} />;

export const States = () => (
  <Panel title="States">
    <Stack>
      <Group>{[...STATES, 'waitlist', 'entered-in-error', 'of another program'].map((status) => <AppointmentState key={status} status={status} />)}</Group>
    </Stack>
  </Panel>
);

// How the day stands, in a line: how many are expected, wait, were seen, did not come.
import type { BoardEntry } from '@galen/core';
import { appointmentLook, Badge, useAppointmentState } from '@galen/ui';

const STATES = ['booked', 'arrived', 'checked-in', 'fulfilled', 'noshow', 'cancelled', 'pending'] as const;

export function Counts({ entries }: { entries: readonly BoardEntry[] }) {
  const stateOf = useAppointmentState();
  const count = (state: string) => entries.filter(({ appointment }) => appointment.status === state).length;
  return (
    <ul className="g-plain-list counts">
      {STATES.map((state) => ({ state, look: appointmentLook(state), many: count(state) }))
        .filter(({ many }) => many > 0)
        .map(({ state, look, many }) => (
          <li key={state}>
            <Badge icon={look.icon} tone={look.tone === 'muted' ? 'neutral' : look.tone}>{stateOf(state)} <strong className="g-figures">{many}</strong></Badge>
          </li>
        ))}
    </ul>
  );
}

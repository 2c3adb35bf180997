//! The state of an appointment: a word, an icon and a colour, so that it is never the colour alone.
import { Badge } from '../feedback/alert';
import type { IconName } from '../icons';
import { useLabels } from '../labels/context';

export interface AppointmentLook {
  icon: IconName;
  tone: 'neutral' | 'info' | 'success' | 'warning' | 'critical' | 'muted';
}

const LOOKS: Record<string, AppointmentLook> = {
  proposed: { icon: 'question', tone: 'neutral' },
  pending: { icon: 'question', tone: 'warning' },
  waitlist: { icon: 'list', tone: 'neutral' },
  booked: { icon: 'calendar', tone: 'neutral' },
  arrived: { icon: 'clock', tone: 'info' },
  'checked-in': { icon: 'check', tone: 'success' },
  fulfilled: { icon: 'check', tone: 'muted' },
  cancelled: { icon: 'close', tone: 'muted' },
  noshow: { icon: 'alert', tone: 'critical' },
  'entered-in-error': { icon: 'none', tone: 'muted' },
};

/** A state that this program does not know is shown as not known, not as one it knows. */
export function appointmentLook(status: string): AppointmentLook {
  return LOOKS[status] ?? { icon: 'question', tone: 'warning' };
}

export function useAppointmentState(): (status: string) => string {
  const { appointments } = useLabels();
  return (status) => appointments.states[status] ?? appointments.unknown;
}

export function AppointmentState({ status }: { status: string }) {
  const wordOf = useAppointmentState();
  const { icon, tone } = appointmentLook(status);
  return <Badge icon={icon} tone={tone === 'muted' ? 'neutral' : tone}>{wordOf(status)}</Badge>;
}

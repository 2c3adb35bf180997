// One appointment as a file for the calendar of the phone (RFC 5545).
import type { Visit } from './visits';

const LINE_BYTES_MAX = 75;

const stamp = (iso: string | number): string => new Date(iso).toISOString().replace(/[-:]|\.\d+/g, '');

const escaped = (text: string): string => text.replace(/[\\;,]/g, (one) => `\\${one}`).replace(/\r?\n/g, '\\n');

/** Lines are folded by bytes, never within a character. */
export function folded(line: string): string {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  let out = '';
  let length = 0;
  for (const character of line) {
    const size = bytes(character);
    if (length + size > LINE_BYTES_MAX) {
      out += '\r\n ';
      length = 1;
    }
    out += character;
    length += size;
  }
  return out;
}

/** Undefined for what has no time. The same UID as in the hospital's own messages, so that nothing stands there twice. */
export function icsOf(visit: Visit, { hospital, title, now }: { hospital: string; title: string; now: number }): string | undefined {
  const { start, end, version } = visit.view;
  if (!start || !end) return undefined;
  const lines = [
    'BEGIN:VCALENDAR', 'VERSION:2.0', `PRODID:-//${escaped(hospital)}//Galen//EN`, 'METHOD:PUBLISH', 'BEGIN:VEVENT',
    `UID:${visit.id}@galen`, `DTSTAMP:${stamp(now)}`, `DTSTART:${stamp(start)}`, `DTEND:${stamp(end)}`, `SEQUENCE:${Math.max(0, version - 1)}`,
    `SUMMARY:${escaped(title)}`,
    ...(visit.where.length > 0 ? [`LOCATION:${escaped(visit.where.join(', '))}`] : []),
    ...(visit.preparation ? [`DESCRIPTION:${escaped(visit.preparation)}`] : []),
    `STATUS:${visit.view.status === 'cancelled' ? 'CANCELLED' : 'CONFIRMED'}`,
    'END:VEVENT', 'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}

/** Hands a file to the browser's own downloads. */
export function download(name: string, type: string, content: string | Blob): void {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by the next turn; before, the address must still hold.
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

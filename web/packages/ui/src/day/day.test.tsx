// A day: opened, carried with the keyboard, dropped on free time, let go of; and the same as a list.
import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { GalenProvider } from '../provider';
import { DayAgenda } from './day-agenda';
import { DayCalendar, type DayBlock, type DayColumn } from './day-calendar';
import { HOUR_MS, MINUTE_MS } from './geometry';

const DAY = Date.parse('2026-11-27T00:00:00Z');
const at = (hours: number, minutes = 0) => DAY + hours * HOUR_MS + minutes * MINUTE_MS;
const columns: DayColumn[] = [
  { key: 'a', title: 'Dr A', open: [{ start: at(9), end: at(12) }], absent: [], taken: [{ start: at(11), end: at(11, 30) }] },
  { key: 'b', title: 'Dr B', open: [{ start: at(9), end: at(12) }], absent: [{ start: at(9), end: at(10) }], taken: [] },
];
const booked: DayBlock = { key: 'a1', column: 'a', start: at(10), end: at(10, 15), title: 'OKAFOR, Ann', state: 'Booked', icon: 'calendar', tone: 'neutral', movable: true };
const seen: DayBlock = { ...booked, key: 'a2', start: at(9), end: at(9, 15), title: 'SMITH, Bo', state: 'Seen', movable: false };

const onMove = vi.fn();
const onOpen = vi.fn();

function Day() {
  const [lifted, setLifted] = useState<string>();
  return (
    <GalenProvider colorScheme="light">
      <DayCalendar label="Day" dayStart={DAY} timeZone="UTC" columns={columns} blocks={[booked, seen]} now={at(10)} lifted={lifted} onLift={setLifted} onOpen={onOpen} onMove={onMove} />
    </GalenProvider>
  );
}

const ann = () => screen.getByRole('button', { name: /OKAFOR/ });

beforeEach(() => {
  onMove.mockClear();
  onOpen.mockClear();
});

describe('DayCalendar', () => {
  it('says state in words, who is away and what is taken', () => {
    render(<Day />);
    expect(ann()).toHaveTextContent('10:00 OKAFOR, Ann Booked');
    expect(screen.getByText('Away')).toBeVisible();
    expect(screen.getByText('Taken')).toBeVisible();
  });

  it('opens with Enter and moves with Space and the arrows', async () => {
    render(<Day />);
    const user = userEvent.setup();
    ann().focus();
    await user.keyboard('{Enter}');
    expect(onOpen).toHaveBeenCalledWith('a1');
    await user.keyboard(' ');
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowRight}');
    expect(screen.getByText('10:10, Dr B')).toBeInTheDocument();
    await user.keyboard(' ');
    expect(onMove).toHaveBeenCalledWith('a1', { column: 'b', start: at(10, 10) });
  });

  it('lets go with Esc, never leaves the day, and moves nothing that may not be moved', async () => {
    render(<Day />);
    const user = userEvent.setup();
    ann().focus();
    await user.keyboard(' {PageUp}{PageUp}{PageUp}{ArrowLeft}');
    expect(screen.getByText('09:00, Dr A')).toBeInTheDocument();
    await user.keyboard('{Escape}{ArrowDown} ');
    screen.getByRole('button', { name: /SMITH/ }).focus();
    fireEvent.keyDown(screen.getByRole('button', { name: /SMITH/ }), { key: ' ' });
    await user.keyboard('{ArrowDown}{Enter}');
    expect(onMove).not.toHaveBeenCalled();
  });
});

it('DayAgenda lists what the columns have, by time', () => {
  render(<GalenProvider colorScheme="light"><DayAgenda label="Day" timeZone="UTC" columns={columns} blocks={[booked, seen, { ...booked, key: 'x', column: 'gone' }]} onOpen={onOpen} /></GalenProvider>);
  expect(screen.getAllByRole('button').map((button) => button.textContent)).toEqual(['09:00SMITH, Bo SeenDr A', '10:00OKAFOR, Ann BookedDr A']);
});

// What opens over the page: keys, focus, names, and the undo that waits.
import { expectAccessible, renderUi } from '@galen/testing';
import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Button, IconButton } from '../controls/button';
import { CommandPalette, type PaletteGroup } from './command-palette';
import { Dialog } from './dialog';
import { hintPlace } from './hints';
import { KeyboardHelp } from './keyboard-help';
import { Menu } from './menu';
import { SidePanel } from './side-panel';
import { clearToasts, showToast, showUndoToast, UNDO_MS } from './toasts';

afterEach(() => {
  act(clearToasts);
  vi.useRealTimers();
});

describe('CommandPalette', () => {
  const picked = vi.fn();
  const item = (id: string) => ({ id, label: `Item ${id}`, onSelect: () => { picked(id); } });
  const groups: PaletteGroup[] = [
    { id: 'patients', label: 'Patients', items: [item('a'), item('b')], state: 'ready' },
    { id: 'screens', label: 'Screens', items: [item('c')] },
    { id: 'orders', label: 'Orders', items: [], state: 'failed' },
    { id: 'none', label: 'Nothing here', items: [] },
  ];

  const show = (shown = groups) => {
    picked.mockClear();
    const close = vi.fn();
    renderUi(<CommandPalette opened onClose={close} query="o" onQueryChange={() => undefined} groups={shown} />);
    return { box: screen.getByRole('combobox', { hidden: true }), close };
  };

  const active = (box: HTMLElement) => document.getElementById(box.getAttribute('aria-activedescendant') ?? '')?.textContent;

  it('walks over all groups with the arrows, round the ends, and opens with Enter', async () => {
    const { box, close } = show();
    box.focus();
    expect(active(box)).toBe('Item a');
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(active(box)).toBe('Item c');
    await userEvent.keyboard('{ArrowDown}');
    expect(active(box)).toBe('Item a');
    await userEvent.keyboard('{ArrowUp}{Enter}');
    expect(picked).toHaveBeenCalledExactlyOnceWith('c');
    expect(close).toHaveBeenCalledOnce();
  });

  it('says which search failed instead of showing nothing', () => {
    show();
    const listbox = screen.getByRole('listbox', { hidden: true });
    expect(within(listbox).getByText('Search is unavailable')).toBeInTheDocument();
    expect(within(listbox).queryByText('Nothing here')).toBeNull();
  });

  it.each<[string, PaletteGroup[]]>([
    ['Searching', [{ id: 'p', label: 'Patients', items: [], state: 'loading' }]],
    ['No match', []],
  ])('says %s', (words, shown) => {
    show(shown);
    expect(screen.getByText(words)).toBeInTheDocument();
  });

  it('has no finding of axe', async () => {
    show();
    await expectAccessible(screen.getByRole('dialog', { hidden: true }));
  });
});

describe('toasts', () => {
  it('undoes within ten seconds, and only then', async () => {
    const undo = vi.fn();
    renderUi(<p>page</p>);
    act(() => { showUndoToast('Acknowledged', undo); });
    await userEvent.click(screen.getByRole('button', { name: /Undo/ }));
    expect(undo).toHaveBeenCalledOnce();
    expect(screen.queryByText('Acknowledged')).toBeNull();
  });

  it('goes by itself after its time, but not while it is pointed at', () => {
    vi.useFakeTimers();
    renderUi(<p>page</p>);
    act(() => { showUndoToast('Acknowledged', () => undefined); });
    act(() => { vi.advanceTimersByTime(UNDO_MS - 1000); });
    expect(screen.getByText('1 s')).toBeInTheDocument();
    const button = screen.getByRole('button', { name: /Undo/ });
    act(() => { button.focus(); });
    act(() => { vi.advanceTimersByTime(60_000); });
    expect(screen.getByText('Acknowledged')).toBeInTheDocument();
    act(() => { button.blur(); });
    act(() => { vi.advanceTimersByTime(2_000); });
    expect(screen.queryByText('Acknowledged')).toBeNull();
  });

  it('keeps what went wrong until it is closed', () => {
    vi.useFakeTimers();
    renderUi(<p>page</p>);
    act(() => { showToast('Not saved', 'critical'); });
    act(() => { vi.advanceTimersByTime(3_600_000); });
    expect(screen.getByText('Not saved')).toBeInTheDocument();
  });
});

describe('hints', () => {
  const page = <><Button>before</Button><IconButton icon="refresh" label="Refresh" /><p>plain</p></>;

  it('show at once for the keyboard, and go on Esc and on leaving', async () => {
    renderUi(page);
    await userEvent.tab();
    expect(screen.queryByRole('tooltip')).toBeNull();
    await userEvent.tab();
    expect(screen.getByRole('tooltip')).toHaveTextContent('Refresh');
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('tooltip')).toBeNull();
  });

  it('show after a moment for the pointer, stay while it is on the hint, and go after it', () => {
    vi.useFakeTimers();
    renderUi(page);
    const point = (element: Element) => act(() => { element.dispatchEvent(new Event('pointerover', { bubbles: true })); });
    const wait = () => act(() => { vi.advanceTimersByTime(400); });
    point(screen.getByRole('button', { name: 'Refresh' }));
    expect(screen.queryByRole('tooltip')).toBeNull();
    wait();
    point(screen.getByText('plain'));
    point(screen.getByRole('tooltip'));
    wait();
    expect(screen.getByRole('tooltip')).toHaveTextContent('Refresh');
    point(screen.getByText('plain'));
    wait();
    expect(screen.queryByRole('tooltip')).toBeNull();
  });

  it.each([
    [{ left: 400, top: 300 }, { left: 360, top: 262 }], [{ left: 0, top: 300 }, { left: 8, top: 262 }], [{ left: 985, top: 300 }, { left: 892, top: 262 }], [{ left: 400, top: 10 }, { left: 360, top: 38 }],
  ])('stand beside %j at %j, on the screen', ({ left, top }, place) => {
    expect(hintPlace(new DOMRect(left, top, 20, 20), { width: 100, height: 30 }, 1000)).toEqual(place);
  });
});

describe('SidePanel', () => {
  function Page() {
    const [opened, setOpened] = useState(false);
    return (
      <>
        <Button onClick={() => setOpened(true)}>Amend</Button>
        <SidePanel opened={opened} onClose={() => setOpened(false)} title="Amend patient"><input aria-label="Draft" /></SidePanel>
      </>
    );
  }

  it('takes the focus, closes on Esc and gives the focus back, with the page in reach all the while', async () => {
    renderUi(<Page />);
    await userEvent.click(screen.getByRole('button', { name: 'Amend' }));
    expect(screen.getByRole('heading', { name: 'Amend patient' })).toHaveFocus();
    expect(screen.getByRole('complementary', { name: 'Amend patient' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Amend' })).toBeVisible();
    await userEvent.click(screen.getByLabelText('Draft'));
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('complementary')).toBeNull();
    expect(screen.getByRole('button', { name: 'Amend' })).toHaveFocus();
  });
});

describe('Dialog, menu and help', () => {
  it('cannot be left where one must answer', async () => {
    const close = vi.fn();
    renderUi(<Dialog opened persistent onClose={close} title="Sign in again">Kept</Dialog>);
    await userEvent.keyboard('{Escape}');
    expect(close).not.toHaveBeenCalled();
    expect(screen.queryByRole('button', { name: 'Close', hidden: true })).toBeNull();
  });

  it('can be closed otherwise', async () => {
    const close = vi.fn();
    renderUi(<Dialog opened onClose={close} title="Compare">Kept</Dialog>);
    await userEvent.click(screen.getByRole('button', { name: 'Close', hidden: true }));
    expect(close).toHaveBeenCalledOnce();
  });

  it('marks the choice in force', async () => {
    const dark = vi.fn();
    renderUi(<Menu trigger={<Button>Scheme</Button>} items={[{ key: 'l', label: 'Light', checked: true, onSelect: () => undefined }, { key: 'd', label: 'Dark', checked: false, onSelect: dark }]} />);
    await userEvent.click(screen.getByRole('button', { name: 'Scheme' }));
    expect(await screen.findByRole('menuitemradio', { name: 'Light', hidden: true })).toHaveAttribute('aria-checked', 'true');
    await userEvent.click(screen.getByRole('menuitemradio', { name: 'Dark', hidden: true }));
    expect(dark).toHaveBeenCalledOnce();
  });

  it('lets single keys be turned off', async () => {
    const change = vi.fn();
    renderUi(<KeyboardHelp opened onClose={() => undefined} singleKeys onSingleKeysChange={change} groups={[{ label: 'Go', shortcuts: [{ keys: ['g', 'w'], label: 'Worklist' }] }]} />);
    await userEvent.click(screen.getByLabelText('Single-key shortcuts'));
    expect(change).toHaveBeenCalledExactlyOnceWith(false);
  });
});

// Keys that act, keys that do not while one types, and the switch that turns single keys off.
import { fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { changePreferences } from './preferences';
import { useShortcut } from './shortcuts';

const run = vi.fn();

function Screen({ keys }: { keys: string }) {
  useShortcut(keys, 'Does it', run);
  return <input aria-label="Name" />;
}

const press = (key: string, more: KeyboardEventInit = {}, target: Element = document.body) =>
  fireEvent.keyDown(target, { key, ...more });

afterEach(() => {
  run.mockClear();
  changePreferences({ singleKeys: true });
});

describe('a shortcut', () => {
  it('of two keys acts when they follow one another', () => {
    render(<Screen keys="g p" />);
    press('g');
    press('x');
    press('p');
    expect(run).not.toHaveBeenCalled();
    press('g');
    press('p');
    expect(run).toHaveBeenCalledOnce();
  });

  it('of one key is silent while somebody types', () => {
    render(<Screen keys="?" />);
    press('?', {}, screen.getByLabelText('Name'));
    expect(run).not.toHaveBeenCalled();
    press('?');
    expect(run).toHaveBeenCalledOnce();
  });

  it('of one key can be turned off, one with Ctrl cannot', () => {
    changePreferences({ singleKeys: false });
    render(
      <>
        <Screen keys="?" />
        <Screen keys="mod+k" />
      </>,
    );
    press('?');
    expect(run).not.toHaveBeenCalled();
    press('k', { ctrlKey: true });
    expect(run).toHaveBeenCalledOnce();
  });

  it('is gone with its screen', () => {
    render(<Screen keys="?" />).unmount();
    press('?');
    expect(run).not.toHaveBeenCalled();
  });
});

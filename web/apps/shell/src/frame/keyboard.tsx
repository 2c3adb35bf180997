// The keyboard sheet: all shortcuts of what is on screen now.
import { changePreferences, usePreferences, useShortcutList, useWords } from '@galen/core';
import { KeyboardHelp } from '@galen/ui';
import { words } from '../words/words';

const isMac = /mac/i.test(navigator.userAgent);

/** `mod+k` as it stands on this keyboard: Ctrl+K, or ⌘K. */
export function shownKeys(keys: string): string[] {
  return keys.split(' ').map((key) => key.replace(/^mod\+(.)$/, (_, letter: string) => `${isMac ? '⌘' : 'Ctrl+'}${letter.toUpperCase()}`));
}

export function Keyboard({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useWords(words);
  const { singleKeys } = usePreferences();
  const shortcuts = useShortcutList();
  const shown = [...new Map(shortcuts.map((shortcut) => [shortcut.keys, shortcut])).values()];
  return (
    <KeyboardHelp
      opened={opened}
      onClose={onClose}
      groups={[{ label: t('general'), shortcuts: shown.map(({ keys, label }) => ({ keys: shownKeys(keys), label })) }]}
      singleKeys={singleKeys}
      onSingleKeysChange={(on) => changePreferences({ singleKeys: on })}
    />
  );
}

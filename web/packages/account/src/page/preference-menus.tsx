// Appearance and language, on the sign-in screen and in the header.
import { changePreferences, COLOR_SCHEMES, LANGUAGES, usePreferences, useWords, type Language } from '@galen/core';
import { IconButton, Menu } from '@galen/ui';
import { words } from '../words/words';
import { LANGUAGE_NAMES } from './languages';

export function ThemeMenu() {
  const t = useWords(words);
  const { colorScheme } = usePreferences();
  return (
    <Menu
      label={t('theme')}
      trigger={<IconButton icon={colorScheme === 'dark' ? 'moon' : 'sun'} label={t('theme')} />}
      items={COLOR_SCHEMES.map((scheme) => ({
        key: scheme,
        label: t(scheme),
        checked: scheme === colorScheme,
        onSelect: () => changePreferences({ colorScheme: scheme }),
      }))}
    />
  );
}

export function LanguageMenu({ languages }: { languages: readonly Language[] }) {
  const t = useWords(words);
  const { language } = usePreferences();
  return (
    <Menu
      label={t('language')}
      trigger={<IconButton icon="globe" label={t('language')} />}
      items={languages.map((one) => ({
        key: one,
        label: <span lang={one}>{LANGUAGE_NAMES[one]}</span>,
        checked: one === language,
        onSelect: () => changePreferences({ language: one }),
      }))}
    />
  );
}

export function PreferenceMenus({ languages = LANGUAGES }: { languages?: readonly Language[] }) {
  return (
    <>
      <ThemeMenu />
      <LanguageMenu languages={languages} />
    </>
  );
}

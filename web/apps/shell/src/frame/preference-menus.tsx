// Appearance and language, on the sign-in screen and in the header.
import { changePreferences, COLOR_SCHEMES, LANGUAGES, usePreferences, useWords, type Language } from '@galen/core';
import { IconButton, Menu } from '@galen/ui';
import { words } from '../words/words';

/** Each in its own words: whoever cannot read the others finds it. */
const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', ar: 'العربية' };

export function PreferenceMenus() {
  const t = useWords(words);
  const { colorScheme, language } = usePreferences();
  return (
    <>
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
      <Menu
        label={t('language')}
        trigger={<IconButton icon="globe" label={t('language')} />}
        items={LANGUAGES.map((one) => ({
          key: one,
          label: <span lang={one}>{LANGUAGE_NAMES[one]}</span>,
          checked: one === language,
          onSelect: () => changePreferences({ language: one }),
        }))}
      />
    </>
  );
}

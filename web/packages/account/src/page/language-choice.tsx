// The language in plain sight, as the browser's own list: read before anything else is understood.
import { changePreferences, LANGUAGES, usePreferences, useWords } from '@galen/core';
import { Icon } from '@galen/ui';
import { words } from '../words/words';
import { LANGUAGE_NAMES } from './languages';

export function LanguageChoice() {
  const t = useWords(words);
  const { language } = usePreferences();
  const choose = (chosen: string) => {
    const known = LANGUAGES.find((one) => one === chosen);
    if (known) changePreferences({ language: known });
  };
  return (
    <span className="language-choice">
      <Icon name="globe" />
      <select aria-label={t('language')} value={language} onChange={(event) => choose(event.currentTarget.value)}>
        {LANGUAGES.map((one) => <option key={one} value={one} lang={one}>{LANGUAGE_NAMES[one]}</option>)}
      </select>
    </span>
  );
}

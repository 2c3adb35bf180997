// The languages, each in its own words: whoever cannot read the others finds it.
import type { Language } from '@galen/core';

export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', cy: 'Cymraeg', ar: 'العربية' };

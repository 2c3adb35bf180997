// Words by language, plurals, and the direction that goes with them.
import { act, renderHook } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { changePreferences, directionOf } from './preferences';
import { catalogue, loadLanguage, textOf, useWords } from './words';

const words = catalogue(
  { greeting: 'Hello {name}', found: { one: '{count} patient', other: '{count} patients' } },
  {
    ar: async () => ({
      default: {
        greeting: 'مرحبا {name}',
        found: { two: 'مريضان', few: '{count} مرضى', other: '{count} مريض' },
      },
    }),
  },
);

afterEach(() => act(() => changePreferences({ language: 'en' })));

describe('words', () => {
  it('put values in their places and leave an unknown place visible', () => {
    expect(textOf('Hello {name}', 'en', { name: 'Ada' })).toBe('Hello Ada');
    expect(textOf('Hello {name}', 'en')).toBe('Hello {name}');
  });

  it.each([
    ['en', 1, '1 patient'],
    ['en', 2, '2 patients'],
    ['ar', 2, 'مريضان'],
    ['ar', 5, '5 مرضى'],
    ['ar', 100, '100 مريض'],
  ] as const)('in %s agree with %d', async (language, count, text) => {
    await loadLanguage(language);
    expect(words.translate(language)('found', { count })).toBe(text);
  });

  it('change on screen when the language does, and are English until the other is there', async () => {
    const { result } = renderHook(() => useWords(words)('greeting', { name: 'Ada' }));
    expect(result.current).toBe('Hello Ada');
    await act(async () => {
      changePreferences({ language: 'ar' });
      await loadLanguage('ar');
    });
    expect(result.current).toBe('مرحبا Ada');
    expect(directionOf('ar')).toBe('rtl');
  });
});

// Why something was refused, in the person's own language where the portal knows the reason.
import { useWords, type Refusal } from '@galen/core';
import { words } from '../words/words';

type Word = Parameters<ReturnType<typeof words.translate>>[0];

const KNOWN: Record<string, Word> = {
  'already-booked': 'refusedTaken',
  absent: 'refusedTaken',
  'outside-opening': 'refusedTaken',
  'hold-expired': 'refusedExpired',
  'patient-has-another': 'refusedAnother',
  'too-late': 'tooLateDetail',
  'too-soon': 'refusedTooSoon',
  'in-the-past': 'refusedTooSoon',
  'not-bookable-online': 'refusedNotOnline',
  'not-possible-now': 'refusedChanged',
  'version-conflict': 'refusedChanged',
  'already-waiting': 'refusedWaiting',
  'not-replaceable': 'refusedChanged',
  'offer-open': 'refusedChanged',
  'hours-too-short': 'refusedHours',
};

export function useRefusalText(): (refusal: Refusal) => string {
  const t = useWords(words);
  return (refusal) => {
    const word = KNOWN[refusal.code];
    if (word) return t(word);
    if (refusal.status === 0 || refusal.detail === '') return t('tryLater');
    return [refusal.detail, refusal.next].filter(Boolean).join('. ');
  };
}

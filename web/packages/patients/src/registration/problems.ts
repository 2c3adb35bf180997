// A refusal as the form shows it: at its field where it names one.
import { useWords, type Refusal } from '@galen/core';
import type { FormProblem } from '@galen/ui';
import { words } from '../words/words';
import { fieldId, fieldOfRefusal } from './details-form';

export function useProblems(): (refusal: Refusal) => FormProblem[] {
  const t = useWords(words);
  return (refusal) => {
    if (refusal.status === 0) return [{ message: t('notSent') }];
    if (refusal.status === 401) return [{ message: t('notSentSignedOut') }];
    const field = fieldOfRefusal(refusal);
    const reference = refusal.status >= 500 && refusal.reference ? ` (${refusal.reference})` : '';
    return [{ message: `${refusal.detail}${reference}`, ...(field && { field: fieldId(field) }) }];
  };
}

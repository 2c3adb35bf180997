// Finding patients as one types: only the latest question's answer counts, and the older request is aborted.
import { useEffect, useState } from 'react';
import type { PatientView } from './generated/api';
import { useAppDispatch, useAppSelector } from './hooks';
import { isRefusal, type Refusal } from './refusal';
import { restApi } from './tags';
import { useDebounced } from './debounced';

const SEARCH_WAIT_MS = 120;
const SEARCH_CHARACTERS_MIN = 2;
export const PATIENTS_FOUND_MAX = 30;

export type PatientSearch =
  | { state: 'idle' }
  | { state: 'searching'; previous: PatientView[] }
  | { state: 'found'; text: string; patients: PatientView[]; hasMore: boolean }
  | { state: 'failed'; refusal: Refusal };

type Outcome = Extract<PatientSearch, { state: 'found' | 'failed' }>;

/** `count` patients that fit what was typed. */
export function usePatientSearch(typed: string, count: number = PATIENTS_FOUND_MAX): PatientSearch {
  const dispatch = useAppDispatch();
  const isReachable = useAppSelector((state) => state.connection.isReachable);
  const text = useDebounced(typed.trim(), SEARCH_WAIT_MS);
  const [attempt, setAttempt] = useState(0);
  const [latest, setLatest] = useState<{ question: string; outcome: Outcome }>();
  const question = `${attempt} ${text}`;
  const outcome = latest?.question === question ? latest.outcome : undefined;
  const isUnanswered = outcome?.state === 'failed' && outcome.refusal.status === 0;

  useEffect(() => {
    if (isReachable && isUnanswered) setAttempt((before) => before + 1);
  }, [isReachable, isUnanswered]);

  useEffect(() => {
    if (text.length < SEARCH_CHARACTERS_MIN) return;
    const request = dispatch(restApi.endpoints.findPatients.initiate({ text, count }, { forceRefetch: true }));
    let isCurrent = true;
    void request.then(({ data, error }) => {
      if (!isCurrent) return;
      if (data) {
        const outcome: Outcome = { state: 'found', text, patients: data.patients, hasMore: Boolean(data.next) };
        setLatest({ question, outcome });
      } else if (isRefusal(error)) setLatest({ question, outcome: { state: 'failed', refusal: error } });
    });
    return () => {
      isCurrent = false;
      request.abort();
      request.unsubscribe();
    };
  }, [dispatch, text, count, question]);

  if (typed.trim().length < SEARCH_CHARACTERS_MIN) return { state: 'idle' };
  if (outcome && text === typed.trim()) return outcome;
  return { state: 'searching', previous: latest?.outcome.state === 'found' ? latest.outcome.patients : [] };
}

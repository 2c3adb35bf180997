// What a form's questions share: the answers, the language, and what is wrong with them.
import { answersAt, itemText, type AnswerProblem, type Answers, type AnswerValue, type Questionnaire, type ShownItem } from '@galen/fhir';
import { createContext, use } from 'react';
import type { words } from '../words/words';

type Word = Parameters<ReturnType<typeof words.translate>>[0];

export const PROBLEM_WORDS: Record<AnswerProblem, Word> = {
  required: 'problemRequired',
  integer: 'problemInteger',
  number: 'problemNumber',
  date: 'problemDate',
  time: 'problemTime',
  'too-long': 'problemLong',
  address: 'problemAddress',
};

export interface FormContextValue {
  questionnaire: Questionnaire;
  answers: Answers;
  change: (answers: Answers) => void;
  language: string;
  errorOf: (place: string) => string | undefined;
}

export const FormContext = createContext<FormContextValue | null>(null);

export function useForm(): FormContextValue {
  const form = use(FormContext);
  if (!form) throw new Error('a question stands outside of its form');
  return form;
}

/** Places hold signs that an id in an address must not. */
export const fieldId = (place: string): string => `q-${place.replace(/[^\w-]/g, (sign) => `_${sign.charCodeAt(0).toString(16)}_`)}`;

export function useAnswer(place: string): { values: AnswerValue[]; raw: readonly AnswerValue[]; set: (values: AnswerValue[]) => void } {
  const { answers, change } = useForm();
  return {
    values: answersAt(answers, place),
    raw: answers.values[place] ?? [],
    set: (values) => change({ ...answers, values: { ...answers.values, [place]: values } }),
  };
}

export function useText({ item }: ShownItem): string {
  const { language } = useForm();
  return [item.prefix, itemText(item, language)].filter(Boolean).join(' ');
}

// Forms to fill in: those that were handed to the patient, or begun, and those that anybody may fill in.
import { usePreferences, useQuestionnaireResponsesQuery, useQuestionnairesQuery } from '@galen/core';
import { isAnswerTo, questionnaireTitle, type Questionnaire, type QuestionnaireResponse } from '@galen/fhir';
import { useMemo } from 'react';
import type { Query } from '../common/source';
import { useOwnPatient } from '../own';

export interface OpenForm {
  /** The id of the draft, or of the questionnaire where nothing was begun. */
  key: string;
  title: string;
  questionnaire: Questionnaire;
  draft?: QuestionnaireResponse;
}

export interface Forms {
  open: OpenForm[];
  offered: OpenForm[];
  sent: { id: string; title: string; at: string | undefined }[];
}

const isForPatients = ({ subjectType }: Questionnaire): boolean => subjectType === undefined || subjectType.length === 0 || subjectType.includes('Patient');

export function formsOf(questionnaires: readonly Questionnaire[], responses: readonly QuestionnaireResponse[], language: string): Forms {
  const of = (response: QuestionnaireResponse) => questionnaires.find((questionnaire) => isAnswerTo(response, questionnaire));
  const drafts = responses.filter(({ status }) => status === 'in-progress').flatMap((draft): OpenForm[] => {
    const questionnaire = of(draft);
    return questionnaire ? [{ key: draft.id ?? '', title: questionnaireTitle(questionnaire, language), questionnaire, draft }] : [];
  });
  const offered = questionnaires
    .filter((questionnaire) => isForPatients(questionnaire) && !drafts.some((open) => open.questionnaire === questionnaire))
    .map((questionnaire) => ({ key: questionnaire.id ?? '', title: questionnaireTitle(questionnaire, language), questionnaire }));
  const sent = responses.filter(({ status }) => status === 'completed' || status === 'amended').map((response) => {
    const questionnaire = of(response);
    return { id: response.id ?? '', title: questionnaire ? questionnaireTitle(questionnaire, language) : '', at: response.authored };
  });
  return { open: drafts, offered, sent };
}

export function useForms(): Query<Forms> {
  const patient = useOwnPatient();
  const { language } = usePreferences();
  const questionnaires = useQuestionnairesQuery(undefined, { skip: patient === '' });
  const responses = useQuestionnaireResponsesQuery({ patient }, { skip: patient === '' });
  const data = useMemo(
    () => (questionnaires.data && responses.data ? formsOf(questionnaires.data.resources, responses.data.resources, language) : undefined),
    [questionnaires.data, responses.data, language],
  );
  return {
    data,
    error: questionnaires.error ?? responses.error,
    isFetching: questionnaires.isFetching || responses.isFetching,
    refetch: () => Promise.all([questionnaires.refetch(), responses.refetch()]),
  };
}

/** Those that wait for the patient. */
export function useOpenForms(): Query<OpenForm[]> {
  const forms = useForms();
  return { ...forms, data: forms.data?.open };
}

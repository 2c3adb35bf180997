// Reading FHIR: one endpoint per list that a chart shows, all pages of it, tagged by patient.
import {
  nextPage,
  resourcesOf,
  type AllergyIntolerance,
  joinedBundle,
  type Appointment,
  type Bundle,
  type Condition,
  type DiagnosticReport,
  type DocumentReference,
  type Encounter,
  type Immunization,
  type MedicationRequest,
  type MedicationStatement,
  type Observation,
  type Patient,
  type Practitioner,
  type Procedure,
  type Questionnaire,
  type QuestionnaireResponse,
  type Resource,
  type ValueSet,
} from '@galen/fhir';
import type { Language } from './preferences';
import type { Refusal } from './refusal';
import { restApi } from './tags';

/** Resources asked for at once, and most pages followed for a list that is shown whole. */
export const RESOURCES_PER_PAGE = 500;
export const PAGES_MAX = 40;
/** Choices of a question; a longer list is for searching, not for choosing. */
const CHOICES_MAX = 200;
/** Pages of a whole record; beyond it the download is refused rather than cut. */
const RECORD_PAGES_MAX = 400;

export interface ResourceList<R> {
  resources: R[];
  /** Medications and others that came along because the list refers to them. */
  included: Resource[];
  /** False when there were more pages than are followed: the screen says so. */
  isComplete: boolean;
}

export interface ResourcePage<R> {
  resources: R[];
  next: string | null;
}

export interface OfPatient {
  patient: string;
}

type Send = (url: string) => PromiseLike<{ data?: unknown; error?: Refusal }>;

const ofPatient = (type: string, { patient }: OfPatient, more: Record<string, string> = {}): string =>
  `/fhir/${type}?${new URLSearchParams({ patient, ...more, _count: String(RESOURCES_PER_PAGE) }).toString()}`;

/** The next page's address; the server names its own host, which behind a proxy is not this page's. */
export function nextOf(bundle: Bundle): string | null {
  const link = nextPage(bundle);
  if (link === undefined) return null;
  const { pathname, search } = new URL(link, location.origin);
  return pathname + search;
}

async function everyPage<R extends Resource>(
  type: R['resourceType'],
  first: string,
  send: Send,
): Promise<{ data: ResourceList<R> } | { error: Refusal }> {
  const list: ResourceList<R> = { resources: [], included: [], isComplete: true };
  let address: string | null = first;
  for (let page = 0; address !== null; page += 1) {
    if (page === PAGES_MAX) return { data: { ...list, isComplete: false } };
    const answer = await send(address);
    if (answer.error) return { error: answer.error };
    const bundle = answer.data as Bundle;
    list.resources.push(...resourcesOf<R>(bundle, type));
    for (const { resource } of bundle.entry ?? []) {
      if (resource && resource.resourceType !== type && resource.resourceType !== 'OperationOutcome') {
        list.included.push(resource);
      }
    }
    address = nextOf(bundle);
  }
  return { data: list };
}

const tagsOf = (type: Resource['resourceType']) => (_list: unknown, _error: unknown, { patient }: OfPatient) =>
  [{ type: 'Record', id: `${type} of ${patient}` }, { type: 'Record', id: type }, { type: 'Patient', id: patient }] as const;

export const fhirApi = restApi.injectEndpoints({
  endpoints: (build) => {
    const list = <R extends Resource>(type: R['resourceType'], more?: Record<string, string>) =>
      build.query<ResourceList<R>, OfPatient>({
        queryFn: (patient, _api, _options, send) => everyPage<R>(type, ofPatient(type, patient, more), send as Send),
        providesTags: tagsOf(type),
      });
    const observations = (category: string) =>
      build.infiniteQuery<ResourcePage<Observation>, OfPatient, string | null>({
        infiniteQueryOptions: {
          initialPageParam: null,
          getNextPageParam: ({ next }) => next ?? undefined,
          maxPages: PAGES_MAX,
        },
        queryFn: async ({ queryArg, pageParam }, _api, _options, send) => {
          const first = ofPatient('Observation', queryArg, { category, _sort: '-date' });
          const answer = await (send as Send)(pageParam ?? first);
          if (answer.error) return { error: answer.error };
          const bundle = answer.data as Bundle;
          return { data: { resources: resourcesOf<Observation>(bundle, 'Observation'), next: nextOf(bundle) } };
        },
        providesTags: tagsOf('Observation'),
      });
    return {
      patientResource: build.query<Patient, OfPatient>({
        query: ({ patient }) => ({ url: `/fhir/Patient/${patient}` }),
        providesTags: tagsOf('Patient'),
      }),
      conditions: list<Condition>('Condition'),
      allergyIntolerances: list<AllergyIntolerance>('AllergyIntolerance'),
      medicationRequests: list<MedicationRequest>('MedicationRequest', { _include: 'MedicationRequest:medication' }),
      medicationStatements: list<MedicationStatement>('MedicationStatement', {
        _include: 'MedicationStatement:medication',
      }),
      immunizations: list<Immunization>('Immunization'),
      encounters: list<Encounter>('Encounter', { _sort: '-date' }),
      procedures: list<Procedure>('Procedure', { _sort: '-date' }),
      documentReferences: list<DocumentReference>('DocumentReference', { _sort: '-date' }),
      diagnosticReports: list<DiagnosticReport>('DiagnosticReport', { _sort: '-date' }),
      appointments: list<Appointment>('Appointment', { _sort: '-date', _include: 'Appointment:actor' }),
      questionnaireResponses: list<QuestionnaireResponse>('QuestionnaireResponse', { _sort: '-authored' }),
      /** What can be filled in. */
      questionnaires: build.query<ResourceList<Questionnaire>, void>({
        queryFn: (_none, _api, _options, send) =>
          everyPage<Questionnaire>('Questionnaire', `/fhir/Questionnaire?status=active&_count=${RESOURCES_PER_PAGE}`, send as Send),
      }),
      /** Those who work here whose name begins so. */
      practitioners: build.query<readonly Practitioner[], { name: string }>({
        query: ({ name }) => ({ url: '/fhir/Practitioner/_search', method: 'POST', form: { name, _count: String(CHOICES_MAX) } }),
        transformResponse: (bundle: Bundle) => resourcesOf<Practitioner>(bundle, 'Practitioner'),
      }),
      valueSetChoices: build.query<ValueSet, { url: string }>({
        query: ({ url }) => ({ url: `/fhir/ValueSet/$expand?${new URLSearchParams({ url, count: String(CHOICES_MAX) }).toString()}` }),
      }),
      saveQuestionnaireResponse: build.mutation<QuestionnaireResponse, { patient: string; response: QuestionnaireResponse }>({
        query: ({ response }) => ({
          url: response.id === undefined ? '/fhir/QuestionnaireResponse' : `/fhir/QuestionnaireResponse/${response.id}`,
          method: response.id === undefined ? 'POST' : 'PUT',
          body: response,
        }),
        invalidatesTags: (_saved, error, { patient }) => (error ? [] : [{ type: 'Record', id: `QuestionnaireResponse of ${patient}` }]),
      }),
      /** A whole record as one file, however many pages it takes; kept as text, so that no digit changes. */
      everything: build.query<Blob, OfPatient>({
        queryFn: async ({ patient }, _api, _options, send) => {
          const pages: string[] = [];
          let address: string | null = `/fhir/Patient/${patient}/$everything?_count=${RESOURCES_PER_PAGE}`;
          while (address !== null) {
            if (pages.length === RECORD_PAGES_MAX) return { error: { status: 0, code: 'record-too-long', detail: '' } };
            const answer: { data?: unknown; error?: Refusal } = await send({ url: address, wantsBlob: true }) as { data?: unknown; error?: Refusal };
            if (answer.error) return { error: answer.error };
            const text = await (answer.data as Blob).text();
            pages.push(text);
            address = nextOf(JSON.parse(text) as Bundle);
          }
          return { data: new Blob([joinedBundle(pages)], { type: 'application/fhir+json' }) };
        },
        keepUnusedDataFor: 0,
      }),
      /** A whole record as a PDF that people can read, in their words. */
      printedRecord: build.query<Blob, OfPatient & { language: Language }>({
        query: ({ patient, language }) => ({ url: `/fhir/Patient/${patient}/$print?language=${language}`, wantsBlob: true }),
        keepUnusedDataFor: 0,
      }),
      /** The few that a first screen shows. */
      latestResults: build.query<ResourcePage<Observation>, OfPatient & { count: number }>({
        query: ({ patient, count }) => ({
          url: `/fhir/Observation?${new URLSearchParams({ patient, category: 'laboratory', _sort: '-date', _count: String(count) }).toString()}`,
        }),
        transformResponse: (bundle: Bundle) => ({ resources: resourcesOf<Observation>(bundle, 'Observation'), next: nextOf(bundle) }),
        providesTags: tagsOf('Observation'),
      }),
      laboratoryResults: observations('laboratory'),
      vitalSigns: observations('vital-signs'),
      /** A letter that alone tells the code for a patient's account. */
      invitationLetter: build.mutation<Blob, OfPatient>({
        query: ({ patient }) => ({ url: `/api/patients/${patient}/invitation-letters`, method: 'POST', wantsBlob: true }),
        invalidatesTags: (_letter, _error, { patient }) => [{ type: 'Invitation', id: patient }],
      }),
      binary: build.query<Blob, { url: string }>({
        query: ({ url }) => ({ url, wantsBlob: true }),
        keepUnusedDataFor: 0,
      }),
    };
  },
});

export const {
  useAppointmentsQuery,
  useLatestResultsQuery,
  useLazyEverythingQuery,
  useInvitationLetterMutation,
  useLazyPrintedRecordQuery,
  useQuestionnaireResponsesQuery,
  useQuestionnairesQuery,
  useSaveQuestionnaireResponseMutation,
  useValueSetChoicesQuery,
  usePatientResourceQuery,
  usePractitionersQuery,
  useConditionsQuery,
  useAllergyIntolerancesQuery,
  useMedicationRequestsQuery,
  useMedicationStatementsQuery,
  useImmunizationsQuery,
  useEncountersQuery,
  useProceduresQuery,
  useDocumentReferencesQuery,
  useDiagnosticReportsQuery,
  useLaboratoryResultsInfiniteQuery,
  useVitalSignsInfiniteQuery,
  useLazyBinaryQuery,
} = fhirApi;

// The record's lists as the screens show them, each with the query it came from.
import {
  useConditionsQuery,
  useDiagnosticReportsQuery,
  useDocumentReferencesQuery,
  useEncountersQuery,
  useImmunizationsQuery,
  useMedicationRequestsQuery,
  useMedicationStatementsQuery,
  useProceduresQuery,
} from '@galen/core';
import {
  documentList,
  documentView,
  encounterItem,
  encounterList,
  immunizationList,
  medicationList,
  medicationRequestView,
  medicationsByReference,
  medicationStatementView,
  problemList,
  procedureItem,
  procedureView,
  reportView,
} from '@galen/fhir';
import { useLabels } from '@galen/ui';
import { useMemo } from 'react';

export function useProblems(patient: string) {
  const { words } = useLabels();
  const query = useConditionsQuery({ patient });
  const { data } = query;
  const problems = useMemo(() => data && problemList(data.resources, words), [data, words]);
  return { query, problems };
}

export function useMedications(patient: string) {
  const { words } = useLabels();
  const requests = useMedicationRequestsQuery({ patient });
  const statements = useMedicationStatementsQuery({ patient });
  const medications = useMemo(() => {
    if (!requests.data || !statements.data) return undefined;
    const context = {
      now: Date.now(),
      medications: medicationsByReference([...requests.data.included, ...statements.data.included]),
      words,
    };
    return medicationList([
      ...requests.data.resources.map((request) => medicationRequestView(request, context)),
      ...statements.data.resources.map((statement) => medicationStatementView(statement, context)),
    ]);
  }, [requests.data, statements.data, words]);
  return { queries: [requests, statements] as const, medications };
}

export function useImmunizations(patient: string) {
  const { words } = useLabels();
  const query = useImmunizationsQuery({ patient });
  const { data } = query;
  const immunizations = useMemo(() => data && immunizationList(data.resources, words), [data, words]);
  return { query, immunizations };
}

export function useTimeline(patient: string) {
  const { words, encounterClasses } = useLabels();
  const encounters = useEncountersQuery({ patient });
  const procedures = useProceduresQuery({ patient });
  const items = useMemo(
    () => [
      ...encounterList(encounters.data?.resources ?? []).map((view) =>
        encounterItem(view, encounterClasses[view.classCode], words),
      ),
      ...(procedures.data?.resources ?? []).map((procedure) => procedureItem(procedureView(procedure, words))),
    ],
    [encounters.data, procedures.data, words, encounterClasses],
  );
  return { queries: [encounters, procedures] as const, items };
}

export function useDocuments(patient: string) {
  const { words } = useLabels();
  const references = useDocumentReferencesQuery({ patient });
  const reports = useDiagnosticReportsQuery({ patient });
  const documents = useMemo(
    () =>
      documentList([
        ...(references.data?.resources ?? []).map((reference) => documentView(reference, words)),
        // A report without words of its own is its results, and those are shown as results.
        ...(reports.data?.resources ?? [])
          .map((report) => reportView(report, words))
          .filter(({ attachments, conclusion }) => attachments.length > 0 || conclusion !== undefined),
      ]),
    [references.data, reports.data, words],
  );
  return { queries: [references, reports] as const, documents };
}

// The summary on paper: every sheet says whose it is, and what could not be read is said, not left out.
import { useAppSelector, useWords } from '@galen/core';
import { clinicalMoment, formatMoment, type AllergyStatus, type MedicationView, type PatientView, type ProblemView, type ResultGroup } from '@galen/fhir';
import { AllergyState, ClinicalDate, Heading, NhsNumber, PatientName, PrintSheet, useLabels } from '@galen/ui';
import type { ReactNode } from 'react';
import { words } from '../words/words';
import { LatestResults } from './latest-results';
import { MedicationLines } from './medication-lines';
import { ProblemLines } from './problem-lines';


export interface PrintedSummaryProps {
  patient: PatientView;
  allergies: AllergyStatus | undefined;
  /** Undefined: could not be read. */
  problems: readonly ProblemView[] | undefined;
  medications: readonly MedicationView[] | undefined;
  results: readonly ResultGroup[] | undefined;
}

function Part<T>({ title, items, none, children }: {
  title: string;
  items: readonly T[] | undefined;
  none: string;
  children: (items: readonly T[]) => ReactNode;
}) {
  const t = useWords(words);
  return (
    <section>
      <Heading level={2} look={3}>{title}</Heading>
      {items === undefined ? <p>{t('sectionUnavailable', { section: title })}</p> : items.length === 0 ? <p>{none}</p> : children(items)}
    </section>
  );
}

export function PrintedSummary({ patient, allergies, problems, medications, results }: PrintedSummaryProps) {
  const t = useWords(words);
  const labels = useLabels();
  const name = useAppSelector((state) => state.session.who?.name ?? '');
  const now = clinicalMoment(new Date().toISOString());
  const time = now ? formatMoment(now, { words: labels.words, time: true }) : '';
  const identity = (
    <>
      <PatientName name={patient.name} /> · {labels.patient.born} <ClinicalDate value={patient.born} absent={labels.notKnown} dateOnly /> ·{' '}
      {labels.patient.nhsNumber} <NhsNumber value={patient.nhsNumber} />
      {patient.mrn !== undefined && <> · {labels.patient.mrn} {patient.mrn}</>}
    </>
  );
  return (
    <PrintSheet title={t('summary')} identity={identity} footer={t('printedBy', { name, time })}>
      <section>
        <Heading level={2} look={3}>{t('allergies')}</Heading>
        <AllergyState status={allergies ?? { state: 'unavailable' }} look="list" />
      </section>
      <Part title={t('activeProblems')} items={problems} none={t('noProblems')}>{(items) => <ProblemLines problems={items} />}</Part>
      <Part title={t('currentMedications')} items={medications} none={t('noCurrentMedications')}>{(items) => <MedicationLines medications={items} />}</Part>
      <Part title={t('latestResults')} items={results} none={t('noResults')}>{(items) => <LatestResults groups={items} />}</Part>
    </PrintSheet>
  );
}

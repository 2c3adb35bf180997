// The record on one screen: allergies, problems, medications, latest results and vital signs, who it is.
import { Link, useWords } from '@galen/core';
import type { AllergyStatus, PatientView } from '@galen/fhir';
import { AllergyLine, AllergyState, Button, Demographics, Group, NotPrinted, Panel, Stack } from '@galen/ui';
import { useMemo } from 'react';
import { words } from '../words/words';
import { latestGroups, LatestResults } from './latest-results';
import { useMedications, useProblems } from '@galen/record';
import { MedicationLines } from './medication-lines';
import { PrintedSummary } from './printed-summary';
import { ProblemLines } from './problem-lines';
import { Section } from './section';
import { chartHref } from './tabs';
import { useLaboratory, useVitals } from '@galen/record';
import type { useAllergies } from '@galen/record';

function Allergies({ status, query }: { status: AllergyStatus | undefined; query: ReturnType<typeof useAllergies>['query'] }) {
  const t = useWords(words);
  const past = status && status.state !== 'unavailable' ? status.past : [];
  return (
    <div id="allergies">
      <Section title={t('allergies')} queries={status?.state === 'unavailable' ? [] : [query]} flush>
        <AllergyState status={status} look="list" />
        {status?.state === 'unavailable' && (
          <div className="padded">
            <Button size="sm" icon="refresh" loading={query.isFetching} onClick={() => void query.refetch()}>{t('tryAgain')}</Button>
          </div>
        )}
        {past.length > 0 && (
          <details className="padded">
            <summary>{t('allergiesPast')}</summary>
            <ul className="g-plain-list">{past.map((allergy) => <li key={allergy.id}><AllergyLine allergy={allergy} /></li>)}</ul>
          </details>
        )}
      </Section>
    </div>
  );
}

export function Summary({ patient, allergies }: { patient: PatientView; allergies: ReturnType<typeof useAllergies> }) {
  const t = useWords(words);
  const { id } = patient;
  const { query: conditions, problems } = useProblems(id);
  const { queries: prescriptions, medications } = useMedications(id);
  const laboratory = useLaboratory(id);
  const vitals = useVitals(id);
  const latest = useMemo(() => latestGroups(laboratory.groups), [laboratory.groups]);
  const active = problems?.active ?? [];
  const current = medications?.current ?? [];
  const more = (tab: Parameters<typeof chartHref>[1]) => <Link to={chartHref(id, tab)} className="g-link">{t('all')}</Link>;
  return (
    <>
      <NotPrinted>
        <div className="summary-tools">
          <Group justify="end">
            <Button icon="print" onClick={() => print()}>{t('printSummary')}</Button>
          </Group>
        </div>
        <div className="summary">
          <Stack gap={4}>
            <Allergies {...allergies} />
            <Section title={t('activeProblems')} queries={[conditions]} isEmpty={active.length === 0} emptyTitle={t('noProblems')} actions={more('problems')} flush>
            <ProblemLines problems={active} />
          </Section>
          <Section title={t('currentMedications')} queries={prescriptions} isEmpty={current.length === 0} emptyTitle={t('noCurrentMedications')} icon="pill" actions={more('medications')} flush>
            <MedicationLines medications={current} />
          </Section>
          </Stack>
          <Stack gap={4}>
          <Section title={t('latestResults')} queries={[laboratory.query]} isEmpty={latest.length === 0} emptyTitle={t('noResults')} icon="flask" actions={more('results')} flush>
            <LatestResults groups={latest} />
          </Section>
          <Section title={t('vitals')} queries={[vitals.query]} isEmpty={vitals.groups.length === 0} emptyTitle={t('noVitals')} icon="heart" actions={more('vitals')} flush>
            <LatestResults groups={vitals.groups} />
          </Section>
          <Panel title={t('demographics')}><Demographics patient={patient} /></Panel>
          </Stack>
        </div>
      </NotPrinted>
      <PrintedSummary
        patient={patient}
        allergies={allergies.status}
        problems={problems?.active}
        medications={medications?.current}
        results={laboratory.query.data && latest}
      />
    </>
  );
}

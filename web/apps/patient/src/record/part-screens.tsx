// The parts of the record, each a list in plain words, each with a state of its own when its source is away.
import { useWords } from '@galen/core';
import type { ImmunizationView, ProblemView } from '@galen/fhir';
import { AllergyState, Badge, ClinicalDate, EmptyState, MedicationLine, Panel, Text, useLabels, type IconName } from '@galen/ui';
import { useAllergies, useImmunizations, useMedications, useProblems, useTimeline } from '@galen/record';
import type { ReactNode } from 'react';
import { Screen, Section } from '../common/screen';
import { Source, type Query } from '../common/source';
import { useOwnPatient } from '../own';
import { useAddress } from '../place';
import { words } from '../words/words';

type Word = Parameters<ReturnType<typeof words.translate>>[0];

interface PartProps {
  title: Word;
  lead: Word;
  children: ReactNode;
}

function Part({ title, lead, children }: PartProps) {
  const t = useWords(words);
  const address = useAddress();
  return <Screen title={t(title)} lead={t(lead)} back={address('record')}>{children}</Screen>;
}

interface AnyQuery {
  data?: unknown;
  error?: unknown;
  isFetching: boolean;
  refetch: () => unknown;
}

/** Several sources as one: there when all are, away when one is. */
function together<T>(queries: readonly AnyQuery[], data: T | undefined): Query<T> {
  const isThere = queries.every((query) => query.data !== undefined);
  return {
    data: isThere ? data : undefined,
    error: queries.find(({ error }) => error !== undefined)?.error,
    isFetching: queries.some(({ isFetching }) => isFetching),
    refetch: () => queries.map((query) => query.refetch()),
  };
}

function Lines<T extends { id: string }>({ rows, empty, icon, children }: { rows: readonly T[]; empty: Word; icon: IconName; children: (row: T) => ReactNode }) {
  const t = useWords(words);
  if (rows.length === 0) return <EmptyState icon={icon} title={t(empty)} />;
  return <ul className="p-cards g-plain-list">{rows.map((row) => <li key={row.id} className="p-card">{children(row)}</li>)}</ul>;
}

export function MedicinesScreen() {
  const t = useWords(words);
  const { queries, medications } = useMedications(useOwnPatient());
  return (
    <Part title="medicines" lead="medicinesLead">
      <Source query={together(queries, medications)} missing={t('medicinesMissing')} lines={8}>
        {({ current, past }) => (
          <>
            <Section title={t('medicinesNow')}>
              <Lines rows={current} empty="medicinesNone" icon="pill">{(medication) => <MedicationLine medication={medication} details />}</Lines>
            </Section>
            {past.length > 0 && <Section title={t('medicinesBefore')}><Lines rows={past} empty="medicinesNone" icon="pill">{(medication) => <MedicationLine medication={medication} details />}</Lines></Section>}
          </>
        )}
      </Source>
    </Part>
  );
}

export function AllergiesScreen() {
  const { status } = useAllergies(useOwnPatient());
  const t = useWords(words);
  const explained: Record<string, Word> = { known: 'allergiesKnown', 'none-known': 'allergiesNone', 'not-recorded': 'allergiesNotRecorded', unavailable: 'allergiesUnavailable' };
  return (
    <Part title="allergies" lead="allergiesLead">
      <Panel>
        <AllergyState status={status} look="list" />
        {status && <Text as="p" tone="muted">{t(explained[status.state] ?? 'allergiesUnavailable')}</Text>}
      </Panel>
    </Part>
  );
}

function Condition({ problem }: { problem: ProblemView }) {
  const t = useWords(words);
  const labels = useLabels();
  const since = problem.onset?.moment ?? problem.recorded;
  return (
    <>
      <Text as="div" weight="medium" isolate>{problem.name}</Text>
      {problem.verification !== 'confirmed' && problem.verification !== 'unconfirmed' && <Badge tone="info">{labels.allergies.verification[problem.verification] ?? problem.verification}</Badge>}
      {since && <Text as="div" tone="muted" size="sm">{t('since')} <ClinicalDate value={since} dateOnly /></Text>}
    </>
  );
}

export function ConditionsScreen() {
  const t = useWords(words);
  const { query, problems } = useProblems(useOwnPatient());
  return (
    <Part title="conditions" lead="conditionsLead">
      <Source query={together([query], problems)} missing={t('conditionsMissing')} lines={8}>
        {({ active, resolved }) => (
          <>
            <Section title={t('conditionsNow')}><Lines rows={active} empty="conditionsNone" icon="heart">{(problem) => <Condition problem={problem} />}</Lines></Section>
            {resolved.length > 0 && <Section title={t('conditionsBefore')}><Lines rows={resolved} empty="conditionsNone" icon="heart">{(problem) => <Condition problem={problem} />}</Lines></Section>}
          </>
        )}
      </Source>
    </Part>
  );
}

function Immunization({ immunization }: { immunization: ImmunizationView }) {
  const t = useWords(words);
  const { vaccine, status, occurred, occurredText, dose, targets, reason } = immunization;
  return (
    <>
      <Text as="div" weight="medium" isolate>{vaccine}</Text>
      {status !== 'completed' && <Badge tone="warning">{reason ?? t('notGiven')}</Badge>}
      {targets.length > 0 && <Text as="div" size="sm" isolate>{t('protectsFrom', { what: targets.join(', ') })}</Text>}
      <Text as="div" tone="muted" size="sm">
        {occurred ? <ClinicalDate value={occurred} dateOnly /> : (occurredText ?? t('noDate'))}
        {dose !== undefined && <> · {t('dose', { dose })}</>}
      </Text>
    </>
  );
}

export function ImmunizationsScreen() {
  const t = useWords(words);
  const { query, immunizations } = useImmunizations(useOwnPatient());
  return (
    <Part title="immunizations" lead="immunizationsLead">
      <Source query={together([query], immunizations)} missing={t('immunizationsMissing')} lines={8}>
        {(all) => <Lines rows={all} empty="immunizationsNone" icon="syringe">{(immunization) => <Immunization immunization={immunization} />}</Lines>}
      </Source>
    </Part>
  );
}

export function EncountersScreen() {
  const t = useWords(words);
  const labels = useLabels();
  const { queries, items } = useTimeline(useOwnPatient());
  const newest = [...items].sort((a, b) => (b.at?.earliest ?? 0) - (a.at?.earliest ?? 0));
  return (
    <Part title="encounters" lead="encountersLead">
      <Source query={together(queries, newest)} missing={t('encountersMissing')} lines={8}>
        {(all) => (
          <Lines rows={all} empty="encountersNone" icon="bed">
            {({ title, detail, at, end, kind, status }) => (
              <>
                <div className="p-card-head">
                  <Text weight="medium" isolate>{title}</Text>
                  <Text tone="muted" size="sm">{labels.timeline.kinds[kind]}</Text>
                </div>
                {detail !== undefined && <Text as="div" isolate>{detail}</Text>}
                <Text as="div" tone="muted" size="sm">
                  <ClinicalDate value={at} absent={t('noDate')} />
                  {end && end.iso.slice(0, 10) !== at?.iso.slice(0, 10) && <> – <ClinicalDate value={end} dateOnly /></>}
                  {status !== undefined && status !== 'finished' && status !== 'completed' && <> · {labels.recordStatuses[status] ?? status}</>}
                </Text>
              </>
            )}
          </Lines>
        )}
      </Source>
    </Part>
  );
}

// Beside every part of the chart on wide screens: what one must not forget while reading the rest.
import { useWords } from '@galen/core';
import type { AllergyStatus, PatientView } from '@galen/fhir';
import { AllergyState, MedicationLine, Panel, ResultValue } from '@galen/ui';
import { words } from '../words/words';
import { useMedications, useProblems } from '@galen/record';
import { chartHref, type ChartTab } from './tabs';
import { useVitals } from '@galen/record';

const LINES_MAX = 6;

interface PartProps {
  title: string;
  isLoaded: boolean;
  hasFailed: boolean;
  count: number;
  emptyTitle: string;
  children: React.ReactNode;
}

function Part({ title, isLoaded, hasFailed, count, emptyTitle, children }: PartProps) {
  const t = useWords(words);
  const hidden = count - LINES_MAX;
  return (
    <Panel title={title} level={3}>
      {isLoaded ? (
        <>
          {count === 0 ? <span className="g-tone-muted">{emptyTitle}</span> : children}
          {hidden > 0 && <div className="g-tone-muted g-size-sm">{t('andMore', { count: hidden })}</div>}
        </>
      ) : (
        <span className="g-tone-muted">{hasFailed ? t('sectionUnavailable', { section: title }) : '…'}</span>
      )}
    </Panel>
  );
}

/** What the open tab shows is not shown here again. */
export function Aside({ patient, allergies, tab }: { patient: PatientView; allergies: AllergyStatus | undefined; tab: ChartTab }) {
  const t = useWords(words);
  const { id } = patient;
  const problems = useProblems(id);
  const medications = useMedications(id);
  const vitals = useVitals(id);
  const active = problems.problems?.active ?? [];
  const current = medications.medications?.current ?? [];
  return (
    <aside className="chart-aside" aria-label={t('summary')}>
      <Panel title={t('allergies')} level={3} flush>
        <AllergyState status={allergies} look="list" href={`${chartHref(id, 'summary')}#allergies`} />
      </Panel>
      {tab !== 'problems' && <Part title={t('problems')} isLoaded={problems.problems !== undefined} hasFailed={problems.query.isError} count={active.length} emptyTitle={t('noProblems')}>
        <ul className="g-plain-list">
          {active.slice(0, LINES_MAX).map((problem) => <li key={problem.id} dir="auto">{problem.name}</li>)}
        </ul>
      </Part>}
      {tab !== 'medications' && <Part
        title={t('currentMedications')}
        isLoaded={medications.medications !== undefined}
        hasFailed={medications.queries.some(({ isError }) => isError)}
        count={current.length}
        emptyTitle={t('noCurrentMedications')}
      >
        <ul className="g-plain-list">
          {current.slice(0, LINES_MAX).map((medication) => <li key={medication.id}><MedicationLine medication={medication} /></li>)}
        </ul>
      </Part>}
      {tab !== 'vitals' && <Part title={t('vitals')} isLoaded={vitals.query.data !== undefined} hasFailed={vitals.query.isError} count={vitals.groups.length} emptyTitle={t('noVitals')}>
        <dl className="pairs">
          {vitals.groups.slice(0, LINES_MAX).map((group) => (
            <div key={group.key}>
              <dt>{group.name}</dt>
              <dd><ResultValue result={group.latest} compact /></dd>
            </div>
          ))}
        </dl>
      </Part>}
    </aside>
  );
}

// A patient's chart: who it is and their allergies always in sight, the parts of the record under tabs.
import {
  lazyScreen,
  breakGlassAsked,
  isRefusal,
  Navigate,
  patientOpened,
  RECORD_SEALED,
  Route,
  Routes,
  useAppDispatch,
  useCan,
  useParams,
  usePatientResourceQuery,
  useTitle,
  useWords,
} from '@galen/core';
import { patientView, type PatientView } from '@galen/fhir';
import { Alert, EmptyState, ErrorState, Link, LoadingState, PatientBanner, TabLinks, useLabels } from '@galen/ui';
import { Suspense, useEffect, useMemo } from 'react';
import { SealedRecord } from '@galen/patients';
import { words } from '../words/words';
import { Aside } from './aside';
import { Documents } from './documents';
import { Encounters } from './encounters';
import { Medications } from './medications';
import { OpenInApp } from './open-in-app';
import { Problems } from './problems';
import { Summary } from './summary';
import { CHART_TABS, chartHref, tabOf } from './tabs';
import { useAllergies } from '@galen/record';

const Results = lazyScreen(() => import('../results/results'));
const Vitals = lazyScreen(() => import('../results/vitals'));
const Immunizations = lazyScreen(() => import('./immunizations'));

export default function ChartScreen() {
  const { id = '' } = useParams();
  // Another patient is another screen: nothing of the one before may stay.
  return <Chart key={id} id={id} />;
}

function Chart({ id }: { id: string }) {
  const t = useWords(words);
  const labels = useLabels();
  const dispatch = useAppDispatch();
  const mayOpen = useCan('openBreakGlass');
  const { data, error, isFetching, refetch } = usePatientResourceQuery({ patient: id });
  const patient = useMemo(
    () => data && patientView(data, { now: Date.now(), words: labels.words }),
    [data, labels.words],
  );
  const refusal = isRefusal(error) ? error : undefined;
  const isSealed = refusal?.code === RECORD_SEALED;

  useEffect(() => {
    if (patient !== undefined) dispatch(patientOpened(id));
  }, [dispatch, id, patient]);
  useEffect(() => {
    if (isSealed && mayOpen) dispatch(breakGlassAsked(id));
  }, [dispatch, id, isSealed, mayOpen]);

  if (isSealed) return <SealedRecord id={id} />;
  if (patient) return <OpenChart patient={patient} />;
  if (!refusal) return <LoadingState lines={8} />;
  if (refusal.status === 404 || refusal.status === 410) return <EmptyState icon="question" title={t('noPatient')} />;
  return (
    <ErrorState
      {...(refusal.status === 403 && { title: t('refused') })}
      {...(refusal.detail !== '' && { detail: refusal.detail })}
      {...(refusal.reference !== undefined && { reference: refusal.reference })}
      onRetry={() => void refetch()}
      retrying={isFetching}
    />
  );
}

function OpenChart({ patient }: { patient: PatientView }) {
  const t = useWords(words);
  const { id, replacedBy } = patient;
  const path = useParams()['*'] ?? '';
  const tab = tabOf(path);
  const allergies = useAllergies(id);
  const survivor = replacedBy?.split('/').at(-1);
  useTitle(patient.name.banner, t(tab.label));
  return (
    <article className="chart" aria-label={t('chartOf', { name: patient.name.banner })}>
      <h1 className="g-hidden">{`${t('chartOf', { name: patient.name.banner })}: ${t(tab.label)}`}</h1>
      <div className="chart-head">
        <PatientBanner patient={patient} allergies={allergies.status} allergiesHref={`${chartHref(id, 'summary')}#allergies`} />
        <div className="chart-ways">
          <TabLinks
            label={t('tabs')}
            tabs={CHART_TABS.map(({ path, label, icon }) => ({
              href: chartHref(id, path),
              label: t(label),
              icon,
              current: path === tab.path,
            }))}
          />
          <OpenInApp patient={id} />
        </div>
      </div>
      {survivor !== undefined && (
        <Alert tone="warning" title={t('replaced')} actions={<Link href={chartHref(survivor, 'summary')}>{t('openSurvivor')}</Link>}>
          {t('replacedDetail')}
        </Alert>
      )}
      <div className="chart-body">
        {tab.path !== 'summary' && <Aside patient={patient} allergies={allergies.status} tab={tab.path} />}
        <div className="chart-part">
          {/* A boundary for each part: without, the part before stays while the next one is fetched, as if nothing had been pressed. */}
          <Suspense key={tab.path} fallback={<LoadingState lines={6} />}>
            <Routes>
              <Route index element={<Navigate to={chartHref(id, 'summary')} replace />} />
              <Route path="summary" element={<Summary patient={patient} allergies={allergies} />} />
              <Route path="problems" element={<Problems id={id} />} />
              <Route path="medications" element={<Medications id={id} />} />
              <Route path="results" element={<Results id={id} />} />
              <Route path="vitals" element={<Vitals patient={patient} />} />
              <Route path="immunizations" element={<Immunizations id={id} />} />
              <Route path="encounters" element={<Encounters id={id} />} />
              <Route path="documents" element={<Documents id={id} />} />
              <Route path="*" element={<EmptyState icon="question" title={t('noScreen')} />} />
            </Routes>
          </Suspense>
        </div>
      </div>
    </article>
  );
}

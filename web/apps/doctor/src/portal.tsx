// The clinical portal: finding patients, reading charts, answering them.
import '@galen/patients/patients.css';
import './doctor.css';
import { lazyScreen, Can, Navigate, Route, Routes, useParams, useWords } from '@galen/core';
import { EmptyState, LoadingState } from '@galen/ui';
import { Suspense } from 'react';
import { PatientSearchScreen } from './search/patient-search-screen';
import { words } from './words/words';

const TodayScreen = lazyScreen(() => import('./today/today-screen'));
const ChartScreen = lazyScreen(() => import('./chart/chart-screen'));
const InboxScreen = lazyScreen(() => import('./messages/inbox-screen'));
const ThreadScreen = lazyScreen(() => import('./messages/thread-screen'));

/** Who may not read charts still sees who it is, at the front desk. */
function ToRegistration() {
  const { id = '' } = useParams();
  return <Navigate to={`/desk/registration/${id}`} replace />;
}

export default function Portal() {
  const t = useWords(words);
  return (
    <Suspense fallback={<LoadingState lines={8} />}>
      <Routes>
        <Route index element={<Can ability="readChart" otherwise={<Navigate to="patients" replace />}><Navigate to="today" replace /></Can>} />
        <Route path="today" element={<TodayScreen />} />
        <Route path="patients" element={<PatientSearchScreen />} />
        <Route path="patients/:id/*" element={<Can ability="readChart" otherwise={<ToRegistration />}><ChartScreen /></Can>} />
        <Route path="messages" element={<InboxScreen />} />
        <Route path="messages/:id" element={<ThreadScreen />} />
        <Route path="*" element={<EmptyState icon="question" title={t('noScreen')} />} />
      </Routes>
    </Suspense>
  );
}

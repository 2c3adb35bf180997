// The front desk's portal: the day of a clinic, booking, requests of patients, registration.
import '@galen/patients/patients.css';
import './desk.css';
import { lazyScreen, Navigate, Route, Routes, useWords } from '@galen/core';
import { EmptyState, LoadingState } from '@galen/ui';
import { Suspense } from 'react';
import { words } from './words/words';

const BoardScreens = lazyScreen(() => import('./board/board-screen'));
const BookScreen = lazyScreen(() => import('./booking/book-screen'));
const QueueScreens = lazyScreen(() => import('./queue/queue-screen'));
const DisplayScreens = lazyScreen(() => import('./queue/display-screen'));
const RequestsScreen = lazyScreen(() => import('./requests/requests-screen'));
const WaitingScreen = lazyScreen(() => import('./waiting/waiting-screen'));
const ToMoveScreen = lazyScreen(() => import('./moving/to-move-screen'));
const RegistrationScreens = lazyScreen(() => import('@galen/patients/screens'));

export default function Portal() {
  const t = useWords(words);
  return (
    <Suspense fallback={<LoadingState lines={8} />}>
      <Routes>
        <Route index element={<Navigate to="board" replace />} />
        <Route path="board/:clinic?/:day?" element={<BoardScreens />} />
        <Route path="book" element={<BookScreen />} />
        <Route path="queue/:clinic?" element={<QueueScreens />} />
        <Route path="display/:clinic?" element={<DisplayScreens />} />
        <Route path="requests" element={<RequestsScreen />} />
        <Route path="waiting" element={<WaitingScreen />} />
        <Route path="to-move" element={<ToMoveScreen />} />
        <Route path="registration/*" element={<RegistrationScreens />} />
        <Route path="*" element={<EmptyState icon="question" title={t('noScreen')} />} />
      </Routes>
    </Suspense>
  );
}

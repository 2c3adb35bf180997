// The patients' portal: one's own appointments, results, record and forms.
import './patient.css';
import { isAllowed, lazyScreen, Navigate, Route, Routes, useAppSelector, useLocation, useWords } from '@galen/core';
import { EmptyState, LoadingState } from '@galen/ui';
import { ActingBar } from './acting-bar';
import { Suspense } from 'react';
import HomeScreen from './home/home-screen';
import { useOwnPatient } from './own';
import { PlaceProvider } from './place';
import { words } from './words/words';

const Appointments = lazyScreen(() => import('./appointments/appointments-screen'));
const Appointment = lazyScreen(() => import('./appointments/appointment-screen'));
const Book = lazyScreen(() => import('./appointments/book-screen'));
const Move = lazyScreen(() => import('./appointments/move-screen'));
const Calendar = lazyScreen(() => import('./appointments/calendar-screen'));
const Results = lazyScreen(() => import('./results/results-screen'));
const Test = lazyScreen(() => import('./results/test-screen'));
const Record = lazyScreen(() => import('./record/record-screen'));
const parts = () => import('./record/part-screens');
const Medicines = lazyScreen(async () => ({ default: (await parts()).MedicinesScreen }));
const Allergies = lazyScreen(async () => ({ default: (await parts()).AllergiesScreen }));
const Conditions = lazyScreen(async () => ({ default: (await parts()).ConditionsScreen }));
const Immunizations = lazyScreen(async () => ({ default: (await parts()).ImmunizationsScreen }));
const Encounters = lazyScreen(async () => ({ default: (await parts()).EncountersScreen }));
const Documents = lazyScreen(() => import('./record/documents-screen'));
const Forms = lazyScreen(() => import('./forms/forms-screen'));
const Form = lazyScreen(() => import('./forms/form-screen'));
const More = lazyScreen(() => import('./more/more-screen'));
const Messages = lazyScreen(() => import('./more/messages-screen'));
const Details = lazyScreen(() => import('./more/details-screen'));
const Preferences = lazyScreen(() => import('./more/preferences-screen'));
const People = lazyScreen(() => import('./more/people-screen'));
const Accesses = lazyScreen(() => import('./more/accesses-screen'));
const Sharing = lazyScreen(() => import('./more/sharing-screen'));
const Invite = lazyScreen(() => import('./more/invite-screen'));
const Threads = lazyScreen(() => import('./more/threads-screen'));
const Thread = lazyScreen(() => import('./more/thread-screen'));
const Apps = lazyScreen(() => import('./more/apps-screen'));
const Device = lazyScreen(() => import('./more/device-screen'));

/** An account that is nobody's own: it acts for others, and begins by saying for whom. */
function OnlyForOthers() {
  return (
    <Routes>
      <Route path="more/people" element={<People />} />
      <Route path="*" element={<People />} />
    </Routes>
  );
}

function Screens() {
  const t = useWords(words);
  return (
    <Routes>
      <Route index element={<Navigate to="home" replace />} />
      <Route path="home" element={<HomeScreen />} />
      <Route path="appointments" element={<Appointments />} />
      <Route path="appointments/calendar" element={<Calendar />} />
      <Route path="appointments/book/:service?" element={<Book />} />
      <Route path="appointments/:id" element={<Appointment />} />
      <Route path="appointments/:id/move" element={<Move />} />
      <Route path="results" element={<Results />} />
      <Route path="results/:test" element={<Test />} />
      <Route path="record" element={<Record />} />
      <Route path="record/medicines" element={<Medicines />} />
      <Route path="record/allergies" element={<Allergies />} />
      <Route path="record/conditions" element={<Conditions />} />
      <Route path="record/immunizations" element={<Immunizations />} />
      <Route path="record/encounters" element={<Encounters />} />
      <Route path="record/documents" element={<Documents />} />
      <Route path="forms" element={<Forms />} />
      <Route path="forms/:form" element={<Form />} />
      <Route path="more" element={<More />} />
      <Route path="more/messages" element={<Messages />} />
      <Route path="more/details" element={<Details />} />
      <Route path="more/preferences" element={<Preferences />} />
      <Route path="more/people" element={<People />} />
      <Route path="more/accesses" element={<Accesses />} />
      <Route path="more/people/invite" element={<Invite />} />
      <Route path="more/sharing" element={<Sharing />} />
      <Route path="more/threads" element={<Threads />} />
      <Route path="more/threads/new" element={<Threads isWriting />} />
      <Route path="more/threads/:id" element={<Thread />} />
      <Route path="more/apps" element={<Apps />} />
      <Route path="more/device" element={<Device />} />
      <Route path="*" element={<EmptyState icon="question" title={t('noScreen')} />} />
    </Routes>
  );
}

export default function Portal() {
  const t = useWords(words);
  // Below the shell it is /patient, by itself /my: whatever it hangs below.
  const place = `/${useLocation().pathname.split('/')[1] ?? ''}`;
  const hasPatient = useOwnPatient() !== '';
  const mayAct = useAppSelector(({ session }) => isAllowed(session.who?.activities ?? [], ['G-OWN-RECORD']));
  const actingFor = useAppSelector(({ acting }) => acting.for ?? '');
  return (
    <PlaceProvider value={place}>
      <div className="patient" data-density="comfortable">
        {mayAct ? (
          <Suspense fallback={<LoadingState lines={8} />}>
            <ActingBar />
            {hasPatient ? <Screens key={actingFor} /> : <OnlyForOthers />}
          </Suspense>
        ) : (
          <EmptyState icon="lock" title={t('notPatient')} action={<a className="p-button" href="/">{t('notPatientGo')}</a>}>{t('notPatientDetail')}</EmptyState>
        )}
      </div>
    </PlaceProvider>
  );
}

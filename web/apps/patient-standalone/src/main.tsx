// Starts the patients' own page.
import '@galen/ui/styles.css';
import '@galen/account/account.css';
// The first screen would wait for its own styles once more.
import '@galen/patient/patient.css';
import './standalone.css';
import { prepare, Surroundings } from '@galen/account';
import { createBrowserRouter, makeStore, Navigate, RouterProvider } from '@galen/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Page } from './page';
import { registerWorker } from './worker';

const surroundings = prepare();
const store = makeStore();
const router = createBrowserRouter([
  {
    path: '/my/*',
    element: <Surroundings store={store} density="comfortable" {...surroundings}><Page store={store} /></Surroundings>,
  },
  { path: '*', element: <Navigate to="/my" replace /> },
]);

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <RouterProvider router={router} />
    </StrictMode>,
  );
}
registerWorker();

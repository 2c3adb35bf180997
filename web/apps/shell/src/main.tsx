// Starts the page.
import '@galen/ui/styles.css';
import '@galen/account/account.css';
import './shell.css';
import { prepare, Surroundings } from '@galen/account';
import { createBrowserRouter, makeStore, RouterProvider } from '@galen/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Page } from './app';

const surroundings = prepare();
const store = makeStore();
const router = createBrowserRouter([
  {
    path: '*',
    element: (
      <Surroundings store={store} {...surroundings}>
        <Page store={store} />
      </Surroundings>
    ),
  },
]);

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <RouterProvider router={router} />
    </StrictMode>,
  );
}

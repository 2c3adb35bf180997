// Starts the page.
import '@galen/ui/styles.css';
import './shell.css';
import { createBrowserRouter, makeStore, RouterProvider } from '@galen/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Page, Surroundings } from './app';
import { adoptPolicy } from './trusted-types';

adoptPolicy((globalThis as { trustedTypes?: Parameters<typeof adoptPolicy>[0] }).trustedTypes);

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;

// The kit's scroll lock adds a style element of its own and asks for the nonce here.
Object.assign(globalThis, { __webpack_nonce__: nonce });

const store = makeStore();
const router = createBrowserRouter([
  {
    path: '*',
    element: (
      <Surroundings store={store} {...(nonce !== undefined && { nonce })}>
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

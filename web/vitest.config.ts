// Vitest for every package: a DOM, no federation.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: [
      // As in development: portals are imported, not federated.
      { find: /^(\.\/(?:portals\/)?)federated$/, replacement: '$1local' },
      // Under Node the router's two entries are two routers; this one has all that a test needs.
      { find: 'react-router/dom', replacement: 'react-router' },
    ],
  },
  test: {
    // What passing tests print (a DOM without layout makes the kit talk) would hide what failing ones do.
    silent: 'passed-only',
    environment: 'happy-dom',
    include: ['{packages,apps}/*/src/**/*.test.{ts,tsx}'],
    setupFiles: ['./vitest.setup.ts'],
    restoreMocks: true,
    testTimeout: 15_000,
  },
});

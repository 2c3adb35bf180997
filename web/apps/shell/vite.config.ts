// The shell: federated when built; in development the portals are imported straight from their source.
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';
import { shell } from '../../vite.base.ts';

const BACKEND = process.env.GALEN_BACKEND ?? 'http://127.0.0.1:8080';

const development: UserConfig = {
  plugins: [react()],
  resolve: { alias: [{ find: /^(\.\/(?:portals\/)?)federated$/, replacement: '$1local' }] },
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api': BACKEND, '/fhir': BACKEND, '/health': BACKEND } },
};

export default defineConfig(({ command }) => (command === 'build' ? shell() : development));

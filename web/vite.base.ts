// What all apps build alike: where their assets live, and which packages the shell gives to the portals.
import { federation } from '@module-federation/vite';
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig, type PluginOption, type UserConfig } from 'vite';

/** One copy of each of these on a page, whatever the number of portals. */
const SHARED = {
  react: '19.3.1',
  'react/jsx-runtime': '19.3.1',
  'react-dom': '19.3.1',
  '@galen/core': '0.1.0',
  '@galen/ui': '0.1.0',
  '@galen/ui/dates': '0.1.0',
  '@galen/ui/grid': '0.1.0',
  '@galen/ui/charts': '0.1.0',
  '@galen/ui/day': '0.1.0',
} as const;

type Shared = keyof typeof SHARED;

/** What every portal uses. */
const ALWAYS: readonly Shared[] = ['react', 'react/jsx-runtime', 'react-dom', '@galen/core', '@galen/ui'];

const DIST = fileURLToPath(new URL('./dist/assets/', import.meta.url));

/** What every portal exposes. */
const PORTAL = './src/portal.tsx';

/** The router's package leads to its development build, whoever asks: its warnings are not for patients' phones. */
const ROUTER = fileURLToPath(new URL('./node_modules/react-router/dist/production/', import.meta.url));

function app(name: string, input: string, federated: PluginOption[]): UserConfig {
  return defineConfig({
    base: `/assets/${name}/`,
    plugins: [react(), ...federated],
    resolve: {
      alias: [
        { find: /^react-router$/, replacement: `${ROUTER}index.mjs` },
        { find: /^react-router\/dom$/, replacement: `${ROUTER}dom-export.mjs` },
      ],
    },
    build: {
      target: 'es2022',
      outDir: `${DIST}${name}`,
      emptyOutDir: true,
      assetsDir: '.',
      manifest: 'manifest.json',
      modulePreload: { polyfill: false },
      cssCodeSplit: true,
      rolldownOptions: { input },
    },
  });
}

/** The host: brings the shared packages and the federation runtime. */
export function shell(): UserConfig {
  const shared = Object.fromEntries(
    Object.entries(SHARED).map(([name, version]) => [name, { singleton: true, version, requiredVersion: version }]),
  );
  return app('shell', 'index.html', [
    federation({
      name: 'shell',
      filename: 'hostEntry.js',
      remotes: {},
      shared,
      dts: false,
      experiments: { provideExternalRuntime: true },
    }),
  ]);
}

/** An app whole, by itself: nothing is shared at run time, so only what it uses is in it. */
export function standalone(name: string): UserConfig {
  return app(name, 'index.html', []);
}

/**
 * A portal: brings its own screens only; `import: false` keeps a second copy of the shared packages out of it. Of the
 * packages beyond those that all use it names its own: what is shared and never imported would be fetched nevertheless.
 */
export function portal(name: string, uses: readonly Shared[]): UserConfig {
  const shared = Object.fromEntries(
    [...ALWAYS, ...uses].map((name) => [
      name,
      { singleton: true, import: false as const, version: SHARED[name], requiredVersion: SHARED[name] },
    ]),
  );
  return app(name, PORTAL, [
    federation({
      name,
      filename: 'remoteEntry.js',
      exposes: { './portal': PORTAL },
      shared,
      dts: false,
      experiments: { externalRuntime: true },
    }),
  ]);
}

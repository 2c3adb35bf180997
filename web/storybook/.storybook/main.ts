// Storybook of the kit: a project of its own, so that the workspace's fast path does not install it.
import type { StorybookConfig } from '@storybook/react-vite';
import { fileURLToPath } from 'node:url';

const packages = (path: string) => fileURLToPath(new URL(`../../packages/${path}`, import.meta.url));

const config: StorybookConfig = {
  framework: '@storybook/react-vite',
  stories: ['../stories/**/*.stories.tsx'],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  features: { sidebarOnboardingChecklist: false },
  typescript: { reactDocgen: false },
  viteFinal: (vite) => ({
    ...vite,
    // Mantine marks its modules for server rendering, which a static build drops without harm.
    build: { ...vite.build, rolldownOptions: { ...vite.build?.rolldownOptions, onLog: (level, log, handle) => { if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log); } } },
    resolve: {
      ...vite.resolve,
      // One React for the stories and for the kit's sources beside them.
      dedupe: ['react', 'react-dom'],
      alias: [
        { find: '@galen/ui/styles.css', replacement: packages('ui/src/styles.css') },
        { find: '@galen/ui/dates.css', replacement: packages('ui/src/dates/dates.css') },
        { find: /^@galen\/ui\/(dates|grid|charts)$/, replacement: packages('ui/src/$1/index.ts') },
        { find: /^@galen\/ui$/, replacement: packages('ui/src/index.ts') },
        { find: /^@galen\/fhir$/, replacement: packages('fhir/src/index.ts') },
        { find: /^@galen\/testing\/records$/, replacement: packages('testing/src/records.ts') },
      ],
    },
  }),
};

export default config;

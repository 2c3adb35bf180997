// What every story stands in, with a switch for the scheme, the language and the density.
import { GalenProvider, type ColorScheme, type Density, type UiLanguage } from '@galen/ui';
import '@galen/ui/styles.css';
import '@galen/ui/dates.css';
import type { Preview } from '@storybook/react-vite';
import { useEffect, type ReactNode } from 'react';

interface PageProps {
  scheme: ColorScheme;
  language: UiLanguage;
  density: Density;
  children: ReactNode;
}

function Page({ scheme, language, density, children }: PageProps) {
  const dir = language === 'ar' ? 'rtl' : 'ltr';
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = dir;
  }, [language, dir]);
  return <GalenProvider colorScheme={scheme} language={language} dir={dir} density={density}>{children}</GalenProvider>;
}

const choice = (title: string, icon: string, items: string[]) => ({ description: title, toolbar: { title, icon, items, dynamicTitle: true } });

const preview: Preview = {
  parameters: { layout: 'padded', controls: { disable: true }, actions: { disable: true } },
  globalTypes: {
    scheme: choice('Scheme', 'mirror', ['light', 'dark', 'auto']),
    language: choice('Language', 'globe', ['en', 'cy', 'ar']),
    density: choice('Density', 'component', ['compact', 'comfortable']),
  },
  initialGlobals: { scheme: 'light', language: 'en', density: 'compact' },
  decorators: [
    (Story, { globals }) => (
      <Page scheme={globals.scheme as ColorScheme} language={globals.language as UiLanguage} density={globals.density as Density}>
        <Story />
      </Page>
    ),
  ],
};

export default preview;

//! What every Galen page stands in: theme, colour scheme, direction, words, links and the place for toasts.
import { DirectionContext, MantineProvider, type MantineColorSchemeManager } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import { useLayoutEffect, useMemo, type ComponentType, type ReactNode } from 'react';
import { UiLabelsProvider, useLabels, type UiLanguage } from './labels/context';
import type { UiLabels } from './labels/english';
import { LinkProvider, type LinkProps } from './links';
import { HintLayer } from './overlays/hints';
import { ToastRegion } from './overlays/toasts';
import { galenTheme } from './theme';

export type ColorScheme = 'light' | 'dark' | 'auto';
export type Density = 'compact' | 'comfortable';

export interface GalenProviderProps {
  colorScheme?: ColorScheme;
  dir?: 'ltr' | 'rtl';
  /** Of the page's Content-Security-Policy, for the style elements that Mantine adds. */
  nonce?: string;
  language?: UiLanguage;
  labels?: Partial<UiLabels>;
  /** The router's link; a plain anchor where absent. */
  link?: ComponentType<LinkProps>;
  /** Compact for staff, comfortable where patients read. */
  density?: Density;
  children: ReactNode;
}

/** The choice of scheme belongs to the account, so nothing is kept in the browser. */
const unstored: MantineColorSchemeManager = {
  get: (fallback) => fallback,
  set: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
};

function Themed({ colorScheme, dir, nonce, density, link, children }: Omit<GalenProviderProps, 'language' | 'labels'>) {
  const labels = useLabels();
  const system = useColorScheme('light');
  const scheme = colorScheme === 'auto' || colorScheme === undefined ? system : colorScheme;
  // Mantine says so only after everything below has drawn; charts read their colours while they draw.
  useLayoutEffect(() => document.documentElement.setAttribute('data-mantine-color-scheme', scheme), [scheme]);
  const theme = useMemo(() => galenTheme(labels.close), [labels.close]);
  const direction = useMemo(
    () => ({ dir: dir ?? 'ltr', setDirection: () => undefined, toggleDirection: () => undefined }),
    [dir],
  );
  const content = (
    <div className="g-root" data-density={density ?? 'compact'}>
      {children}
      <ToastRegion />
      <HintLayer />
    </div>
  );
  return (
    <DirectionContext value={direction}>
      <MantineProvider
        theme={theme}
        forceColorScheme={scheme}
        colorSchemeManager={unstored}
        {...(nonce && { getStyleNonce: () => nonce })}
      >
        {link ? <LinkProvider value={link}>{content}</LinkProvider> : content}
      </MantineProvider>
    </DirectionContext>
  );
}

export function GalenProvider({ language, labels, ...themed }: GalenProviderProps) {
  return (
    <UiLabelsProvider {...(language && { language })} {...(labels && { labels })}>
      <Themed {...themed} />
    </UiLabelsProvider>
  );
}

//! Hands the kit's words to its components; a portal may replace any of them.
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { arabicLabels } from './arabic';
import { englishLabels, type UiLabels } from './english';
import { welshLabels } from './welsh';

const catalogues = { en: englishLabels, cy: welshLabels, ar: arabicLabels } as const;

export type UiLanguage = keyof typeof catalogues;

const LabelsContext = createContext<UiLabels>(englishLabels);

export interface UiLabelsProviderProps {
  language?: UiLanguage;
  /** Replaces whole top-level entries of the catalogue. */
  labels?: Partial<UiLabels>;
  children: ReactNode;
}

export function UiLabelsProvider({ language = 'en', labels, children }: UiLabelsProviderProps) {
  const value = useMemo(() => ({ ...catalogues[language], ...labels }), [language, labels]);
  return <LabelsContext value={value}>{children}</LabelsContext>;
}

export function useLabels(): UiLabels {
  return useContext(LabelsContext);
}

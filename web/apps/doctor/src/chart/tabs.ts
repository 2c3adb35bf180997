// The parts of a chart, in the order of the tabs.
import type { IconName } from '@galen/ui';

export const CHART_TABS = [
  { path: 'summary', label: 'tabSummary', icon: 'person' },
  { path: 'problems', label: 'tabProblems', icon: 'list' },
  { path: 'medications', label: 'tabMedications', icon: 'pill' },
  { path: 'results', label: 'tabResults', icon: 'flask' },
  { path: 'vitals', label: 'tabVitals', icon: 'heart' },
  { path: 'immunizations', label: 'tabImmunizations', icon: 'syringe' },
  { path: 'encounters', label: 'tabEncounters', icon: 'bed' },
  { path: 'documents', label: 'tabDocuments', icon: 'document' },
] as const satisfies readonly { path: string; label: string; icon: IconName }[];

export type ChartTab = (typeof CHART_TABS)[number]['path'];

export const chartHref = (patient: string, tab: ChartTab) => `/doctor/patients/${patient}/${tab}`;

export function tabOf(path: string): (typeof CHART_TABS)[number] {
  const name = path.split('/')[0];
  return CHART_TABS.find((tab) => tab.path === name) ?? CHART_TABS[0];
}

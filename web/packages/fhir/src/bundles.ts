//! Reading bundles and outcomes.
import { conceptText } from './coded';
import type { Bundle, OperationOutcome, Resource } from './resources';

/** Resources of one type; outcomes that a search puts beside its matches are left out by that. */
export function resourcesOf<R extends Resource>(bundle: Bundle | undefined, type: R['resourceType']): R[] {
  return (bundle?.entry ?? []).flatMap((entry) => (entry.resource?.resourceType === type ? [entry.resource as R] : []));
}

/** Address of the next page. */
export function nextPage(bundle: Bundle | undefined): string | undefined {
  return bundle?.link?.find((link) => link.relation === 'next')?.url;
}

export function isOperationOutcome(answer: unknown): answer is OperationOutcome {
  return typeof answer === 'object' && answer !== null && 'resourceType' in answer && answer.resourceType === 'OperationOutcome';
}

/** What a person can read of an outcome, worst first. */
export function outcomeTexts(outcome: OperationOutcome): string[] {
  const severities = ['fatal', 'error', 'warning', 'information'];
  return [...outcome.issue]
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
    .map((issue) => conceptText(issue.details) ?? issue.diagnostics?.trim() ?? issue.code);
}

//! Accessibility findings of a piece of the document.
import axe from 'axe-core';
import { expect } from 'vitest';

/** What a DOM without layout cannot judge; the browser tests judge it on whole screens. */
const NEEDS_LAYOUT = ['color-contrast', 'target-size', 'scrollable-region-focusable'];

/** Rules about whole pages, which a component alone cannot keep. */
const NEEDS_PAGE = ['region', 'landmark-one-main', 'page-has-heading-one', 'document-title', 'html-has-lang', 'bypass'];

export async function expectAccessible(element: Element): Promise<void> {
  const rules = Object.fromEntries([...NEEDS_LAYOUT, ...NEEDS_PAGE].map((rule) => [rule, { enabled: false }]));
  const { violations, passes } = await axe.run(element, { rules });
  const findings = violations.map((violation) => `${violation.id} (${violation.impact ?? 'no impact'}): ${violation.nodes.map((node) => node.html).join(' ')}`);
  expect(findings).toEqual([]);
  // An axe that looked at nothing finds nothing.
  expect(passes.length).toBeGreaterThan(0);
}

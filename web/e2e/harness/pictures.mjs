// Pictures of screens, wide and narrow, light and dark: no serious finding of axe, and nothing wider than the screen.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NARROW, WIDE } from './journeys.mjs';

const PICTURES = fileURLToPath(new URL('../screenshots/', import.meta.url));
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GRAVE = new Set(['serious', 'critical']);
const LOOKS = [WIDE, NARROW].flatMap((viewport) => ['light', 'dark'].map((scheme) => ({ viewport, scheme })));

await mkdir(PICTURES, { recursive: true });

export async function graveFindings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => GRAVE.has(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 3).join(', ')}`);
}

/** Parts that stick out at the side; what scrolls by itself may be as wide as it likes. */
export const overflow = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? `${scrollWidth} pixels on a screen of ${clientWidth}` : '';
  });

/** A test for each screen of a list. */
export function pictures(journeys, screens) {
  for (const { name, role, language = 'en', go, expected } of screens) {
    test(`${name}: accessible, no wider than the screen, in light and dark`, { timeout: 90_000 }, async (t) => {
      const page = await journeys.visit(t, 'about:blank', { role, language, expected });
      await go(page);
      assert.equal(await page.evaluate(() => document.documentElement.dir), language === 'ar' ? 'rtl' : 'ltr');
      const found = [];
      for (const { viewport, scheme } of LOOKS) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme: scheme });
        await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, scheme);
        const look = `${viewport.width} ${scheme}`;
        const wide = await overflow(page);
        if (wide !== '') found.push(`${look}: ${wide}`);
        found.push(...(await graveFindings(page)).map((finding) => `${look}: ${finding}`));
        await page.screenshot({ path: join(PICTURES, `${name}-${viewport.width}-${scheme}.png`) });
      }
      assert.deepEqual(found, []);
    });
  }
}

// Every screen, wide and narrow, light and dark: no serious finding of axe, nothing wider than the screen, and a picture of it.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { begin, NARROW, WIDE } from './harness/journeys.mjs';
import { observation, patient } from './harness/records.mjs';
import { SCREENS } from './harness/screen-list.mjs';

const PICTURES = fileURLToPath(new URL('screenshots/', import.meta.url));
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GRAVE = new Set(['serious', 'critical']);
const LOOKS = [WIDE, NARROW].flatMap((viewport) => ['light', 'dark'].map((scheme) => ({ viewport, scheme })));
const DAY_MS = 86_400_000;

await mkdir(PICTURES, { recursive: true });

/** Six years of a girl, whose growth is drawn. */
function growth() {
  const born = Date.now() - 6 * 365 * DAY_MS;
  const on = (years) => new Date(born + years * 365 * DAY_MS).toISOString();
  const measured = [[0, 3.4, 50], [1, 9.2, 74], [2, 11.8, 86], [3, 14.1, 95], [4, 16.2, 102], [5, 18.0, 108]];
  return [
    patient('growing-child', { family: 'Sapling', given: ['Saoirse'], birthDate: on(0).slice(0, 10), gender: 'female' }),
    ...measured.flatMap(([years, weight, height]) => [
      observation(`growing-weight-${years}`, 'growing-child', { code: '29463-7', text: 'Body weight', value: weight, unit: 'kg', at: on(years), category: 'vital-signs' }),
      observation(`growing-height-${years}`, 'growing-child', { code: '8302-2', text: 'Body height', value: height, unit: 'cm', at: on(years), category: 'vital-signs' }),
    ]),
  ];
}

const journeys = await begin({
  records: [...growth(), patient('looking-alike', { family: 'Lookalike', given: ['Lucian'], birthDate: '1966-12-12', gender: 'male' })],
});

async function graveFindings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => GRAVE.has(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 3).join(', ')}`);
}

/** Parts that stick out at the side; what scrolls by itself may be as wide as it likes. */
const overflow = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? `${scrollWidth} pixels on a screen of ${clientWidth}` : '';
  });

for (const { name, role, language = 'en', go, expected } of SCREENS) {
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

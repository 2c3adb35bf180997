// Every screen, wide and narrow, light and dark: no serious finding of axe, nothing wider than the screen, and a picture of it.
import { begin } from './harness/journeys.mjs';
import { pictures } from './harness/pictures.mjs';
import { observation, patient } from './harness/records.mjs';
import { SCREENS } from './harness/screen-list.mjs';

const DAY_MS = 86_400_000;

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

pictures(journeys, SCREENS);

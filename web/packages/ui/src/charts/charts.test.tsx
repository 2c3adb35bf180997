// The figures behind the charts, the centiles against published ones, and the table that says the same.
import { clinicalMoment, resultGroups, resultView, trendSeries, type TrendSeries } from '@galen/fhir';
import { expectAccessible, observation, potassium, renderUi } from '@galen/testing';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { centileOf, centileText, referenceAt, shareBelow, valueAtZ, zScore } from './growth';
import { GrowthChart } from './growth-chart';
import { growthScale } from './growth-geometry';
import { measuredGrowth } from './growth-measures';
import { growthReference } from './growth-reference';
import { Trend } from './trend';
import { axisDetail, nearestStop, plotRows, trendExtent, trendStops } from './trend-geometry';

const line = (values: [at: number, value: number][], parts: Partial<TrendSeries> = {}): TrendSeries => ({
  key: 'k', name: 'K', excluded: 0, points: values.map(([at, value], index) => ({ id: String(index), at, value, text: String(value) })), ...parts,
});

describe('trend', () => {
  it('takes the reference band into the extent and never goes below nought for what cannot', () => {
    const extent = trendExtent([line([[0, 4], [1000, 5]], { band: { low: 0.1, high: 9 } })]);
    expect(extent?.high).toBeGreaterThan(9);
    expect(extent?.low).toBe(0);
    expect(trendExtent([line([[0, -4], [1, 4]])])?.low).toBeLessThan(-4);
    expect(trendExtent([line([[0, 4]])])).toMatchObject({ from: 0, to: 0 });
    expect(trendExtent([])).toBeUndefined();
  });

  it('keeps two values of one moment', () => {
    expect(plotRows([line([[2000, 1], [2000, 2], [1000, 3]]), line([[2000, 9]])])).toEqual([[1, 2, 2], [3, 1, 2], [null, 9, null]]);
  });

  it('walks from moment to moment over all lines', () => {
    const stops = trendStops([line([[1000, 1], [3000, 2]]), line([[1000, 8]])]);
    expect(stops.map((stop) => [stop.at, stop.values.length])).toEqual([[1000, 2], [3000, 1]]);
    expect(nearestStop(stops, 2100)).toBe(1);
    expect(nearestStop(stops, -5)).toBe(0);
  });

  it('writes days within a year, months beyond, hours within two days', () => {
    expect([axisDetail(0, 86_400), axisDetail(0, 86_400 * 90), axisDetail(0, 86_400 * 900)]).toEqual(['time', 'day', 'month']);
  });

  it('offers the same figures as a table, with what cannot be drawn', async () => {
    const results = [potassium('4.10', '2026-11-01T08:00:00Z'), potassium(5.9, '2026-11-02T08:00:00Z'), potassium(9, '2026-11-03T08:00:00Z', { valueQuantity: { value: 9, comparator: '>', unit: 'mmol/L' } })];
    const [group] = resultGroups(results);
    if (!group) throw new Error('no group');
    const { container } = renderUi(<Trend title="Potassium" series={trendSeries(group)} results={group.results} />);
    expect(screen.getByText(/One result is in the table only/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Table' }));
    const cells = screen.getAllByRole('row').slice(1).map((row) => row.textContent);
    expect(cells).toHaveLength(3);
    expect(cells[0]).toContain('>9');
    expect(cells[1]).toContain('5.9 mmol/L');
    expect(cells[1]).toContain('High');
    expect(cells[2]).toContain('4.10 mmol/L');
    await expectAccessible(container);
  });

  it('says so where nothing can be drawn', () => {
    renderUi(<Trend title="Potassium" series={[line([])]} />);
    expect(screen.getByText('No values that can be drawn')).toBeVisible();
  });
});

describe('growth', () => {
  // The 3rd, 50th and 97th centiles that the CDC publishes beside its L, M and S.
  it.each<[keyof typeof growthReference, 'male' | 'female', number, number, number, number]>([
    ['weight', 'male', 0.5, 2.79954, 4.0031, 5.03262], ['weight', 'male', 24.5, 10.4414, 12.7415, 15.6884], ['weight', 'female', 120.5, 23.9914, 33.0639, 51.4291],
    ['height', 'male', 0.5, 47.9781, 52.6959, 57.6298], ['height', 'female', 24.5, 78.8213, 85.3973, 91.9474], ['height', 'male', 180.5, 154.605, 170.139, 184.126],
    ['bmi', 'female', 24.5, 14.1322, 16.388, 19.5153], ['bmi', 'male', 132.5, 14.2867, 17.2008, 24.9263],
    ['head', 'male', 24.5, 46.0087, 48.7206, 51.3699], ['head', 'female', 6.5, 40.4337, 42.7103, 45.2656],
  ])('%s of %s at %s months lies at %s, %s and %s', (measure, sex, age, third, median, ninetySeventh) => {
    const row = referenceAt(measure, sex, age);
    if (!row) throw new Error('no row');
    [-1.880794, 0, 1.880794].forEach((z, index) => {
      const published = [third, median, ninetySeventh][index] ?? 0;
      expect(Math.abs(valueAtZ(row, z) / published - 1)).toBeLessThan(0.0002);
      expect(zScore(row, valueAtZ(row, z))).toBeCloseTo(z, 5);
    });
  });

  it('rises with the value, from side to side of the median', () => {
    for (const measure of ['weight', 'height', 'bmi', 'head'] as const) {
      for (const sex of ['male', 'female'] as const) {
        for (const row of growthReference[measure][sex]) {
          const median = centileOf(measure, sex, row[0], row[2]) ?? 0;
          expect(median).toBeCloseTo(50, 4);
          expect(centileOf(measure, sex, row[0], row[2] * 1.05)).toBeGreaterThan(median);
          expect(centileOf(measure, sex, row[0], row[2] * 0.95)).toBeLessThan(median);
        }
      }
    }
  });

  it('knows the normal distribution', () => {
    expect([shareBelow(0), shareBelow(1.959964), shareBelow(-1.644854)].map((share) => share.toFixed(4))).toEqual(['0.5000', '0.9750', '0.0500']);
  });

  it('claims nothing outside of the curves', () => {
    expect(centileOf('bmi', 'male', 12, 17)).toBeUndefined();
    expect(centileOf('weight', 'male', 300, 70)).toBeUndefined();
  });

  it.each([[0.1, '<0.4th'], [0.6, '0.6th'], [1, '1st'], [2.2, '2nd'], [3, '3rd'], [11, '11th'], [50, '50th'], [91.4, '91st'], [99.55, '99th'], [99.9, '>99.6th']])('writes %s as %s', (centile, text) => {
    expect(centileText(centile)).toBe(text);
  });

  const born = clinicalMoment('2024-05-03');
  const weight = (value: number, unit: string, at: string, parts = {}) => resultView(observation({ code: '29463-7', name: 'Weight', value, unit, at }, parts));

  it('takes measurements in known units only, at ages that are known', () => {
    if (!born) throw new Error('no birth');
    const results = [weight(12000, 'g', '2026-05-03'), weight(26, '[lb_av]', '2026-06-03'), weight(12, 'stone', '2026-05-03'), weight(12, 'kg', '2026'), weight(12, 'kg', '2020-01-01'), weight(12, 'kg', '2026-05-03', { status: 'entered-in-error' }), weight(0, 'kg', '2026-05-03')];
    expect(measuredGrowth(results, 'weight', born).map((point) => [point.value.toFixed(1), point.ageMonths.toFixed(0)])).toEqual([['12.0', '24'], ['11.8', '25']]);
  });

  it('puts every mark and curve on the paper', () => {
    if (!born) throw new Error('no birth');
    const scale = growthScale('weight', 'male', [{ id: '1', ageMonths: 0.1, value: 3.4, at: born }, { id: '2', ageMonths: 100, value: 90, at: born }]);
    for (const mark of scale.marks) {
      expect(mark.x >= scale.start && mark.x <= scale.end && mark.y >= scale.top && mark.y <= scale.bottom).toBe(true);
    }
    expect(scale.curves).toHaveLength(7);
  });

  it('draws the child and says where it lies, or says what is missing', async () => {
    const results = [weight(12.74, 'kg', '2026-05-18')];
    const { container } = renderUi(<GrowthChart measure="weight" gender="male" born={born} results={results} />);
    expect(await screen.findByRole('img', { name: 'Weight for age, 12.74 kg, 50th centile' })).toBeVisible();
    await expectAccessible(container);
    expect(renderUi(<GrowthChart measure="weight" gender="unknown" born={born} results={results} />).container).toHaveTextContent('need a recorded sex');
    expect(renderUi(<GrowthChart measure="weight" gender="male" born={clinicalMoment('2024')} results={results} />).container).toHaveTextContent('full date of birth');
    expect(renderUi(<GrowthChart measure="bmi" gender="male" born={born} results={results} />).container).toHaveTextContent('No measurement lies');
    renderUi(<GrowthChart measure="weight" gender="female" born={born} results={[weight(3.4, 'kg', '2024-05-03')]} />);
    expect(await screen.findAllByText('No measurement lies in the age range of these curves')).toHaveLength(2);
  });
});

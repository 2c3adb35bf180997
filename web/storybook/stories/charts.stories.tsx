// Charts: a single line, a blood pressure, growth, and what is shown when nothing can be drawn.
import { GrowthChart, Trend } from '@galen/ui/charts';
import { Panel, Stack } from '@galen/ui';
import { clinicalMoment, trendSeries } from '@galen/fhir';
import type { Meta } from '@storybook/react-vite';
import { groups, growthGroups, present } from './samples';

export default { title: 'Charts' } satisfies Meta;

const group = (name: string) => present(groups.find((each) => each.name === name));

export const OneLine = () => <Panel title="Potassium"><Trend title="Potassium" series={trendSeries(group('Potassium'))} results={group('Potassium').results} /></Panel>;

export const BloodPressure = () => <Panel title="Blood pressure"><Trend title="Blood pressure" series={trendSeries(group('Blood pressure'))} /></Panel>;

export const AsTable = () => <Panel title="Potassium" flush><Trend title="Potassium" initialView="table" series={trendSeries(group('Potassium'))} results={group('Potassium').results} /></Panel>;

export const NothingToDraw = () => <Panel title="Potassium"><Trend title="Potassium" series={[{ key: 'k', name: 'Potassium', points: [], excluded: 2 }]} /></Panel>;

const results = growthGroups.flatMap((each) => each.results);
const born = present(clinicalMoment('2021-05-03'));

export const Growth = () => (
  <Stack>
    <Panel title="Weight for age"><GrowthChart measure="weight" gender="female" born={born} results={results} /></Panel>
    <Panel title="Height for age"><GrowthChart measure="height" gender="female" born={born} results={results} /></Panel>
    <Panel title="Without a sex"><GrowthChart measure="height" gender="unknown" born={born} results={results} /></Panel>
    <Panel title="Without a birth date"><GrowthChart measure="height" gender="male" born={undefined} results={results} /></Panel>
  </Stack>
);

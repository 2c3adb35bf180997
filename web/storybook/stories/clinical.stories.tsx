// The clinical components, each in all the states it can be in.
import {
  AllergyState, Age, Badge, Button, ClinicalDate, Conversation, Demographics, DetectedIssue, Facts, FreshnessStamp, IconButton, MedicationLine, NhsNumber, Panel, PatientBanner, ResultValue, Sparkline, Stack, Timeline,
} from '@galen/ui';
import { clinicalMoment, resultView, trendSeries, type Observation, type TimelineItem } from '@galen/fhir';
import { observation, potassium } from '@galen/testing/records';
import type { Meta } from '@storybook/react-vite';
import { ada, allergyStates, groups, medicines, NOW, people, present } from './samples';

export default { title: 'Clinical' } satisfies Meta;

export const Banner = () => (
  <Stack gap={4}>
    <PatientBanner patient={ada} allergies={allergyStates.known} allergiesHref="#allergies" tags={<Badge tone="info">Interpreter</Badge>} actions={<IconButton icon="more" label="More" />} />
    <PatientBanner patient={people.child} allergies={allergyStates.noneKnown} allergiesHref="#allergies" />
    <PatientBanner patient={people.newborn} allergies={allergyStates.notRecorded} allergiesHref="#allergies" />
    <PatientBanner patient={people.deceased} allergies={allergyStates.unavailable} allergiesHref="#allergies" />
    <PatientBanner patient={people.arabic} allergies={undefined} allergiesHref="#allergies" />
    <PatientBanner patient={people.chinese} allergies={allergyStates.incomplete} allergiesHref="#allergies" />
    <PatientBanner patient={people.unknown} allergies={allergyStates.unavailable} allergiesHref="#allergies" />
    <PatientBanner patient={people.merged} allergies={allergyStates.noneForMedicines} allergiesHref="#allergies" />
    <PatientBanner patient={people.long} allergies={allergyStates.known} allergiesHref="#allergies" />
  </Stack>
);

export const Allergies = () => (
  <Stack gap={4}>
    {Object.entries(allergyStates).map(([name, status]) => <AllergyState key={name} status={status} href="#allergies" />)}
    <AllergyState status={undefined} />
    <Panel title="Allergies" flush><AllergyState status={allergyStates.known} look="list" /></Panel>
    <Panel title="Allergies" flush><AllergyState status={allergyStates.unavailable} look="list" /></Panel>
  </Stack>
);

export const Numbers = () => (
  <Facts
    facts={[
      { label: 'Valid', value: <NhsNumber value="9434765919" /> },
      { label: 'Fails its check', value: <NhsNumber value="9434765918" /> },
      { label: 'Too short', value: <NhsNumber value="943476" /> },
      { label: 'None', value: <NhsNumber value={undefined} /> },
    ]}
  />
);

const moments = ['1970', '1970-02', '1945-07-14', '2026-11-20', '2026-11-23T06:15:00Z', undefined];

export const Dates = () => <Facts facts={moments.map((iso) => ({ label: iso ?? 'none', value: <ClinicalDate value={iso} now={NOW} /> }))} />;

const births = ['2026-11-23T08:40:00Z', '2026-11-22T20:00:00Z', '2026-11-18', '2026-08-02', '2025-06-02', '2019-02-11', '1984-07-14', '1970', undefined];

export const Ages = () => (
  <Facts facts={births.map((born) => ({ label: born ?? 'none', value: <Age {...(born && { born })} at="2026-11-23T09:30:00Z" /> }))} />
);

const interpreted = (code: string) => ({ interpretation: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code }] }] });
const AT = '2026-11-22T06:05:00Z';

const variants: [string, Observation][] = [
  ['Normal', potassium('4.20', AT)],
  ['High, worked out', potassium(5.6, AT)],
  ['Low, sent', potassium(3.1, AT, interpreted('L'))],
  ['Critical high', potassium(6.9, AT, interpreted('HH'))],
  ['Critical low', potassium(2.4, AT, interpreted('LL'))],
  ['Conflict', potassium(6.1, AT, interpreted('N'))],
  ['Preliminary', potassium(5.5, AT, { status: 'preliminary' })],
  ['Corrected', potassium(4.6, AT, { status: 'corrected' })],
  ['Cancelled', potassium(9.9, AT, { status: 'cancelled' })],
  ['Entered in error', potassium(99, AT, { status: 'entered-in-error' })],
  ['Below detection', observation({ code: '1988-5', name: 'CRP', value: 5, unit: 'mg/L', at: AT }, { valueQuantity: { value: 5, comparator: '<', unit: 'mg/L' } })],
  ['Positive', { resourceType: 'Observation', status: 'final', valueCodeableConcept: { text: 'SARS-CoV-2 RNA' }, ...interpreted('POS') }],
  ['Titre', { resourceType: 'Observation', status: 'final', valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }],
  ['Text', { resourceType: 'Observation', status: 'final', valueString: 'Scanty growth of mixed skin flora, no significant isolate' }],
  ['No value', { resourceType: 'Observation', status: 'final', dataAbsentReason: { coding: [{ code: 'error' }] } }],
];

export const Results = () => (
  <Facts facts={variants.map(([label, each]) => ({ label, value: <ResultValue result={resultView(each)} showRange /> }))} />
);

export const ResultsWithChange = () => (
  <Facts facts={groups.map((group) => ({ label: group.name, value: <ResultValue result={group.latest} showRange showDelta /> }))} />
);

export const Sparklines = () => (
  <Facts facts={groups.flatMap((group) => trendSeries(group).map((series) => ({ label: series.name, value: <Sparkline series={series} /> })))} />
);

export const Medicines = () => (
  <Panel title="Medicines">
    <Stack as="ul" gap={3}>
      {medicines.map((medicine) => <li key={medicine.id}><MedicationLine medication={medicine} details /></li>)}
    </Stack>
  </Panel>
);

export const Freshness = () => (
  <Stack gap={2}>
    <FreshnessStamp at={NOW} state="live" now={NOW} />
    <FreshnessStamp at={NOW} state="reconnecting" now={NOW} />
    <FreshnessStamp at={NOW - 86_400_000} state="offline" now={NOW} />
    <FreshnessStamp at={undefined} state="not-loaded" now={NOW} />
  </Stack>
);

export const PatientDetails = () => <Panel title="Demographics"><Demographics patient={people.child} columns={2} /></Panel>;

const moment = (iso: string) => ({ at: present(clinicalMoment(iso)) });

const items: TimelineItem[] = [
  { id: '1', kind: 'encounter', title: 'Inpatient stay', detail: 'Ward 4 · Dr Amara Nwosu', status: 'in-progress', ...moment('2026-11-20T14:00:00Z') },
  { id: '2', kind: 'immunization', title: 'Influenza, seasonal', detail: '1 of 1', ...moment('2026-10-05') },
  { id: '3', kind: 'procedure', title: 'Appendicectomy', ...moment('2019-06') },
  { id: '4', kind: 'problem', title: 'Asthma', ...moment('1991') },
  { id: '5', kind: 'document', title: 'Letter from the GP' },
  { id: '6', kind: 'medication', title: 'levothyroxine', detail: '75 micrograms', ...moment('2019-02-01') },
];

export const Time = () => <Panel title="Timeline"><Timeline items={items} renderAction={(item) => (item.kind === 'document' ? <Button size="sm">Open</Button> : null)} /></Panel>;

export const Conversations = () => (
  <Conversation
    label="Messages"
    lines={[
      { id: '1', at: '2026-11-23T09:12:00Z', by: 'You', text: 'The new tablets make me dizzy. Should I stop?', isOwn: true },
      { id: '2', at: '2026-11-23T10:40:00Z', by: 'Dr Beatrice Walker', text: 'Please take them in the evening.\nCall us if it does not get better by Friday.', isOwn: false },
    ]}
  />
);

export const Issues = () => (
  <Stack>
    <DetectedIssue severity="allergy" title="Penicillin allergy (anaphylaxis)" onProceed={() => undefined}>amoxicillin is a penicillin.</DetectedIssue>
    <DetectedIssue severity="high" title="Warfarin with aspirin">Bleeding is more likely.</DetectedIssue>
    <DetectedIssue severity="low" title="Take with food" />
  </Stack>
);

// Results, dates, ages, numbers, medicines, sparklines: what is read off them must be what was recorded.
import { clinicalMoment, medicationRequestView, resultView, trendSeries, resultGroups, type MedicationRequest, type Observation, type TimelineItem } from '@galen/fhir';
import { bloodPressure, expectAccessible, medicationRequest, patient, potassium, renderUi } from '@galen/testing';
import { patientView } from '@galen/fhir';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { Demographics } from './demographics';
import { DetectedIssue } from './detected-issue';
import { MedicationLine } from './medication-line';
import { Age, ClinicalDate, FreshnessStamp } from './moments';
import { NhsNumber } from './nhs-number';
import { ResultValue } from './result-value';
import { Sparkline } from './sparkline';
import { Timeline } from './timeline';

const AT = '2026-11-22T06:05:00Z';
const now = Date.parse('2026-11-23T12:00:00Z');
const interpretation = (code: string) => ({ interpretation: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code }] }] });

describe('ResultValue', () => {
  const show = (observation: Observation) => renderUi(<ResultValue result={resultView(observation)} showRange />).container;

  it.each([
    ['HH', '▲▲', 'Critical high'], ['H', '▲', 'High'], ['L', '▼', 'Low'], ['LL', '▼▼', 'Critical low'],
  ])('%s is %s and says %s', async (code, sign, word) => {
    const container = show(potassium(4.4, AT, interpretation(code)));
    expect(container.querySelector('.g-flag-sign')).toHaveTextContent(sign);
    expect(screen.getByText(word, { exact: false })).toBeVisible();
    await expectAccessible(container);
  });

  it('keeps the digits, the unit and the range', () => {
    const container = show(potassium('4.20', AT));
    expect(container).toHaveTextContent('4.20 mmol/L');
    expect(container).toHaveTextContent('Range 3.5 – 5.3');
    expect(container.querySelector('.g-flag')).toBeNull();
  });

  it('says that a flag was worked out here', () => {
    expect(show(potassium(5.6, AT))).toHaveTextContent('High (worked out from the range)');
  });

  it('says that the sender contradicts itself', () => {
    expect(show(potassium(6.1, AT, interpretation('N')))).toHaveTextContent('Reported normal, but outside the range sent');
  });

  it.each([['preliminary', 'Preliminary'], ['corrected', 'Corrected'], ['amended', 'Amended'], ['unknown', 'Status not known']])('says %s', (status, word) => {
    show(potassium(4, AT, { status }));
    expect(screen.getByText(word)).toBeVisible();
  });

  it.each(['cancelled', 'entered-in-error'])('strikes %s through and flags nothing', (status) => {
    const container = show(potassium(9.9, AT, { status, ...interpretation('HH') }));
    expect(container.querySelector('s')).toHaveTextContent('9.9');
    expect(container.querySelector('.g-flag')).toBeNull();
  });

  it('gives the reason where there is no value', () => {
    expect(show({ resourceType: 'Observation', status: 'final', dataAbsentReason: { coding: [{ code: 'asked-declined' }] } })).toHaveTextContent('Declined');
    expect(show({ resourceType: 'Observation', status: 'final' })).toHaveTextContent('No value');
  });

  it('says the change in words', () => {
    const [group] = resultGroups([potassium('4.1', '2026-11-20'), potassium('4.6', '2026-11-22')]);
    if (!group) throw new Error('no group');
    const { container } = renderUi(<ResultValue result={group.latest} showDelta />);
    expect(container).toHaveTextContent('+0.5 since 4.1 on 20-Nov-2026');
  });
});

describe('dates and ages', () => {
  it.each([['1970', '1970'], ['1970-02', 'Feb-1970'], ['1945-07-14', '14-Jul-1945'], [undefined, 'Not recorded'], ['nonsense', 'Not recorded']])('%s is shown as %s', (value, text) => {
    expect(renderUi(<ClinicalDate value={value} now={now} />).container).toHaveTextContent(text);
  });

  it('tells how long ago on hover', async () => {
    renderUi(<ClinicalDate value="2026-11-20" now={now} />);
    await userEvent.hover(screen.getByText('20-Nov-2026'));
    expect(await screen.findByRole('tooltip')).toHaveTextContent('3 days ago');
  });

  it('writes ages the NHS way', () => {
    expect(renderUi(<Age born="2025-09-02" at="2026-11-23" />).container).toHaveTextContent('14mo 21d');
    expect(renderUi(<Age />).container).toHaveTextContent('Not Known');
  });

  it.each([['9434765919', '943 476 5919'], [undefined, 'Not Known']])('shows NHS number %s as %s', (value, text) => {
    expect(renderUi(<NhsNumber value={value} />).container).toHaveTextContent(text);
  });

  it('marks a number whose check digit fails', () => {
    renderUi(<NhsNumber value="9434765918" />);
    expect(screen.getByRole('img', { name: 'fails its check digit' })).toBeVisible();
  });

  it('says how fresh a figure is, with the day where it is not today', () => {
    expect(renderUi(<FreshnessStamp at={now} state="live" now={now} />).container).toHaveTextContent(/updated \d\d:\d\d · live/);
    expect(renderUi(<FreshnessStamp at={now - 2 * 86_400_000} state="offline" now={now} />).container).toHaveTextContent(/updated 21-Nov-2026 \d\d:\d\d · offline/);
    expect(renderUi(<FreshnessStamp at={undefined} state="not-loaded" />).container).toHaveTextContent('not loaded');
  });
});

describe('MedicationLine', () => {
  const show = (text: string, parts: Partial<MedicationRequest> = {}) => renderUi(<MedicationLine details medication={medicationRequestView(medicationRequest(text, parts), { now })} />).container;

  it('reads generic, dose, route, frequency in that order', async () => {
    const container = show('Amoxicillin');
    expect(container.querySelector('.g-medication-text')).toHaveTextContent('amoxicillin — DOSE 500 mg — oral — three times a day');
    expect(screen.getByText('amoxicillin').closest('strong')).not.toBeNull();
    await expectAccessible(container);
  });

  it('keeps figure and unit together in right-to-left text', () => {
    const request = medicationRequest('x', { medicationCodeableConcept: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '1' }], text: 'Amoxicillin 250 MG Oral Capsule' } });
    const { container } = renderUi(<MedicationLine medication={medicationRequestView(request, { now })} />, { language: 'ar', dir: 'rtl' });
    const apart = [...container.querySelectorAll('bdi')].map((part) => part.textContent);
    expect(apart).toEqual(expect.arrayContaining(['amoxicillin', '250 mg', 'oral capsule', '500\u00a0mg', 'oral', 'three times a day']));
  });

  it('does not guess a unit', () => {
    expect(show('Lisinopril', { dosageInstruction: [{ doseAndRate: [{ doseQuantity: { value: 1 } }] }] })).toHaveTextContent('DOSE 1 (no unit given)');
  });

  it('says so where no dose is stated, and prefers the words of the sender', () => {
    expect(show('Lisinopril', { dosageInstruction: [] })).toHaveTextContent('lisinopril — Dose not stated');
    expect(show('Lisinopril', { dosageInstruction: [{ text: 'One at night' }] })).toHaveTextContent('lisinopril — One at night');
  });

  it('calls a course that ran out finished and one that was ended stopped', () => {
    const bounded = { dosageInstruction: [{ timing: { repeat: { boundsDuration: { value: 7, code: 'd' } } } }] };
    expect(show('Doxycycline', { ...bounded, authoredOn: '2026-03-01' })).toHaveTextContent('Course finished');
    expect(show('Warfarin', { status: 'stopped', statusReason: { text: 'bleeding' } })).toHaveTextContent('Stopped · bleeding');
  });
});

describe('the rest', () => {
  it('draws a sparkline with a spoken summary, and none for a single value', () => {
    const lines = (days: number) => resultGroups(Array.from({ length: days }, (_, index) => potassium(4 + index, `2026-11-0${index + 1}`))).flatMap(trendSeries);
    const { container } = renderUi(<>{lines(3).map((line) => <Sparkline key={line.key} series={line} />)}</>);
    expect(screen.getByRole('img', { name: 'Potassium: 3 values, from 4 mmol/L to 6 mmol/L' })).toBeVisible();
    expect(container.querySelector('polyline')?.getAttribute('points')?.split(' ')).toHaveLength(3);
    expect(renderUi(<>{lines(1).map((line) => <Sparkline key={line.key} series={line} />)}</>).container.querySelector('svg')).toBeNull();
  });

  it('draws each part of a blood pressure', () => {
    const lines = resultGroups([bloodPressure(120, 80, '2026-11-01'), bloodPressure(130, 85, '2026-11-02')]).flatMap(trendSeries);
    expect(lines.map((line) => line.name)).toEqual(['Systolic', 'Diastolic']);
  });

  it('orders the timeline newest first under years, undated last', async () => {
    const items: TimelineItem[] = [
      { id: '1', kind: 'problem', title: 'Asthma', ...at('1991') },
      { id: '2', kind: 'document', title: 'Letter' },
      { id: '3', kind: 'encounter', title: 'Stay', status: 'in-progress', ...at('2026-11-20') },
    ];
    const { container } = renderUi(<Timeline items={items} />);
    expect(screen.getAllByRole('heading').map((heading) => heading.textContent)).toEqual(['2026', '1991', 'No date recorded']);
    expect(screen.getByText('In progress')).toBeVisible();
    await expectAccessible(container);
  });

  it('shows every identifier and what is missing', () => {
    const { container } = renderUi(<Demographics patient={patientView(patient({ multipleBirthInteger: 2, telecom: [] }), { now })} />);
    expect(container).toHaveTextContent('MRN0012345');
    expect(container).toHaveTextContent('Child 2 of a multiple birth');
    expect(container).toHaveTextContent('PhoneNot recorded');
  });

  it('wants a reason for going on against an allergy, and only then goes on', async () => {
    const proceed = vi.fn();
    renderUi(<DetectedIssue severity="allergy" title="Penicillin allergy" onProceed={proceed} />);
    await userEvent.click(screen.getByRole('button', { name: 'Go ahead with this reason' }));
    expect(proceed).not.toHaveBeenCalled();
    expect(screen.getByText('Give a reason before you go ahead')).toBeVisible();
    await userEvent.type(screen.getByRole('textbox'), ' tolerated before ');
    await userEvent.click(screen.getByRole('button', { name: 'Go ahead with this reason' }));
    expect(proceed).toHaveBeenCalledExactlyOnceWith('tolerated before');
  });

  it('does not interrupt for a moderate finding', () => {
    renderUi(<DetectedIssue severity="moderate" title="Take care" onProceed={() => undefined} />);
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.queryByRole('textbox')).toBeNull();
  });
});

function at(iso: string) {
  const moment = clinicalMoment(iso);
  return moment ? { at: moment } : {};
}

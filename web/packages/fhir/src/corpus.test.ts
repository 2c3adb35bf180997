// Every record of the Synthea corpus, where it lies beside the project, goes through every view without a fault.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { allergyStatus } from './allergies';
import { resourcesOf } from './bundles';
import { encounterList, immunizationList, procedureView } from './care';
import { parseFhirJson } from './decimals';
import { attachmentText, documentView, reportView } from './documents';
import { medicationList, medicationRequestView } from './medications';
import { patientView } from './patients';
import { problemList } from './problems';
import type { AllergyIntolerance, Bundle, Condition, DiagnosticReport, DocumentReference, Encounter, Immunization, Medication, MedicationRequest, Observation, Patient, Procedure } from './resources';
import { resultGroups, resultView } from './results';
import { flowsheet, trendSeries } from './trends';

const CORPUS = join(import.meta.dirname, '../../../../../shared/corpora/fhir/synthea');
const files = existsSync(CORPUS) ? readdirSync(CORPUS).filter((name) => name.endsWith('.json.gz') && !name.startsWith('0-')) : [];

if (files.length === 0) process.stderr.write('The Synthea corpus is not here: its tests are left out.\n');

const now = Date.parse('2026-11-23T12:00:00Z');

function readBundle(name: string): Bundle {
  return parseFhirJson(gunzipSync(readFileSync(join(CORPUS, name))).toString('utf8')) as Bundle;
}

/** Whatever a view says must be something a screen can show. */
function expectShowable(view: unknown): void {
  const text = JSON.stringify(view);
  expect(text).not.toMatch(/undefined|NaN|\[object|Invalid Date/);
}

describe.skipIf(files.length === 0)('the Synthea corpus', () => {
  it.each(files)('%s', (name) => {
    const bundle = readBundle(name);
    const patients = resourcesOf<Patient>(bundle, 'Patient').map((patient) => patientView(patient, { now }));
    expect(patients).toHaveLength(1);
    expect(patients[0]?.name.known).toBe(true);
    expect(patients[0]?.age !== undefined || patients[0]?.deceased.deceased).toBe(true);

    const observations = resourcesOf<Observation>(bundle, 'Observation');
    const groups = resultGroups(observations);
    const shown = groups.flatMap((group) => group.results);
    expect(shown.reduce((sum, result) => sum + result.repeats, 0)).toBe(observations.length);
    expect(shown.every((result) => result.at !== undefined && result.value.kind !== 'absent')).toBe(true);
    const lines = groups.flatMap(trendSeries);
    expect(lines.length).toBeGreaterThan(0);
    const sheet = flowsheet(groups);
    expect(sheet.rows.length).toBeGreaterThan(0);

    const conditions = resourcesOf<Condition>(bundle, 'Condition');
    const problems = problemList(conditions);
    expect(problems.active.length + problems.resolved.length).toBe(conditions.length);

    const medications = new Map(resourcesOf<Medication>(bundle, 'Medication').map((medication) => [`urn:uuid:${medication.id ?? ''}`, medication]));
    const requests = resourcesOf<MedicationRequest>(bundle, 'MedicationRequest').map((request) => medicationRequestView(request, { now, medications }));
    expect(requests.every((request) => request.generic !== 'Medicine not named')).toBe(true);
    const list = medicationList(requests);
    expect(list.current.length + list.past.length).toBe(requests.length);

    const views = [
      patients, shown, lines, sheet, problems, list,
      allergyStatus({ records: resourcesOf<AllergyIntolerance>(bundle, 'AllergyIntolerance') }),
      immunizationList(resourcesOf<Immunization>(bundle, 'Immunization')),
      encounterList(resourcesOf<Encounter>(bundle, 'Encounter')),
      resourcesOf<Procedure>(bundle, 'Procedure').map((procedure) => procedureView(procedure)),
    ];
    views.forEach(expectShowable);
    const documents = [...resourcesOf<DocumentReference>(bundle, 'DocumentReference').map((each) => documentView(each)), ...resourcesOf<DiagnosticReport>(bundle, 'DiagnosticReport').map((each) => reportView(each))];
    const texts = documents.flatMap((document) => document.attachments.map(attachmentText));
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.every((text) => text !== undefined && text.length > 0)).toBe(true);
  });

  it('holds what was counted in it by other means', () => {
    const bundles = files.map(readBundle);
    const allergies = bundles.map((bundle) => allergyStatus({ records: resourcesOf<AllergyIntolerance>(bundle, 'AllergyIntolerance') }));
    expect(bundles).toHaveLength(20);
    expect(allergies.reduce((sum, status) => sum + (status.state === 'known' ? status.allergies.length : 0), 0)).toBe(12);
    expect(allergies.filter((status) => status.state === 'none-known')).toHaveLength(0);
    const deceased = bundles.flatMap((bundle) => resourcesOf<Patient>(bundle, 'Patient')).filter((patient) => patientView(patient, { now }).deceased.deceased);
    expect(deceased).toHaveLength(3);
    const pressures = bundles.flatMap((bundle) => resourcesOf<Observation>(bundle, 'Observation')).map((observation) => resultView(observation)).filter((result) => result.testKey === 'http://loinc.org|85354-9');
    expect(pressures.length).toBeGreaterThan(0);
    expect(pressures.every((result) => /^\d+\/\d+$/.test(result.value.text) && result.value.unit === 'mmHg')).toBe(true);
  });
});


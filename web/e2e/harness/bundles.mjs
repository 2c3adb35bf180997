// A FHIR bundle as its sender wrote it, and what of it a chart must show: worked out here and not by the code under test.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export const readBundle = (path) => JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')).entry;

const ZONE = 'Europe/London';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE, year: 'numeric', month: 'numeric', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
});

/** `02-Mar-2020 14:34` on the clock of the browser; nothing for nothing. */
export function moment(iso) {
  if (iso === undefined) return '';
  const parts = Object.fromEntries(clock.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
  return `${parts.day}-${MONTHS[Number(parts.month) - 1]}-${parts.year} ${parts.hour}:${parts.minute}`;
}

export const day = (iso) => moment(iso).split(' ')[0];

/** UCUM as it is printed, where that is not UCUM itself. */
const PRINTED = {
  '10*3/uL': '×10³/µL', '10*6/uL': '×10⁶/µL', 'ug/mL': 'µg/mL', 'ug/L': 'µg/L', 'kg/m2': 'kg/m²', '/min': 'per min',
  'mm[Hg]': 'mmHg', Cel: '°C', '{score}': '', '{INR}': '',
};
const printed = (unit) => PRINTED[unit] ?? unit;

const SYSTOLIC = '8480-6';
const DIASTOLIC = '8462-4';

function componentsOf(components) {
  const of = (code) => components.find((component) => component.code.coding[0].code === code)?.valueQuantity;
  const [systolic, diastolic] = [of(SYSTOLIC), of(DIASTOLIC)];
  if (!systolic || !diastolic) throw new Error('only blood pressures are expected to have components');
  return { value: `${systolic.value}/${diastolic.value}`, unit: 'mmHg' };
}

function valueOf(observation) {
  const { valueQuantity, valueCodeableConcept, valueString, component } = observation;
  if (valueQuantity) return { value: String(valueQuantity.value), unit: printed(valueQuantity.code) };
  if (valueCodeableConcept) return { value: valueCodeableConcept.text ?? valueCodeableConcept.coding[0].display, unit: '' };
  if (valueString !== undefined) return { value: valueString, unit: '' };
  return componentsOf(component);
}

export const inCategory = (category) => (resource) =>
  resource.resourceType === 'Observation' && resource.category.some(({ coding }) => coding.some(({ code }) => code === category));

/** A result as one line; the same measurement sent twice is one line. */
export function resultLines(observations) {
  const lines = observations.map((observation) => {
    const { value, unit } = valueOf(observation);
    return [observation.code.text, moment(observation.effectiveDateTime), value, unit].join(' | ');
  });
  return [...new Set(lines)].sort();
}

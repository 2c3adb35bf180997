// Patients who sign in, and clinics that they book: made over the API and the command line, as a hospital makes them.
import { codeOf } from './codes.mjs';
import { allergy, condition, documentReference, encounter, immunization, longRecord, medicationRequest, patient } from './records.mjs';

const COOKIE = /^(__Host-[^=]+)=([^;]+)/;
const PASSWORD = 'quiet heron over wet slate';
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const secretOf = (address) => new URL(address).searchParams.get('secret');

/** An account of a patient that has chosen its password and enrolled its authenticator. */
export class PatientAccount {
  name;
  password = PASSWORD;
  #secret;
  #first;
  /** A code is good once: each sign-in takes the next. */
  #steps = 0;

  static async open(hospital, name, patient) {
    const account = new PatientAccount();
    account.name = name;
    const added = JSON.parse(await hospital.command('user', 'add', '--name', name, '--role', 'patient', '--patient', patient, '--json'));
    const answer = await account.#post(hospital, { name, password: added.firstPassword, newPassword: PASSWORD });
    account.#secret = secretOf((await answer.json()).enrolment);
    // The authenticator counts from its first code on.
    account.#first = await account.#enter(hospital);
    return account;
  }

  #post(hospital, body) {
    return hospital.ask('/api/session', { method: 'POST', body: JSON.stringify(body) });
  }

  code() {
    const code = codeOf(this.#secret, this.#steps);
    // One step ahead is still taken; beyond it one waits.
    this.#steps = Math.min(this.#steps + 1, 1);
    return code;
  }

  /** Its session: the first there is, since each further one needs a code of its own. */
  async signIn(hospital) {
    const first = this.#first;
    this.#first = undefined;
    return first ?? this.#enter(hospital);
  }

  async #enter(hospital) {
    const answer = await this.#post(hospital, { name: this.name, password: this.password, code: this.code() });
    const [, cookie, value] = COOKIE.exec(answer.headers.get('set-cookie') ?? '') ?? [];
    if (!answer.ok || !cookie) throw new Error(`${this.name} could not sign in: ${answer.status} ${await answer.text()}`);
    const { csrf } = await answer.json();
    return { name: cookie, value, csrf };
  }
}

async function made(hospital, cookie, path, body) {
  const answer = await hospital.ask(path, { method: 'POST', cookie, body: JSON.stringify(body), headers: { 'x-csrf-token': cookie.csrf } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

export const NURSE = 'Practice nurse appointment';
export const SPECIALIST = 'Heart clinic, first visit';
export const SCAN = 'MRI scan';
export const PREPARATION = 'Do not eat for six hours before you come. You may drink water.';

/** Three services, as clinics set them: booked at once, asked for, seen only; and who is there every day from eight to six. */
export async function openClinic(hospital) {
  const cookie = await hospital.session('administrator');
  const service = (name, portal, more = {}) => made(hospital, cookie, '/api/services', { name, portal, minutes: 20, noticeMinutes: 120, ...more });
  const nurse = await service(NURSE, 'self-book', { preparation: PREPARATION });
  const specialist = await service(SPECIALIST, 'request-approval', { minutes: 40 });
  await service(SCAN, 'view-only');
  const practitioners = await (await hospital.ask('/fhir/Practitioner?_count=2', { cookie })).json();
  const schedules = [];
  for (const { resource } of practitioners.entry) {
    schedules.push(await made(hospital, cookie, '/api/schedules', {
      actor: `Practitioner/${resource.id}`, zone: 'Europe/London', sessions: [{ days: DAYS, start: '08:00', end: '18:00' }],
    }));
  }
  return { nurse: nurse.id, specialist: specialist.id, schedules: schedules.map(({ id }) => id) };
}

/** Books for a patient, as staff do: `days` ahead at an hour of London's. */
export function bookFor(hospital, cookie, { patient, service, schedule, start }) {
  return made(hospital, cookie, '/api/appointments', { patient, service, schedules: [schedule], start });
}

/** A patient with a bit of everything and no appointment: what the demo's patients have changes with the day. */
export function somebody(id) {
  return [
    patient(id, { family: 'Hussain', given: ['Zainab'], birthDate: '1971-04-02', gender: 'female', telecom: [{ system: 'phone', value: '07700 900809' }] }),
    ...longRecord(id, 14, 3),
    allergy(`${id}-allergy`, id, 'Penicillin', { criticality: 'high' }),
    condition(`${id}-condition`, id, 'High blood pressure', { onsetDateTime: '2019-05-01' }),
    medicationRequest(`${id}-medicine`, id, 'amlodipine 5 mg tablet', { authoredOn: '2025-08-01T09:00:00Z' }),
    immunization(`${id}-vaccine`, id, 'Influenza vaccine'),
    encounter(`${id}-visit`, id, 'Clinic visit'),
    documentReference(`${id}-letter`, id, 'Clinic letter', { contentType: 'text/plain', content: 'You are well.' }),
  ];
}

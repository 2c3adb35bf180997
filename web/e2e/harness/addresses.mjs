// The addresses that pages may ask for. Whatever is not of these forms could carry who a patient is into a log.

const ID = '[A-Za-z0-9.-]{1,64}';
const DAY = '\\d{4}-\\d{2}-\\d{2}';
const PART = '(summary|problems|medications|results|vitals|immunizations|encounters|documents)';
const LISTS =
  '(Condition|AllergyIntolerance|MedicationRequest|MedicationStatement|Immunization|Encounter|Procedure|DocumentReference|DiagnosticReport|Observation|Appointment|Questionnaire|QuestionnaireResponse)';
/** The patients' screens: below the shell, or by themselves. */
const SCREEN =
  '(home|appointments(/calendar|/book(/ID)?|/ID(/move)?)?|results(/ID)?|record(/(medicines|allergies|conditions|immunizations|encounters|documents))?|forms(/ID)?|more(/(messages|details|preferences|apps|device|people(/invite)?|accesses|sharing|threads(/ID)?))?)';

const PATHS = [
  '/(sign-in)?',
  '/connections',
  '/authorize',
  '/portals\\.json',
  '/health/ready',
  '/doctor(/patients|/today|/messages|/nowhere)?',
  `/doctor/messages/${ID}`,
  '/desk(/board|/book|/queue|/display|/requests|/waiting|/to-move)?',
  `/desk/board/${ID}(/${DAY})?`,
  `/desk/(queue|display)/${ID}`,
  `/desk/registration(/${ID}(/amend|/merge)?)?`,
  '/assets/(shell|doctor|desk|patient|my)/[\\w.-]+',
  '/my-worker\\.js',
  `/(my|patient)(/${SCREEN.replaceAll('ID', ID)})?`,
  `/doctor/patients/${ID}(/${PART})?`,
  '/api/session',
  '/api/demo/sign-ins',
  '/api/patients',
  `/api/patients/${ID}(/merges|/merge-preview|/merge|/label)?`,
  `/api/patient-merges/${ID}/undo`,
  '/api/access/break-glass',
  `/api/authorizations(/${ID})?`,
  '/api/launches',
  '/api/live',
  '/api/clinics',
  `/api/clinics/${ID}/days/${DAY}`,
  `/api/clinics/${ID}/(queue(/next)?|queue-display|tickets)`,
  `/api/clinics/${ID}/tickets/\\d+/step`,
  `/api/own-days/${DAY}`,
  '/api/services',
  '/api/appointment-requests',
  '/api/appointments-to-move',
  '/api/waiting-list',
  `/api/appointment-series(/preview|/${ID}/cancel)?`,
  '/api/appointments(/times|/holds)?',
  `/api/appointments/${ID}(/letter|/attendance|/cancel|/confirm|/reschedule|/offer|/decline|/retract)?`,
  `/api/proxies(/${ID})?`,
  '/api/activations',
  '/my/activate',
  `/api/patients/${ID}/(proxies|accesses|invitations|invitation-letters|consents|results/held)`,
  `/api/consents/${ID}`,
  `/api/results/(Observation|DiagnosticReport)/${ID}/release`,
  `/api/patients/${ID}/threads`,
  `/api/threads/${ID}(/replies|/read|/close)?`,
  '/api/inbox',
  '/fhir/Practitioner/_search',
  `/api/patients/${ID}/(messages|message-preferences|calendar-feeds(/${ID})?)`,
  `/fhir/QuestionnaireResponse/${ID}`,
  `/fhir/Patient/${ID}/\\$(everything|print)`,
  '/fhir/ValueSet/\\$expand',
  `/fhir/(Patient|Binary)/${ID}`,
  `/fhir/${LISTS}`,
];
const PATH = new RegExp(`^(${PATHS.join('|')})$`);

/** What may stand behind the question mark: ids, choices, places in a list; and what was typed, in the search alone. */
const PARAMETERS = {
  attempt: /^\d+$/,
  view: /^flowsheet$/,
  clinic: new RegExp(`^${ID}$`),
  service: new RegExp(`^${ID}$`),
  schedule: new RegExp(`^${ID}$`),
  schedules: new RegExp(`^${ID}([,;]${ID})*$`),
  from: /^[\d:.TZ-]+$/,
  to: /^[\d:.TZ-]+$/,
  duplicate: new RegExp(`^${ID}$`),
  patient: new RegExp(`^(Patient/)?${ID}$`),
  category: /^(laboratory|vital-signs)$/,
  count: /^\d+$/,
  _count: /^\d+$/,
  _sort: /^-(date|authored)$/,
  _include: /^(Medication(Request|Statement):medication|Appointment:actor)$/,
  status: /^active$/,
  language: /^(en|cy|ar)$/,
  priority: /^(urgent|soon|routine)$/,
  sinceBefore: /^[\d:.TZ-]+$/,
  series: new RegExp(`^${ID}$`),
  // The address of a list of words.
  url: /^https?:[\w/.:-]+$/,
  page: /^[\w.~=-]+$/,
  _page: /^[\w.~=-]+$/,
  // Sealed by the server: it tells nobody anything.
  request: /^[\w-]+$/,
};

/** What is in memory, and what the browser shows a PDF with: neither leaves it. */
const WITHIN = new Set(['blob:', 'data:', 'chrome:', 'chrome-extension:']);

/** Whether an address names nobody, and is on `origin`. */
export function isPlainAddress(address, origin) {
  const { protocol, origin: place, pathname, searchParams } = new URL(address);
  if (WITHIN.has(protocol)) return true;
  if (place !== origin || !PATH.test(pathname)) return false;
  return [...searchParams].every(([name, value]) =>
    name === 'text' ? pathname === '/api/patients' : (PARAMETERS[name]?.test(value) ?? false),
  );
}

// Why a request was not answered, in one shape whether the server spoke problem+json or OperationOutcome.

/** `status` 0: the server did not answer at all. */
export interface Refusal {
  status: number;
  code: string;
  detail: string;
  location?: string;
  next?: string;
  related?: string[];
  /** What an administrator finds the request by. */
  reference?: string;
  retryAfterSeconds?: number;
}

export const UNREACHABLE = 'server-unreachable';
export const RECORD_SEALED = 'record-sealed';
export const CSRF_INVALID = 'csrf-invalid';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);

export function unreachable(detail: string): Refusal {
  return { status: 0, code: UNREACHABLE, detail };
}

export function isRefusal(error: unknown): error is Refusal {
  return isObject(error) && typeof error.code === 'string' && typeof error.detail === 'string';
}

/** Reads a refusal out of any answer; a body that is neither dialect still yields one. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const body: unknown = await response.json().catch(() => null);
  const refusal = isObject(body) && body.resourceType === 'OperationOutcome' ? ofOutcome(body) : ofProblem(body);
  const reference = response.headers.get('x-request-id');
  const retryAfter = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
  return {
    ...refusal,
    status: response.status,
    ...(reference !== null && { reference }),
    ...(Number.isFinite(retryAfter) && { retryAfterSeconds: retryAfter }),
  };
}

function ofProblem(body: unknown): Refusal {
  const problem = isObject(body) ? body : {};
  const related = texts(problem.related);
  return {
    status: 0,
    code: text(problem.code) ?? 'refused',
    detail: text(problem.detail) ?? text(problem.title) ?? '',
    ...optional('location', text(problem.location)),
    ...optional('next', text(problem.next)),
    ...(related.length > 0 && { related }),
  };
}

function ofOutcome(outcome: Json): Refusal {
  const issues = Array.isArray(outcome.issue) ? outcome.issue.filter(isObject) : [];
  const issue = issues.find((one) => one.severity === 'error' || one.severity === 'fatal') ?? issues[0] ?? {};
  const details = isObject(issue.details) ? issue.details : {};
  const coding = (Array.isArray(details.coding) ? details.coding : []).find(isObject);
  return {
    status: 0,
    code: text(coding?.code) ?? text(issue.code) ?? 'refused',
    detail: text(details.text) ?? text(issue.diagnostics) ?? '',
    ...optional('location', texts(issue.expression)[0] ?? texts(issue.location)[0]),
  };
}

function optional<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: string });
}

/** The name of the form field that a refusal is about: the last word of its location. */
export function fieldOf(refusal: Refusal): string | undefined {
  return refusal.location?.split(/[./[\]]+/).findLast((part) => part !== '' && !/^\d+$/.test(part));
}

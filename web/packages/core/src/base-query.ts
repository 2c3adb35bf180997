// How every request is sent: the session's tokens, one shape of refusal, retries, and what a lost session means.
import { parseFhirJson } from '@galen/fhir';
import type { BaseQueryApi, BaseQueryFn } from '@reduxjs/toolkit/query/react';
import { isActed, type ActingState } from './acting';
import { connectionFound, connectionLost, type ConnectionState } from './connection';
import { keyOf, settle } from './idempotency';
import { CSRF_INVALID, refusalOf, unreachable, type Refusal } from './refusal';
import { sessionExpired, sessionStarted, sessionTakenOver, type Session, type SessionState } from './session';

export interface RequestArguments {
  url: string;
  method?: string;
  body?: unknown;
  /** A search whose words must not stand in the address: sent as a form. */
  form?: Record<string, string>;
  params?: Record<string, unknown>;
  /** A label, a document: the answer is kept as a Blob. */
  wantsBlob?: boolean;
}

type Answer = { data: unknown } | { error: Refusal };

const REQUEST_TIME_MAX_MS = 30_000;
/** A read that got no answer is sent again after these waits. */
const RETRY_WAITS_MS = [300, 1_000];
/** A longer Retry-After is shown to the person rather than waited out. */
const THROTTLE_WAIT_MAX_SECONDS = 5;
const SESSION_PATH = '/api/session';

const isAway = (status: number) => status === 0 || (status >= 502 && status <= 504);
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export const baseQuery: BaseQueryFn<string | RequestArguments, unknown, Refusal> = async (given, context) => {
  const request: RequestArguments = typeof given === 'string' ? { url: given } : given;
  const answer = await untilAnswered(request, context);
  if (!('error' in answer)) return answer;
  return afterRefusal(answer.error, request, context);
};

interface Known {
  session: SessionState;
  connection: ConnectionState;
  acting: ActingState;
}

function stateOf(context: BaseQueryApi): Known {
  return context.getState() as Known;
}

async function untilAnswered(request: RequestArguments, context: BaseQueryApi): Promise<Answer> {
  const isRead = (request.method ?? 'GET') === 'GET';
  for (const pause of isRead ? [...RETRY_WAITS_MS, null] : [null]) {
    const answer = await send(request, context);
    if (context.signal.aborted) return answer;
    if (!('error' in answer)) {
      if (!stateOf(context).connection.isReachable) context.dispatch(connectionFound());
      return answer;
    }
    const { status, retryAfterSeconds } = answer.error;
    if (isRead && status === 429 && pause !== null && (retryAfterSeconds ?? Infinity) <= THROTTLE_WAIT_MAX_SECONDS) {
      await wait((retryAfterSeconds ?? 1) * 1_000);
    } else if (isAway(status) && pause !== null && stateOf(context).connection.isReachable) {
      await wait(pause);
    } else {
      if (isAway(status)) context.dispatch(connectionLost(Date.now()));
      return answer;
    }
  }
  return { error: unreachable('') };
}

async function send(request: RequestArguments, context: BaseQueryApi): Promise<Answer> {
  const method = request.method ?? 'GET';
  const body = request.form ? new URLSearchParams(request.form).toString() : request.body === undefined ? undefined : JSON.stringify(request.body);
  const fingerprint = `${method} ${request.url} ${body ?? ''}`;
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(REQUEST_TIME_MAX_MS)]);
  let response: Response;
  try {
    response = await fetch(addressOf(request), {
      method,
      signal,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: headersOf(request, method, fingerprint, context),
      ...(body !== undefined && { body }),
    });
    if (response.ok) {
      settle(fingerprint);
      return { data: await read(response, request) };
    }
  } catch {
    return { error: unreachable('') };
  }
  const refusal = await refusalOf(response);
  if (!isAway(refusal.status) && refusal.status !== 401) settle(fingerprint);
  return { error: refusal };
}

function addressOf(request: RequestArguments): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.params ?? {})) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? request.url : `${request.url}${request.url.includes('?') ? '&' : '?'}${text}`;
}

function headersOf(
  request: RequestArguments,
  method: string,
  fingerprint: string,
  context: BaseQueryApi,
): Record<string, string> {
  const isFhir = request.url.startsWith('/fhir');
  const headers: Record<string, string> = {
    accept: request.wantsBlob === true ? '*/*' : isFhir ? 'application/fhir+json' : 'application/json',
  };
  const csrf = stateOf(context).session.who?.csrf;
  if (csrf && !(request.url === SESSION_PATH && method !== 'DELETE')) headers['x-csrf-token'] = csrf;
  const actingFor = stateOf(context).acting.for;
  if (actingFor !== null && isActed(request.url)) headers['x-acting-for'] = actingFor;
  if (request.form) headers['content-type'] = 'application/x-www-form-urlencoded';
  else if (request.body !== undefined) headers['content-type'] = isFhir ? 'application/fhir+json' : 'application/json';
  if (method !== 'GET' && !request.form && request.url !== SESSION_PATH) headers['idempotency-key'] = keyOf(fingerprint);
  return headers;
}

async function read(response: Response, request: RequestArguments): Promise<unknown> {
  if (request.wantsBlob === true) return response.blob();
  if (response.status === 204) return null;
  return request.url.startsWith('/fhir') ? parseFhirJson(await response.text()) : response.json();
}

async function afterRefusal(refusal: Refusal, request: RequestArguments, context: BaseQueryApi): Promise<Answer> {
  if (refusal.status === 401 && request.url !== SESSION_PATH) context.dispatch(sessionExpired());
  if (refusal.code !== CSRF_INVALID) return { error: refusal };
  const before = stateOf(context).session.who?.user;
  const now = await send({ url: SESSION_PATH }, context);
  if ('error' in now) {
    if (now.error.status === 401) context.dispatch(sessionExpired());
    return { error: refusal };
  }
  const session = now.data as Session;
  if (session.user !== before) {
    // The request was meant by another person: it is not sent again in this one's name.
    context.dispatch(sessionTakenOver(session));
    return { error: refusal };
  }
  context.dispatch(sessionStarted(session));
  return send(request, context);
}

//! A server for component tests: answers fetch from a list of routes and remembers what was asked.
import { vi } from 'vitest';

export interface Asked {
  method: string;
  /** Path and query, without the origin. */
  url: string;
  headers: Headers;
  body: unknown;
}

export type Answer = { status?: number; json?: unknown; text?: string; headers?: Record<string, string> } | 'network-failure' | 'never';

export interface Route {
  method?: string;
  /** The path, or a pattern over path and query. */
  path: string | RegExp;
  answer: Answer | ((asked: Asked) => Answer);
}

export interface FakeServer {
  asked: Asked[];
  /** Later routes win, so that a test can change one answer. */
  use: (...routes: Route[]) => void;
}

const matches = (route: Route, asked: Asked) =>
  (route.method ?? 'GET') === asked.method
  && (typeof route.path === 'string' ? asked.url.split('?')[0] === route.path : route.path.test(asked.url));

function responseOf(answer: Exclude<Answer, string>): Response {
  const { status = 200, json, text = '', headers = {} } = answer;
  const type = json === undefined ? 'text/plain' : 'application/json';
  const body = status === 204 ? null : json === undefined ? text : JSON.stringify(json);
  return new Response(body, { status, headers: { 'Content-Type': type, ...headers } });
}

async function askedOf(request: Request): Promise<Asked> {
  const { pathname, search } = new URL(request.url);
  const text = await request.clone().text();
  let body: unknown = text;
  try {
    body = text ? JSON.parse(text) : undefined;
  } catch {
    // Not JSON: the text is what was sent.
  }
  return { method: request.method, url: pathname + search, headers: request.headers, body };
}

function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')));
  });
}

/** Replaces the global fetch until the test's mocks are restored. A route that nobody wrote answers 404. */
export function fakeServer(...routes: Route[]): FakeServer {
  const asked: Asked[] = [];
  const known = [...routes];
  const answerTo = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = input instanceof Request ? new Request(input, init) : new Request(new URL(String(input), 'http://127.0.0.1'), init);
    const question = await askedOf(request);
    asked.push(question);
    const route = known.findLast((candidate) => matches(candidate, question));
    const answer = typeof route?.answer === 'function' ? route.answer(question) : (route?.answer ?? { status: 404, json: { status: 404, title: 'No such route' } });
    if (answer === 'network-failure') throw new TypeError('Failed to fetch');
    return answer === 'never' ? hang(request.signal) : responseOf(answer);
  };
  vi.spyOn(globalThis, 'fetch').mockImplementation(answerTo);
  return { asked, use: (...more) => { known.push(...more); } };
}

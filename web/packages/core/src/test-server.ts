// A scripted server for the tests of this package: answers in order, and remembers what it was asked.
import { vi } from 'vitest';

export interface Asked {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: unknown;
}

type Reply = Response | Error | ((asked: Asked) => Response);

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

export const problem = (status: number, code: string, more: Record<string, unknown> = {}) =>
  json({ status, code, detail: `refused: ${code}`, ...more }, status, { 'x-request-id': 'r1' });

/** Each reply is used once; the last one for all that follow. */
export function serve(...replies: Reply[]): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    const request: Asked = {
      method: init.method ?? 'GET',
      url,
      headers: (init.headers ?? {}) as Record<string, string>,
      body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined,
    };
    asked.push(request);
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    if (reply === undefined) throw new Error('nothing scripted');
    if (reply instanceof Error) throw reply;
    return typeof reply === 'function' ? reply(request) : reply.clone();
  });
  return asked;
}

export const ada = { name: 'ada', user: 'u1', roles: ['R8000'], activities: ['B0360'], csrf: 'c1' };
export const bob = { name: 'bob', user: 'u2', roles: ['R8009'], activities: ['B0820', 'B0340'], csrf: 'c2' };

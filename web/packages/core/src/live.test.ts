// The page's socket: what it asks for, what it refreshes, and how it comes back.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actingChanged } from './acting';
import { fhirApi } from './fhir-api';
import { LiveClient } from './live';
import { sessionEnded, sessionStarted } from './session';
import { makeStore } from './store';
import { ada, bob, json, serve } from './test-server';

class FakeSocket extends EventTarget {
  static made: FakeSocket[] = [];
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  readyState = 0;
  sent: unknown[] = [];

  constructor(readonly url: URL) {
    super();
    FakeSocket.made.push(this);
  }

  send(text: string) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  opens() {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  says(said: unknown) {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(said) }));
  }

  ends(code: number) {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event('close'), { code }));
  }
}

const last = () => {
  const socket = FakeSocket.made.at(-1);
  if (!socket) throw new Error('no socket was opened');
  return socket;
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  FakeSocket.made = [];
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function signedIn() {
  const store = makeStore();
  store.dispatch(sessionStarted(ada));
  return { store, client: new LiveClient(store) };
}

describe('the page’s socket', () => {
  it('opens once for all that listen, asks for what they want, and closes with the last', () => {
    const { store, client } = signedIn();
    const leaveBoard = client.listen(['Appointment']);
    const leaveList = client.listen(['Task', 'Appointment']);
    expect(FakeSocket.made).toHaveLength(1);
    last().opens();
    expect(last().sent).toEqual([{ listen: ['Appointment', 'Task'] }]);
    last().says({ epoch: 'e', sequence: 3, reset: true });
    expect(store.getState().live.state).toBe('live');
    leaveList();
    expect(last().sent.at(-1)).toEqual({ listen: ['Appointment'], after: { epoch: 'e', sequence: 3 } });
    leaveBoard();
    expect([last().readyState, store.getState().live.state]).toEqual([3, 'off']);
  });

  it('refreshes what shows a changed resource, and everything it hears of after a reset', async () => {
    const { store, client } = signedIn();
    const asked = serve(json({ id: 'p1', version: 1, given: [] }));
    await store.dispatch(fhirApi.endpoints.readPatient.initiate({ id: 'p1' }));
    client.listen(['Patient']);
    last().opens();
    last().says({ epoch: 'e', sequence: 0, reset: false });
    const before = asked.length;
    last().says({ sequence: 1, type: 'Patient', id: 'p2' });
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toHaveLength(before);
    last().says({ sequence: 2, type: 'Patient', id: 'p1' });
    last().says({ sequence: 3, type: 'Patient', id: 'p1' });
    await vi.advanceTimersByTimeAsync(200);
    expect(asked, 'once for both').toHaveLength(before + 1);
    last().says({ reset: true });
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toHaveLength(before + 2);
  });

  it('comes back ever less often, from where it was', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { store, client } = signedIn();
    client.listen(['Task']);
    last().opens();
    last().says({ epoch: 'e', sequence: 7, reset: true });
    last().says({ sequence: 9, type: 'Task', id: 't' });
    last().ends(1012);
    expect(store.getState().live.state).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(999);
    expect(FakeSocket.made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(FakeSocket.made).toHaveLength(2);
    last().ends(1006);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(FakeSocket.made).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    last().opens();
    expect(last().sent).toEqual([{ listen: ['Task'], after: { epoch: 'e', sequence: 9 } }]);
  });

  it('closes a connection that nobody wants any more when it is open, not before, and says nothing on it', () => {
    const { client } = signedIn();
    client.listen(['Task'])();
    expect(last().readyState).toBe(0);
    last().opens();
    expect([last().readyState, last().sent]).toEqual([3, []]);
  });

  it('takes a silent connection for dead', async () => {
    const { client } = signedIn();
    client.listen(['Task']);
    last().opens();
    last().says({ epoch: 'e', sequence: 0, reset: true });
    await vi.advanceTimersByTimeAsync(70_000);
    last().says({ beat: true });
    await vi.advanceTimersByTimeAsync(70_000);
    expect(last().readyState).toBe(1);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(FakeSocket.made.at(0)?.readyState).toBe(3);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it('ends with the person, and begins anew for the next', () => {
    const { store, client } = signedIn();
    client.listen(['Task']);
    last().opens();
    last().says({ epoch: 'e', sequence: 5, reset: true });
    store.dispatch(sessionEnded());
    expect([last().readyState, store.getState().live.state]).toEqual([3, 'off']);
    store.dispatch(sessionStarted(bob));
    last().opens();
    expect(last().sent).toEqual([{ listen: ['Task'] }]);
  });

  it('says for whom somebody acts, and begins anew when that changes', () => {
    const { store, client } = signedIn();
    client.listen(['Task']);
    last().opens();
    last().says({ epoch: 'e', sequence: 5, reset: true });
    store.dispatch(actingChanged('child'));
    expect(FakeSocket.made).toHaveLength(2);
    last().opens();
    expect(last().sent).toEqual([{ listen: ['Task'], actingFor: 'child' }]);
  });
});

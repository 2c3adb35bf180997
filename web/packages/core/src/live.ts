// What changed on the server, heard over one socket for the page: types and ids, which refresh what shows them.
import { useEffect } from 'react';
import { useStore } from 'react-redux';
import { fhirApi } from './fhir-api';
import { useAppSelector } from './hooks';
import { liveChanged, type LiveState } from './live-state';
import { refreshSession } from './session-watch';
import type { AppStore } from './store';
import { TAG_TYPES } from './tags';

/** The server beats every 30 seconds; without a word for so long the connection is taken for dead. */
const SILENCE_MS_MAX = 75_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** What changes together is asked for together. */
const GATHER_MS = 150;
/** The server's close code for an account or session that may not listen any more. */
const CLOSED_BY_POLICY = 1008;
const PATH = '/api/live';

type Tag = { type: string; id?: string };

interface Said {
  epoch?: string;
  sequence?: number;
  reset?: boolean;
  type?: string;
  id?: string;
  beat?: boolean;
  error?: string;
}

const isTagType = (type: string) => (TAG_TYPES as readonly string[]).includes(type);

/** What shows a resource of this type: its own answers, lists of its type, and parts of records. */
export function tagsOfChange(type: string, id?: string): Tag[] {
  const record = { type: 'Record', id: type };
  // A clinic's queue is no resource: what happens to it is told of the clinic.
  if (type === 'Location' && id !== undefined) return [record, { type: 'Queue', id }];
  if (!isTagType(type)) return [record];
  return id === undefined ? [record, { type }] : [record, { type, id }, { type, id: 'LIST' }];
}

/** One socket for a page, open while something on it listens and somebody is signed in. */
export class LiveClient {
  private wanted = new Map<string, number>();
  private socket: WebSocket | null = null;
  private after: { epoch: string; sequence: number } | null = null;
  private tags = new Map<string, Tag>();
  private gather: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private user: string | null = null;

  constructor(private readonly store: AppStore) {
    this.user = this.listener();
    store.subscribe(() => {
      const now = this.listener();
      if (now === this.user) return;
      this.user = now;
      // Another person's place in the order says nothing of what this one may see.
      this.after = null;
      this.close();
      this.refresh();
    });
  }

  /** Listens for these types until the answer is called. */
  listen(types: readonly string[]): () => void {
    for (const type of types) this.wanted.set(type, (this.wanted.get(type) ?? 0) + 1);
    this.refresh();
    return () => {
      for (const type of types) {
        const left = (this.wanted.get(type) ?? 1) - 1;
        if (left > 0) this.wanted.set(type, left);
        else this.wanted.delete(type);
      }
      this.refresh();
    };
  }

  private listener(): string | null {
    const { session, acting } = this.store.getState();
    return session.phase === 'signed-in' && session.who !== null ? `${session.who.user} ${acting.for ?? ''}` : null;
  }

  private refresh() {
    if (this.wanted.size === 0 || this.user === null) {
      this.close();
      this.show('off');
    } else if (this.socket === null) {
      if (this.retry === undefined) this.open();
    } else if (this.socket.readyState === WebSocket.OPEN) {
      this.ask(this.socket);
    }
  }

  private show(state: LiveState) {
    if (this.store.getState().live.state !== state) this.store.dispatch(liveChanged(state));
  }

  private open() {
    this.show(this.failures === 0 ? 'connecting' : 'reconnecting');
    const socket = new WebSocket(new URL(PATH, location.origin.replace(/^http/, 'ws')));
    this.socket = socket;
    socket.addEventListener('open', () => {
      if (this.socket === socket) this.ask(socket);
      else socket.close();
    });
    socket.addEventListener('message', ({ data }) => {
      if (this.socket !== socket) return;
      this.heard();
      this.take(JSON.parse(String(data)) as Said);
    });
    socket.addEventListener('close', ({ code }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      clearTimeout(this.silence);
      if (code === CLOSED_BY_POLICY) void refreshSession(this.store);
      this.again();
    });
    this.heard();
  }

  private ask(socket: WebSocket) {
    const actingFor = this.store.getState().acting.for;
    const listen = [...this.wanted.keys()].toSorted();
    socket.send(JSON.stringify({ listen, ...(actingFor !== null && { actingFor }), ...(this.after && { after: this.after }) }));
  }

  /** Any word shows that the connection is there. */
  private heard() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      const dead = this.socket;
      this.socket = null;
      dead?.close();
      this.again();
    }, SILENCE_MS_MAX);
  }

  private take(said: Said) {
    if (said.epoch !== undefined) {
      this.after = { epoch: said.epoch, sequence: said.sequence ?? 0 };
      this.failures = 0;
      this.show('live');
    } else if (said.sequence !== undefined && this.after) {
      this.after = { ...this.after, sequence: said.sequence };
    }
    if (said.reset === true) for (const type of this.wanted.keys()) this.invalidate(tagsOfChange(type));
    if (said.type !== undefined && said.id !== undefined) this.invalidate(tagsOfChange(said.type, said.id));
  }

  private invalidate(tags: Tag[]) {
    for (const tag of tags) this.tags.set(`${tag.type}/${tag.id ?? ''}`, tag);
    this.gather ??= setTimeout(() => {
      this.gather = undefined;
      const all = [...this.tags.values()];
      this.tags.clear();
      this.store.dispatch(fhirApi.util.invalidateTags(all as Parameters<typeof fhirApi.util.invalidateTags>[0]));
    }, GATHER_MS);
  }

  /** Ever less often, and not all pages of a hospital in one moment. */
  private again() {
    if (this.wanted.size === 0 || this.user === null) return;
    this.show('reconnecting');
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.failures, LONGEST_WAIT_MS) * (0.5 + Math.random());
    this.failures += 1;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.refresh();
    }, wait);
  }

  private close() {
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    this.retry = undefined;
    const socket = this.socket;
    this.socket = null;
    this.failures = 0;
    // One that is not open yet is closed when it is: before, browsers report a failure of the network.
    if (socket?.readyState !== WebSocket.CONNECTING) socket?.close();
  }
}

const clients = new WeakMap<AppStore, LiveClient>();

function clientOf(store: AppStore): LiveClient {
  const known = clients.get(store);
  if (known) return known;
  const made = new LiveClient(store);
  clients.set(store, made);
  return made;
}

/** Keeps what this component shows of these resource types current; how well, the answer says. */
export function useLive(...types: readonly string[]): LiveState {
  const store = useStore() as AppStore;
  const key = types.join(' ');
  useEffect(() => clientOf(store).listen(key.split(' ')), [store, key]);
  return useAppSelector(({ live }) => live.state);
}

// A demo hospital of its own for a file of journeys: made in a new folder, served on a free port, gone at the end.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = process.env.GALEN ?? fileURLToPath(new URL('../../../target/debug/galen', import.meta.url));

/** The smallest hospital that has a sealed record in it. */
const PATIENTS = 80;
/** Cookies are named for their scheme; they hold on plain loopback, too. */
const COOKIE = /^(__Host-[^=]+)=([^;]+)/;

const execute = promisify(execFile);

export class Hospital {
  #folder;
  #process;
  #port = 0;
  /** Cookies by role: a role signs in once, and its pages share the session. */
  #cookies = new Map();
  origin = '';

  /** Makes and serves one, with `records` (FHIR resources) and `files` (of FHIR) imported. */
  static async open({ records = [], files = [] } = {}) {
    const hospital = new Hospital();
    hospital.#folder = await mkdtemp(join(tmpdir(), 'galen-e2e-'));
    await hospital.command('demo', '--only-make', '--patients', String(PATIENTS));
    if (records.length > 0) {
      const path = join(hospital.#folder, 'records.ndjson');
      await writeFile(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
      files = [...files, path];
    }
    if (files.length > 0) await hospital.command('import', ...files);
    await hospital.start();
    return hospital;
  }

  /** Runs a command of the program on this hospital's data; what it printed. */
  async command(...words) {
    const { stdout } = await execute(PROGRAM, [...words, '--data', join(this.#folder, 'data')], { maxBuffer: 1 << 26 });
    return stdout;
  }

  async start() {
    const listen = `127.0.0.1:${this.#port}`;
    const server = spawn(PROGRAM, ['demo', '--data', join(this.#folder, 'data'), '--listen', listen], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = server;
    process.once('exit', () => server.kill('SIGKILL'));
    let faults = '';
    server.stderr.on('data', (part) => {
      faults += part;
    });
    this.origin = await new Promise((resolve, reject) => {
      createInterface(server.stdout).on('line', (line) => {
        const address = /^Galen serves (http:\S+)/.exec(line)?.[1];
        if (address) resolve(address);
      });
      server.once('error', reject);
      server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${faults}`)));
    });
    this.#port = Number(new URL(this.origin).port);
  }

  async stop() {
    const server = this.#process;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }

  async close() {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The sample account of a role, with a code that has not been used. */
  async account(role) {
    const answer = await fetch(`${this.origin}/api/demo/sign-ins`);
    const { accounts } = await answer.json();
    const account = accounts.find((one) => one.role === role);
    if (!account) throw new Error(`the demo has no ${role}`);
    return account;
  }

  /** Asks the server as a person would by script: signed in with `cookie`, or not at all. */
  ask(path, { cookie, ...request } = {}) {
    const headers = { 'content-type': 'application/json', ...(cookie && { cookie: `${cookie.name}=${cookie.value}` }), ...request.headers };
    return fetch(`${this.origin}${path}`, { ...request, headers });
  }

  /** What left for patients by `email` or `sms`: the demo's outlet is a file of lines. */
  async outlet(channel) {
    const text = await readFile(join(this.#folder, 'data', 'messages', `${channel}.jsonl`), 'utf8').catch(() => '');
    return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  /** A new session of a role; its cookie. */
  async signIn(role) {
    const { name, password, code } = await this.account(role);
    const answer = await this.ask('/api/session', { method: 'POST', body: JSON.stringify({ name, password, code }) });
    const [, cookie, value] = COOKIE.exec(answer.headers.get('set-cookie') ?? '') ?? [];
    if (!answer.ok || !cookie) throw new Error(`${role} could not sign in: ${answer.status} ${await answer.text()}`);
    const { csrf } = await answer.json();
    return { name: cookie, value, csrf };
  }

  /** Lets pages share a session that was made otherwise, under a name of its own. */
  share(role, session) {
    this.#cookies.set(role, Promise.resolve(session));
  }

  /** The session that all pages of a role share. */
  session(role) {
    const known = this.#cookies.get(role) ?? this.signIn(role);
    this.#cookies.set(role, known);
    return known;
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from '../../../src/platform/database/embedded/index.js';
import { BUILT, type Installation } from './installation.js';

/** What a child reports of the server it started or joined. */
export type StartedServer = Omit<EmbeddedPostgres, 'stop'>;

/** How a child process is run. */
export interface StarterOptions extends EmbeddedPostgresOptions {
  readonly installation?: Installation;
  readonly uid?: number;
  readonly env?: NodeJS.ProcessEnv;
}

type Message =
  | { event: 'ready'; server: StartedServer }
  | { event: 'failed'; error: string }
  | { event: 'lost'; reason: string; attempt: number }
  | { event: 'restored' }
  | { event: 'givenUp'; reason: string }
  | { event: 'stopping'; status: string }
  | { event: 'stopped' };

/** A real process that runs the starter, to be signalled and killed like the application. */
export class Starter {
  readonly process: ChildProcess;
  readonly #messages: Message[] = [];
  readonly #ended: Promise<unknown>;

  constructor({ installation = BUILT, uid, env, ...options }: StarterOptions) {
    const { executable, program, entry } = installation;
    this.process = spawn(executable, [program, entry, JSON.stringify(options)], {
      cwd: '/',
      detached: true, // a process group of its own, as a terminal gives it
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    this.#ended = once(this.process, 'exit');
    this.process.on('message', (message: Message) => this.#messages.push(message));
  }

  /** The server, or a rejection with the message of the failure. */
  async ready(): Promise<StartedServer> {
    const message = await this.#next('ready', 'failed');
    if (message.event === 'ready') return message.server;
    throw new Error(message.event === 'failed' ? message.error : message.event);
  }

  /** Resolves when the server has ended by itself for the `time`-th time. */
  async lost(time = 1): Promise<void> {
    await this.#times('lost', time);
  }

  /** Resolves when the server runs again for the `time`-th time. */
  async restored(time = 1): Promise<void> {
    await this.#times('restored', time);
  }

  /** How it was said that the server does not come back, and how often it was tried before. */
  async givenUp(): Promise<{ reason: string; attempts: number }> {
    const message = await this.#next('givenUp');
    const attempts = this.#messages.filter(({ event }) => event === 'lost').length;
    return { reason: message.event === 'givenUp' ? message.reason : '', attempts };
  }

  /** Sends a signal to the whole process group, as a terminal does, and waits for an orderly end. */
  async stop(signal: NodeJS.Signals): Promise<{ statusWhileStopping: string }> {
    process.kill(-this.pid, signal);
    const stopping = await this.#next('stopping');
    await this.#next('stopped');
    await this.#ended;
    return { statusWhileStopping: stopping.event === 'stopping' ? stopping.status : '' };
  }

  /** Kills this process alone, without notice. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.#ended;
  }

  get pid(): number {
    if (this.process.pid === undefined) throw new Error('the child could not be started');
    return this.process.pid;
  }

  async #next(...events: Message['event'][]): Promise<Message> {
    for (;;) {
      const found = this.#messages.find(({ event }) => events.includes(event));
      if (found) return found;
      await this.#message();
    }
  }

  async #times(wanted: Message['event'], time: number): Promise<void> {
    while (this.#messages.filter(({ event }) => event === wanted).length < time) await this.#message();
  }

  /** Waits until the child says something more. */
  async #message(): Promise<void> {
    const count = this.#messages.length;
    const ended = await Promise.race([once(this.process, 'message'), this.#ended.then(() => 'ended')]);
    if (ended === 'ended' && this.#messages.length === count) throw new Error('the child ended without a further word');
  }
}

import { type ChildProcess, fork } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError } from '../../kernel/errors/app-error.js';
import type { HashQuestion, HashReply } from './password-hasher.child.js';
import { normalisePassword } from './password-policy.js';

/** Requests that may hash or wait for it; a hash takes about 25 ms, so the last one waits for about 2 s. */
const PLACES = 64;

/**
 * Requests of those that are let to their work at once. The hasher takes one after the other, so that a few keep it
 * busy; the others wait before they ask the database anything, and leave its connections to everybody else.
 */
const AT_WORK = 4;

/** A hash of nothing, at the cost of a real one: verified when there is no account, so that both take the same time. */
export const DECOY_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$TNK0hhui5YBMin8Y55ijxQ$qWnEwIx5K13cbFvV8z+K/KfsB97Pt/tRzNjiukb4K3w';

interface Waiting {
  readonly resolve: (reply: HashReply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Hashes passwords with argon2id in a process of their own: neither the event loop nor libuv's thread pool, which
 * compression and file access share, has to wait for a hash. Beyond the queue's length it refuses at once.
 */
@Injectable()
export class PasswordHasher implements OnApplicationShutdown {
  private child: ChildProcess | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;
  private isStopping = false;
  private placesTaken = 0;
  private atWork = 0;
  private readonly turns: (() => void)[] = [];

  /**
   * Runs work that is going to hash. The place is taken before anything else is done, so that what cannot be served is
   * refused at once and costs nothing. @throws AppError SRV_002 when too many are waiting
   */
  async withPlace<T>(work: () => Promise<T>): Promise<T> {
    this.assertRoom();
    this.placesTaken += 1;
    await this.turn();
    // those who come in the same moment are refused before the work of this one takes the processor
    await setImmediate();
    try {
      return await work();
    } finally {
      this.placesTaken -= 1;
      this.endTurn();
    }
  }

  /** @throws AppError SRV_002 when too many are waiting */
  assertRoom(): void {
    if (this.placesTaken >= PLACES) throw tooMany();
  }

  /** The PHC string of a password; within a place. */
  async hash(plaintext: string): Promise<string> {
    const reply = await this.ask({ operation: 'hash', password: normalisePassword(plaintext) });
    if (typeof reply.result !== 'string') throw new Error('the password hasher gave no hash');
    return reply.result;
  }

  /** Whether a password is the one that was hashed, within a place. */
  async verify(hash: string, plaintext: string): Promise<boolean> {
    const reply = await this.ask({ operation: 'verify', hash, password: normalisePassword(plaintext) });
    return reply.result === true;
  }

  onApplicationShutdown(): void {
    this.isStopping = true;
    this.child?.disconnect();
    this.child = null;
  }

  private turn(): Promise<void> {
    if (this.atWork < AT_WORK) {
      this.atWork += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.turns.push(resolve));
  }

  /** The next one takes over, first come, first served. */
  private endTurn(): void {
    const next = this.turns.shift();
    if (next) next();
    else this.atWork -= 1;
  }

  private ask(request: HashQuestion): Promise<HashReply> {
    if (this.isStopping) throw tooMany();
    const id = this.nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<HashReply>();
    this.waiting.set(id, { resolve, reject });
    this.running().send({ ...request, id });
    return promise;
  }

  private running(): ChildProcess {
    if (this.child) return this.child;
    const child = fork(fileURLToPath(new URL('./password-hasher.child.js', import.meta.url)), {
      // the child needs none of the parent's secrets
      env: { PATH: process.env.PATH, UV_THREADPOOL_SIZE: '1' },
      execArgv: [],
      serialization: 'advanced',
    });
    child.on('message', (reply: HashReply) => this.settle(reply));
    child.on('exit', () => this.abandon(child));
    child.on('error', () => this.abandon(child));
    this.child = child;
    return child;
  }

  private settle(reply: HashReply): void {
    this.waiting.get(reply.id)?.resolve(reply);
    this.waiting.delete(reply.id);
  }

  /** The next request starts a new child; those that waited for this one are told to come again. */
  private abandon(child: ChildProcess): void {
    if (this.child !== child) return;
    this.child = null;
    for (const { reject } of this.waiting.values()) {
      reject(new AppError('SRV_002', { headers: { 'Retry-After': '1' }, internal: 'the password hasher ended' }));
    }
    this.waiting.clear();
  }
}

function tooMany(): AppError {
  return new AppError('SRV_002', {
    detail: 'Too many logins at the moment.',
    headers: { 'Retry-After': '2' },
    internal: 'too many wait for the hasher',
  });
}

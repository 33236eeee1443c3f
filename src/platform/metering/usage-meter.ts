import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../clock/index.js';
import { Database } from '../database/index.js';
import { LOG, type Log } from '../log/index.js';
import { BatchedCounter } from './batched-counter.js';
import { WRITE_USAGE } from './write-usage.js';

const HOUR_MS = 3_600_000;
const USER_AGENT_LENGTH_MAX = 256;
/** The most distinct origins of one credential that a process keeps between two flushes. */
const ORIGINS_MAX = 100;

/** Where a request comes from. */
export interface UsageOrigin {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Whose use is counted: the parts of a principal that matter here. */
export type MeteredCredential = Pick<Principal, 'credentialId' | 'userId' | 'isEnding'>;

interface OriginTally {
  readonly ip: string;
  readonly userAgent: string;
  requests: number;
  lastUsedMs: number;
}

/** Requests of one credential in one hour. */
interface UsageTally {
  readonly credentialId: string;
  readonly ownerId: string;
  readonly bucketMs: number;
  requests: number;
  lastUsedMs: number;
  lastUsedIp: string | null;
  /** Only of a credential that is on its way out. */
  readonly origins: Map<string, OriginTally>;
}

/** Counts who uses what: requests an hour, the last use, and the origins of credentials that are on their way out. */
@Injectable()
export class UsageMeter implements OnModuleInit, OnApplicationShutdown {
  private readonly counter: BatchedCounter<UsageTally>;

  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.counter = new BatchedCounter({
      merge: mergeUsage,
      write: (tallies) => this.write(tallies),
      refused: (error) => this.log.error({ err: error }, 'usage that the database refuses is given up'),
    });
  }

  onModuleInit(): void {
    this.counter.start((error) => this.log.warn({ err: error }, 'usage is kept for the next flush'));
  }

  onApplicationShutdown(): Promise<void> {
    return this.counter.stop();
  }

  /** Counts one admitted request. */
  count(credential: MeteredCredential, origin: UsageOrigin): void {
    const now = this.clock.now();
    const bucketMs = Math.floor(now / HOUR_MS) * HOUR_MS;
    const tally = this.tallyOf(credential, bucketMs);
    tally.requests += 1;
    tally.lastUsedMs = now;
    tally.lastUsedIp = origin.ip;
    if (credential.isEnding) countOrigin(tally, origin, now);
  }

  /** Writes what this process has counted so far, for readers that want to see it now. */
  flush(): Promise<void> {
    return this.counter.flush();
  }

  private tallyOf({ credentialId, userId }: MeteredCredential, bucketMs: number): UsageTally {
    const key = `${credentialId}|${bucketMs}`;
    let tally = this.counter.get(key);
    if (!tally) {
      const nothing = { requests: 0, lastUsedMs: 0, lastUsedIp: null, origins: new Map<string, OriginTally>() };
      tally = { credentialId, ownerId: userId, bucketMs, ...nothing };
      this.counter.open(key, tally);
    }
    return tally;
  }

  private async write(tallies: readonly UsageTally[]): Promise<void> {
    const origins = tallies.flatMap(({ credentialId, origins: seen }) =>
      [...seen.values()].map((origin) => ({ credentialId, ...origin })),
    );
    await this.database.query(WRITE_USAGE, [
      tallies.map((tally) => tally.credentialId),
      tallies.map((tally) => new Date(tally.bucketMs)),
      tallies.map((tally) => tally.ownerId),
      tallies.map((tally) => tally.requests),
      tallies.map((tally) => new Date(tally.lastUsedMs)),
      tallies.map((tally) => tally.lastUsedIp),
      origins.map((origin) => origin.credentialId),
      origins.map((origin) => origin.ip),
      origins.map((origin) => origin.userAgent),
      origins.map((origin) => origin.requests),
      origins.map((origin) => new Date(origin.lastUsedMs)),
    ]);
  }
}

function countOrigin(tally: UsageTally, { ip, userAgent }: UsageOrigin, now: number): void {
  const place = { ip: ip ?? '', userAgent: userAgent?.slice(0, USER_AGENT_LENGTH_MAX) ?? '' };
  const key = `${place.ip} ${place.userAgent}`;
  const isKept = tally.origins.has(key) || tally.origins.size < ORIGINS_MAX;
  addOrigin(tally, isKept ? place : { ip: '', userAgent: '' }, { requests: 1, lastUsedMs: now });
}

function addOrigin(
  tally: UsageTally,
  { ip, userAgent }: Pick<OriginTally, 'ip' | 'userAgent'>,
  { requests, lastUsedMs }: Pick<OriginTally, 'requests' | 'lastUsedMs'>,
): void {
  const key = `${ip} ${userAgent}`;
  const origin = tally.origins.get(key);
  if (!origin) {
    tally.origins.set(key, { ip, userAgent, requests, lastUsedMs });
    return;
  }
  origin.requests += requests;
  origin.lastUsedMs = Math.max(origin.lastUsedMs, lastUsedMs);
}

/** Adds an earlier tally, which could not be written, to a later one. */
function mergeUsage(into: UsageTally, from: UsageTally): void {
  into.requests += from.requests;
  for (const origin of from.origins.values()) addOrigin(into, origin, origin);
}

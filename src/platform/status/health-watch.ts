import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../clock/index.js';
import { Database } from '../database/index.js';
import { HealthChecks } from './health-checks.js';
import { HISTORY_MS, MINUTE_MS } from './uptime.js';

/** How long an answer of the components is good for: a public page must not become a way to load them. */
const FRESH_MS = 5_000;

const RECORD = {
  name: 'record-health-sample',
  text: 'insert into health_samples (minute, failed) values ($1, $2) on conflict (minute) do nothing',
};
const FORGET = {
  name: 'forget-health-samples',
  text: 'delete from health_samples where minute < least($1, statement_timestamp() - $2::interval)',
};

/** The state of one component, as this process sees it. */
export interface ComponentHealth {
  readonly name: string;
  /** Since when it fails, epoch milliseconds; null: it works. */
  readonly failingSince: number | null;
}

/**
 * Watches the components and writes one sample a minute. All processes try, and the primary key lets one of them
 * succeed, so that no leader has to be found and none can be missing.
 */
@Injectable()
export class HealthWatch implements OnApplicationShutdown {
  private startedAtMs: number;
  private failingSince = new Map<string, number>();
  private latest: { readonly at: number; readonly components: Promise<readonly ComponentHealth[]> } | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly checks: HealthChecks,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    host: HttpAdapterHost,
  ) {
    this.startedAtMs = clock.now();
    // a command of the command line serves nobody, so it has nothing to say about the service
    host.listen$.subscribe(() => this.start());
  }

  /** When this process began to serve, epoch milliseconds. */
  get startedAt(): number {
    return this.startedAtMs;
  }

  /** The components as they were at most some seconds ago. */
  current(): Promise<readonly ComponentHealth[]> {
    const now = performance.now();
    if (!this.latest || now - this.latest.at > FRESH_MS) this.latest = { at: now, components: this.look() };
    return this.latest.components;
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  private start(): void {
    this.startedAtMs = this.clock.now();
    void this.sampleAndWait();
  }

  /** Samples lie in the middle of their minutes, so that a late timer does not skip one. */
  private async sampleAndWait(): Promise<void> {
    await this.sample();
    const intoMinute = this.clock.now() % MINUTE_MS;
    this.timer = setTimeout(() => void this.sampleAndWait(), MINUTE_MS - intoMinute + MINUTE_MS / 2).unref();
  }

  private async sample(): Promise<void> {
    const components = await this.current();
    const failed = components.filter(({ failingSince }) => failingSince !== null).map(({ name }) => name);
    const now = this.clock.now();
    try {
      await this.database.query(RECORD, [new Date(now - (now % MINUTE_MS)), failed]);
      await this.database.query(FORGET, [new Date(now - HISTORY_MS), `${HISTORY_MS} ms`]);
    } catch {
      // the minute stays without a row, which is what a database that cannot be written to is meant to leave
    }
  }

  private async look(): Promise<readonly ComponentHealth[]> {
    const works = await this.checks.run();
    const now = this.clock.now();
    const before = this.failingSince;
    this.failingSince = new Map(
      [...works].filter(([, isWorking]) => !isWorking).map(([name]) => [name, before.get(name) ?? now]),
    );
    return [...works.keys()].map((name) => ({ name, failingSince: this.failingSince.get(name) ?? null }));
  }
}

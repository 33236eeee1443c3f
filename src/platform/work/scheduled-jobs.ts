import { Inject, Injectable } from '@nestjs/common';
import type { PgBoss } from 'pg-boss';
import { Database } from '../database/index.js';
import { LOG, type Log } from '../log/index.js';
import { JOBS_SCHEMA } from './jobs-schema.js';
import type { Worker } from './worker.js';
import { Workers } from './workers.js';

/** How often a process looks for a job that is due, in seconds. */
const POLL_INTERVAL_SECONDS = 10;

/** A process that has just started has other things to do, and may not live long. In milliseconds. */
const START_DELAY_MS = 15_000;

/** Longest run of a job before another process may take it, in seconds. */
const RUN_MAX_SECONDS = 15 * 60;

/** Something that is done at certain minutes, by one process of all. */
export interface ScheduledJob {
  /** Name of its queue; stays the same between releases. */
  readonly name: string;
  /** Five cron fields, UTC. */
  readonly cron: string;
  run(): Promise<void>;
}

/** Jobs on a schedule, kept by pg-boss in the same PostgreSQL: each due job is run once, whichever process takes it. */
@Injectable()
export class ScheduledJobs implements Worker {
  private readonly jobs: ScheduledJob[] = [];
  private started: Promise<PgBoss | null> | null = null;
  private readonly notBefore = performance.now() + START_DELAY_MS;

  constructor(
    workers: Workers,
    private readonly database: Database,
    @Inject(LOG) private readonly log: Log,
  ) {
    workers.register(this);
  }

  /** Registers a job; to be called before the workers start. */
  add(job: ScheduledJob): void {
    this.jobs.push(job);
  }

  wake(): void {
    if (performance.now() < this.notBefore) return;
    this.started ??= this.start().catch((error: unknown) => {
      this.log.warn({ err: error }, 'scheduled jobs could not be started; trying again');
      this.started = null;
      return null;
    });
  }

  async stop(): Promise<void> {
    const boss = await this.started;
    await boss?.stop({ graceful: true, timeout: 5_000 });
  }

  private async start(): Promise<PgBoss> {
    // loaded here: a process without background work needs none of it
    const { PgBoss: Queue } = await import('pg-boss');
    const boss = new Queue({
      schema: JOBS_SCHEMA,
      db: { executeSql: (text, values) => this.database.query(text, values) },
      // the owner of the tables does this as it migrates; this role has no DDL
      migrate: false,
      createSchema: false,
      reindex: false,
    });
    boss.on('error', (error) => this.log.warn({ err: error }, 'the job queue has failed at something'));
    await boss.start();
    for (const job of this.jobs) {
      await boss.createQueue(job.name, { policy: 'exclusive', retryLimit: 0, expireInSeconds: RUN_MAX_SECONDS });
      await boss.schedule(job.name, job.cron);
      await boss.work(job.name, { pollingIntervalSeconds: POLL_INTERVAL_SECONDS }, () => this.run(job));
    }
    return boss;
  }

  private async run(job: ScheduledJob): Promise<void> {
    try {
      await job.run();
    } catch (error) {
      this.log.error({ err: error, job: job.name }, 'a scheduled job failed; it runs again at its next time');
      throw error;
    }
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../kernel/clock.js';
import { KeyAlarms } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { LOG, type Log } from '../../../platform/log/index.js';
import { type Worker, WorkLoop, Workers } from '../../../platform/work/index.js';
import { ANOMALY_RULES, type AnomalyRule, type Finding } from './anomaly-rules.js';

/** Time between two looks of a process, in milliseconds. */
const INTERVAL_MS = 2_000;

/**
 * Looks for strange uses of keys and tells their owners, each once: one process at a time looks, and what it finds is
 * raised in the same transaction. What is done about it is decided where the key is at home.
 */
@Injectable()
export class AnomalyDetector implements Worker {
  private readonly loop = new WorkLoop(
    () => this.step(),
    (error) => this.log.warn({ err: error }, 'anomalies are looked for again in the next run'),
  );
  private nextLookMs = 0;

  constructor(
    workers: Workers,
    private readonly database: Database,
    private readonly alarms: KeyAlarms,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    workers.register(this);
  }

  /** Every event wakes all workers; there is nothing new to be seen that often. */
  wake(): void {
    if (performance.now() >= this.nextLookMs) this.loop.wake();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async step(): Promise<boolean> {
    this.nextLookMs = performance.now() + INTERVAL_MS;
    const now = new Date(this.clock.now());
    await this.database.transaction(async (em) => {
      const [lock] = await em.execute<{ isMine: boolean }[]>(
        `select pg_try_advisory_xact_lock(hashtext('kindly.anomalies')) as "isMine"`,
      );
      if (!lock?.isMine) return;
      for (const rule of ANOMALY_RULES) await this.apply(em, rule, now);
    });
    return false;
  }

  private async apply(em: EntityManager, { kind, text, parameters }: AnomalyRule, now: Date): Promise<void> {
    for (const finding of await em.execute<Finding[]>(text, [...parameters(now)])) {
      const { owner_id: ownerId, key_id: keyId, subject, details } = finding;
      await this.alarms.raise(em, { ownerId, keyId, kind, subject, details });
    }
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../kernel/clock.js';
import { KeyAlarms } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { ANOMALY_RULES, type AnomalyRule, type Finding } from './anomaly-rules.queries.js';

/**
 * Finds strange uses of keys and tells their owners, each once: one process at a time searches, and what it finds is
 * raised in the same transaction. The module of the keys decides what is done about it.
 */
@Injectable()
export class AnomalyDetector {
  constructor(
    private readonly database: Database,
    private readonly alarms: KeyAlarms,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Applies every rule, unless another process is at it. */
  async detect(): Promise<void> {
    const now = new Date(this.clock.now());
    await this.database.transaction(async (em) => {
      const [lock] = await em.execute<{ isMine: boolean }[]>(
        `select pg_try_advisory_xact_lock(hashtext('kindly.anomalies')) as "isMine"`,
      );
      if (!lock?.isMine) return;
      for (const rule of ANOMALY_RULES) await this.apply(em, rule, now);
    });
  }

  private async apply(em: EntityManager, { kind, text, parameters }: AnomalyRule, now: Date): Promise<void> {
    for (const finding of await em.execute<Finding[]>(text, [...parameters(now)])) {
      const { owner_id: ownerId, key_id: keyId, subject, details } = finding;
      await this.alarms.raise(em, { ownerId, keyId, kind, subject, details });
    }
  }
}

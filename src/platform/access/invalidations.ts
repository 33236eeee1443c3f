import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Database } from '../database/index.js';
import { InvalidationListeners } from './invalidation-listeners.js';
import { type InvalidationSubject, printSubject } from './invalidation-subject.js';
import { PrincipalCache } from './principal-cache.js';

/** The NOTIFY channel of invalidations. */
export const INVALIDATION_CHANNEL = 'kindly_invalidation';

/** Tells all processes that verified principals have changed. */
@Injectable()
export class Invalidations {
  constructor(
    private readonly database: Database,
    private readonly cache: PrincipalCache,
    private readonly listeners: InvalidationListeners,
  ) {}

  /**
   * Announces the subjects from inside the transaction that changes them; nothing is said if it rolls back. PostgreSQL
   * tells the other processes as it commits; this one does not wait for that, so that whoever gets the answer to the
   * change finds it in force here.
   */
  async announce(em: EntityManager, ...subjects: InvalidationSubject[]): Promise<void> {
    if (subjects.length === 0) return;
    const printed = subjects.map(printSubject);
    await em.execute('select pg_notify(?, subject) from jsonb_array_elements_text(?::jsonb) as subject', [
      INVALIDATION_CHANNEL,
      JSON.stringify(printed),
    ]);
    this.database.afterCommit(em, () => {
      for (const subject of printed) {
        this.cache.invalidate(subject);
        this.listeners.invalidate(subject);
      }
    });
  }
}

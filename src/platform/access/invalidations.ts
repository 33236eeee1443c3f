import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';

/** The NOTIFY channel of invalidations. */
export const INVALIDATION_CHANNEL = 'kindly_invalidation';

/** What a change concerns; every cached principal that depends on it is dropped, on every process. */
export interface InvalidationSubject {
  readonly kind: 'key' | 'owner' | 'session' | 'service_account' | 'client' | 'grant' | 'policy';
  readonly id: string;
}

/** Tells all processes that verified principals have changed. Sent by PostgreSQL when the transaction commits. */
@Injectable()
export class Invalidations {
  /** Announces the subjects from inside the transaction that changes them; nothing is sent if it rolls back. */
  async announce(em: EntityManager, ...subjects: InvalidationSubject[]): Promise<void> {
    for (const { kind, id } of subjects) {
      await em.execute('select pg_notify(?, ?)', [INVALIDATION_CHANNEL, `${kind}:${id}`]);
    }
  }
}

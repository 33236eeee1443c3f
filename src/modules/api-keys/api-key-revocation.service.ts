import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Lineage } from '../../platform/minting/index.js';
import type { RevocationQuery } from './api-key-end.dto.js';
import { getApiKey, lockOwner } from './api-key.repository.js';
import { hoursLater } from './key-times.js';
import { MintedKeys } from './minted-keys.js';

/** Ending of API keys, at once or later. */
@Injectable()
export class ApiKeyRevocationService {
  constructor(
    private readonly database: Database,
    private readonly keys: MintedKeys,
    private readonly lineage: Lineage,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Ends a key, or schedules its end; in a cascade all that it minted too, of whatever kind, and all that those minted.
   * Ending an ended one changes nothing. @throws AppError REQ_005
   */
  async revoke(caller: Principal, id: string, query: z.infer<typeof RevocationQuery>): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (em) => {
      await lockOwner(em, caller);
      await getApiKey(em, caller.userId, id);
      const isLater = query.delay_hours > 0;
      const at = isLater ? hoursLater(now, query.delay_hours) : new Date(now);
      const end = { ownerId: caller.userId, rootId: id, at, isLater };
      await this.keys.end(em, [id], end);
      if (query.cascade) await this.lineage.endDescendants(em, end);
    });
  }
}

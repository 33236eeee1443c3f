import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { Invalidations } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { deleteDictionaryOnce, getDictionary } from './dictionary.queries.js';

/** Deletes a dictionary; what was compressed with it can no longer be opened here. */
@Injectable()
export class DeleteDictionaryService {
  constructor(
    private readonly database: Database,
    private readonly invalidations: Invalidations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError COMP_003 */
  async delete(caller: Principal, id: string): Promise<void> {
    await this.database.transaction(async (em) => {
      const row = await getDictionary(em, caller.userId, id);
      const isFirst = await deleteDictionaryOnce(em, row.id, new Date(this.clock.now()));
      if (isFirst) await this.invalidations.announce(em, { kind: 'dictionary', id: row.id });
    });
  }
}

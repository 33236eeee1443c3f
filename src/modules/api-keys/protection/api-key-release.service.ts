import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { Invalidations } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { Minting } from '../../../platform/minting/index.js';
import type { ApiKeyView } from '../api-key.dto.js';
import { getApiKey, lastUsesOf } from '../api-key.repository.js';
import { viewApiKey } from '../api-key.view.js';
import { keyEvent } from '../api-key-events.js';
import { statusOf } from '../api-key-status.js';
import { reachAsItStands } from '../key-ceiling.js';
import { lockAsMinter } from '../minter.js';
import { PolicyCheck } from '../policy-check.js';

/** Letting quarantined keys work again. */
@Injectable()
export class ApiKeyReleaseService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    private readonly minting: Minting,
    private readonly policy: PolicyCheck,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError REQ_005, REQ_006 for a key that is not quarantined or one too many, REQ_001, AUTH_009, AUTH_006 */
  async release(caller: Principal, id: string): Promise<z.infer<typeof ApiKeyView>> {
    const now = this.clock.now();
    return this.database.transaction(async (em) => {
      const minter = await lockAsMinter(em, caller, this.minting);
      const key = await getApiKey(em, caller.userId, id);
      if (statusOf(key, now) !== 'quarantined')
        throw new AppError('REQ_006', { detail: 'The key is not quarantined.' });
      await this.minting.admit(em, minter, 'api_key', reachAsItStands(key));
      key.quarantinedAt = null;
      await this.policy.assertOneMoreAllowed(em, key, now);
      await this.invalidations.announce(em, { kind: 'key', id });
      const facts = { id, name: key.name, ownerId: caller.userId };
      this.outbox.record(em, keyEvent('updated', facts, { changed: ['quarantined_at'] }));
      return viewApiKey(key, now, (await lastUsesOf(em, [id])).get(id));
    });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { Sealer } from '../../kernel/crypto/seal.js';
import { generateWebhookSecret } from '../../kernel/crypto/webhook-secret.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { secretContext } from './endpoints/webhook-endpoint.entity.js';
import { lockWebhook } from './endpoints/webhook-endpoint.queries.js';
import { recordWebhookChange } from './endpoints/endpoint-writer.js';
import type { WebhookWithSecretView } from './webhook.dto.js';
import { viewWebhook } from './webhook.view.js';

const HOUR_MS = 3_600_000;

/** Gives an endpoint a new secret; the old one stays valid for a while. */
@Injectable()
export class RotateWebhookSecretService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly sealer: Sealer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError REQ_005 */
  async rotate(
    caller: Principal,
    id: string,
    gracePeriodHours: number,
  ): Promise<z.infer<typeof WebhookWithSecretView>> {
    return this.database.transaction(async (em) => {
      const endpoint = await lockWebhook(em, caller.userId, id);
      const now = this.clock.now();
      const secret = generateWebhookSecret();
      const sealed = this.sealer.seal(secret, secretContext(id, caller.userId));
      endpoint.rotateSecret(sealed, gracePeriodHours * HOUR_MS, now);
      recordWebhookChange(this.outbox, em, 'webhook.secret_rotated', endpoint);
      return { ...viewWebhook(endpoint, now), secret };
    });
  }
}

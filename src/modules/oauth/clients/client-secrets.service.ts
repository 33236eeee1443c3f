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
import { lockUser } from '../../users/index.js';
import { issueClientSecret } from './client-secret.js';
import { reachOfClient } from './minted-clients.js';
import type { ClientSecretRotation, OAuthClientWithSecretView } from './oauth-client.dto.js';
import { lockOAuthClient } from './oauth-client.repository.js';
import { viewOAuthClient } from './oauth-client.view.js';

const HOUR_MS = 60 * 60 * 1000;

/** The secrets of OAuth clients after the first. */
@Injectable()
export class ClientSecretsService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    private readonly minting: Minting,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Gives a client a new secret; the one that it replaces is taken until the end of the grace, an older one no more.
   * @throws AppError REQ_005, REQ_006 for a client without a secret, AUTH_009 beyond the caller's reach, AUTH_006
   */
  async rotate(
    caller: Principal,
    id: string,
    { grace_period_hours: graceHours }: z.infer<typeof ClientSecretRotation>,
  ): Promise<z.infer<typeof OAuthClientWithSecretView>> {
    return this.database.transaction(async (em) => {
      const minter = await this.minting.begin(em, caller, await lockUser(em, caller.userId));
      const client = await lockOAuthClient(em, caller.userId, id);
      if (!client.secretDigest) throw new AppError('REQ_006', { detail: 'This client has no secret.' });
      await this.minting.admit(em, minter, 'oauth', reachOfClient(client));
      const secret = issueClientSecret();
      const hasGrace = graceHours > 0;
      client.previousSecretDigest = hasGrace ? client.secretDigest : null;
      client.previousSecretExpiresAt = hasGrace ? new Date(this.clock.now() + graceHours * HOUR_MS) : null;
      client.secretDigest = secret.digest;
      await this.invalidations.announce(em, { kind: 'client', id });
      this.outbox.record(em, {
        type: 'oauth.client.updated',
        ownerId: caller.userId,
        data: { client_id: id, name: client.name, changed: ['client_secret'], grace_period_hours: graceHours },
      });
      return { ...viewOAuthClient(client), client_secret: secret.secretPlaintext };
    });
  }
}

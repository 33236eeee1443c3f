import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { printTime, printTimeOrNull } from '../../platform/http/index.js';
import { CredentialOrigin, UsageMeter } from '../../platform/metering/index.js';
import type { RotationProgressView } from './api-key-end.dto.js';
import { getApiKey, lastUsesOf } from './api-key.repository.js';
import { isLive, statusOf } from './api-key-status.js';

type Progress = z.infer<typeof RotationProgressView>;

/** How long an old key must have been quiet before it counts as unused, in milliseconds. */
const QUIET_MS = 3_600_000;
/** The most origins that are stored of a key: a hundred, and one row for the others. */
const ORIGINS_MAX = 101;

/** Who still uses a key that is being rotated or is scheduled to end. */
@Injectable()
export class RotationProgressService {
  constructor(
    private readonly database: Database,
    private readonly meter: UsageMeter,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError REQ_005, also for a key that is neither rotated nor scheduled to end */
  async of(caller: Principal, id: string): Promise<Progress> {
    await this.meter.flush();
    const now = this.clock.now();
    return this.database.read(async (em) => {
      const key = await getApiKey(em, caller.userId, id);
      if (!key.successorId && !key.revokeAt) throw new AppError('REQ_005', { detail: 'The key is not being rotated.' });
      const lastUse = (await lastUsesOf(em, [id])).get(id);
      const options = { orderBy: { lastUsedAt: 'desc' }, limit: ORIGINS_MAX } as const;
      const origins = (await em.find(CredentialOrigin, { credentialId: id }, options)).map(viewOrigin);
      const status = statusOf(key, now);
      return {
        key_id: id,
        status,
        successor_id: key.successorId ?? null,
        revoke_at: printTimeOrNull(key.revokeAt),
        last_used_at: printTimeOrNull(lastUse?.lastUsedAt),
        safe_to_revoke: !isLive(status) || !lastUse || now - lastUse.lastUsedAt.getTime() >= QUIET_MS,
        requests: origins.reduce((total, origin) => total + origin.requests, 0),
        origins,
      };
    });
  }
}

function viewOrigin(origin: CredentialOrigin): Progress['origins'][number] {
  return {
    ip: origin.ip || null,
    user_agent: origin.userAgent || null,
    requests: Number(origin.requests),
    last_used_at: printTime(origin.lastUsedAt),
  };
}

import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { sha256, sha256Hex } from '../../../kernel/crypto/digest.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import type { Principal } from '../../../kernel/access/principal.js';
import { KeyAlarms } from '../../../platform/access/index.js';
import { Database } from '../../../platform/database/index.js';
import { KeyContainment } from '../protection/key-containment.js';
import { protectionOf } from '../protection/key-protection.repository.js';
import { type StoredKey, StoredKeys } from '../stored-keys.js';
import type { LeakReport, LeakVerdictsView, SelfRevocation } from './leak-report.dto.js';

type Finding = z.infer<typeof LeakReport>[number];
type Verdicts = z.infer<typeof LeakVerdictsView>;

/** Acting on keys that somebody has found where they should not be. */
@Injectable()
export class LeakReportsService {
  constructor(
    private readonly database: Database,
    private readonly keys: StoredKeys,
    private readonly containment: KeyContainment,
    private readonly alarms: KeyAlarms,
  ) {}

  /** Does with each key in a report what its owner wants to be done, and tells the owner. */
  async take(report: readonly Finding[]): Promise<Verdicts> {
    const verdicts: Verdicts = [];
    for (const finding of report) {
      const key = await this.keys.find(finding.token);
      if (key) await this.act(key, finding);
      verdicts.push({
        token_hash: sha256(finding.token).toString('base64'),
        token_type: finding.type,
        label: key ? 'true_positive' : 'false_positive',
      });
    }
    return verdicts;
  }

  /**
   * Ends a key for whoever holds it, as sent in the body or as the caller's own; doing so twice is no error.
   * @throws AppError AUTH_004 for a key that does not exist, AUTH_008 without one, AUTH_009 for another credential
   */
  async revokeBySelf(caller: Principal | null, { key }: z.infer<typeof SelfRevocation>): Promise<void> {
    const target = key === undefined ? ownKey(caller) : await this.keys.find(key);
    if (!target) throw new AppError('AUTH_004');
    await this.database.transaction((em) => this.containment.contain(em, target, 'revoke', 'self_revoked'));
  }

  private act(key: StoredKey, { url, source }: Finding): Promise<void> {
    return this.database.transaction(async (em) => {
      const { onLeak: action } = await protectionOf(em, key.ownerId);
      if (!(await this.containment.contain(em, key, action, 'leaked'))) return;
      const details = { url: url ?? null, source: source ?? null, action };
      const { id: keyId, ownerId } = key;
      await this.alarms.raise(em, { keyId, ownerId, kind: 'leaked', subject: sha256Hex(url ?? ''), details });
    });
  }
}

function ownKey(caller: Principal | null): { id: string; ownerId: string } {
  if (!caller) throw new AppError('AUTH_008', { detail: 'Send the key in X-API-Key or in the body.' });
  if (caller.kind !== 'api_key') throw new AppError('AUTH_009', { detail: 'Only an API key can revoke itself.' });
  return { id: caller.credentialId, ownerId: caller.userId };
}

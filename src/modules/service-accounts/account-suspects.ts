import { Inject, Injectable } from '@nestjs/common';
import type { SuspectCredential } from '../../kernel/access/suspect-credential.js';
import type { Clock } from '../../kernel/clock.js';
import { isUuid } from '../../kernel/ids.js';
import { parseCompactJws } from '../../kernel/jose/parse-compact-jws.js';
import { isFault } from '../../kernel/fault.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';

const FIND_ACCOUNT = {
  name: 'find-suspect-service-account',
  text: `select a.owner_id, case when a.deleted_at is not null then 'deleted' when a.disabled_at is not null then 'disabled'
                                 when u.disabled_at is not null then 'owner_disabled' when a.expires_at <= $2 then 'expired'
                            end as reason
           from service_accounts a join users u on u.id = a.owner_id where a.id = $1`,
};

/** Finds out whose account somebody has tried to use in vain, so that its owner can be told. */
@Injectable()
export class AccountSuspects {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The account, whatever has become of it; `otherwise` is the reason if it is in order itself. */
  async find(accountId: string, otherwise: string): Promise<SuspectCredential | undefined> {
    const values = [accountId, new Date(this.clock.now())];
    const { rows } = await this.database.query<{ owner_id: string; reason: string | null }>(FIND_ACCOUNT, values);
    const [row] = rows;
    if (!row) return undefined;
    return {
      ownerId: row.owner_id,
      kind: 'service_account',
      credentialId: accountId,
      reason: row.reason ?? otherwise,
    };
  }

  /** The account that a refused assertion claims to come from; nothing proves that it does. */
  async claimedBy(assertion: string): Promise<SuspectCredential | undefined> {
    const jws = parseCompactJws(assertion);
    const { iss } = isFault(jws) ? { iss: undefined } : jws.claims;
    return typeof iss === 'string' && isUuid(iss) ? this.find(iss.toLowerCase(), 'assertion_refused') : undefined;
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { Sealer } from '../../kernel/crypto/seal.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/events/index.js';
import { type Page, toPage } from '../../platform/http/paging/index.js';
import { Minting } from '../../platform/minting/index.js';
import type { ApiKeyQuery, ApiKeyView, MintedApiKeyView, NewApiKey } from './api-key.dto.js';
import { getApiKey, lastUsesOf, listApiKeys } from './api-key.repository.js';
import { viewApiKey } from './api-key.view.js';
import { keyEvent } from './api-key-events.js';
import { issueApiKey } from './issue-api-key.js';
import { reachOfTerms } from './key-ceiling.js';
import { fillTerms } from './key-terms.js';
import { lockAsMinter } from './minter.js';
import { PolicyCheck } from './policy-check.js';
import { assertEndsLater, requestedTerms } from './requested-terms.js';

/** API keys: minting and reading. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly sealer: Sealer,
    private readonly minting: Minting,
    private readonly policy: PolicyCheck,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Mints a key. @throws AppError AUTH_009 beyond the caller's reach, AUTH_006, REQ_001, REQ_006 for one too many */
  async create(caller: Principal, input: z.infer<typeof NewApiKey>): Promise<z.infer<typeof MintedApiKeyView>> {
    const now = this.clock.now();
    const requested = requestedTerms(input);
    assertEndsLater(requested.expiresAt, now);
    return this.database.transaction(async (em) => {
      const minter = await lockAsMinter(em, caller, this.minting);
      const terms = fillTerms(minter.defaults, requested);
      await this.minting.admit(em, minter, 'api_key', reachOfTerms(terms, minter.quotaCounterId));
      const { row, keyPlaintext, apiSecretPlaintext } = issueApiKey(
        em,
        this.sealer,
        {
          ownerId: caller.userId,
          name: input.name,
          environment: input.environment,
          terms,
          mintedBy: minter.id,
          quotaCounterId: minter.quotaCounterId,
        },
        now,
      );
      await this.policy.assertOneMoreAllowed(em, row, now);
      const { environment, permissions } = row;
      const facts = { id: row.id, name: row.name, ownerId: caller.userId };
      this.outbox.record(em, keyEvent('created', facts, { environment, permissions }));
      return { ...viewApiKey(row, now), key: keyPlaintext, api_secret: apiSecretPlaintext };
    });
  }

  async list(caller: Principal, query: z.infer<typeof ApiKeyQuery>): Promise<Page<z.infer<typeof ApiKeyView>>> {
    const now = this.clock.now();
    return this.database.read(async (em) => {
      const rows = await listApiKeys(em, caller.userId, query, new Date(now));
      const lastUses = await lastUsesOf(
        em,
        rows.map(({ id }) => id),
      );
      return toPage(rows, query.limit, (row) => viewApiKey(row, now, lastUses.get(row.id)));
    });
  }

  /** @throws AppError REQ_005 */
  async get(caller: Principal, id: string): Promise<z.infer<typeof ApiKeyView>> {
    return this.database.read(async (em) => {
      const row = await getApiKey(em, caller.userId, id);
      return viewApiKey(row, this.clock.now(), (await lastUsesOf(em, [id])).get(id));
    });
  }
}

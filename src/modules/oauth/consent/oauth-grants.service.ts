import { Injectable } from '@nestjs/common';
import type { FilterQuery } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { Database } from '../../../platform/database/index.js';
import { type Page, toPage } from '../../../platform/http/paging/index.js';
import { lockUser } from '../../users/index.js';
import { GrantEnds } from './grant-ends.js';
import { type OAuthGrantQuery, type OAuthGrantView, viewOAuthGrant } from './oauth-grant.dto.js';
import { OAuthGrant } from './oauth-grant.entity.js';

/** What users see of their consents, and how they take them back. */
@Injectable()
export class OAuthGrantsService {
  constructor(
    private readonly database: Database,
    private readonly ends: GrantEnds,
  ) {}

  async list(
    caller: Principal,
    { limit, cursor }: z.infer<typeof OAuthGrantQuery>,
  ): Promise<Page<z.infer<typeof OAuthGrantView>>> {
    const where: FilterQuery<OAuthGrant> = {
      user: caller.userId,
      revokedAt: null,
      ...(cursor && { id: { $lt: cursor } }),
    };
    const rows = await this.database.read((em) =>
      em.find(OAuthGrant, where, { orderBy: { id: 'desc' }, limit: limit + 1, populate: ['client'] }),
    );
    return toPage(rows, limit, viewOAuthGrant);
  }

  /** Ends a grant and every token of it, at once; a second time changes nothing. @throws AppError REQ_005 */
  async revoke(caller: Principal, id: string): Promise<void> {
    await this.database.transaction(async (em) => {
      await lockUser(em, caller.userId);
      if ((await em.count(OAuthGrant, { id, user: caller.userId })) === 0) {
        throw new AppError('REQ_005', { detail: 'There is no such grant.' });
      }
      await this.ends.end(em, { grantId: id }, 'user');
    });
  }
}

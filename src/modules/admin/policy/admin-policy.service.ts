import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { AccessPolicies } from '../../../platform/access/index.js';
import { Database } from '../../../platform/database/index.js';
import { type Page, toPage } from '../../../platform/http/paging/index.js';
import { KeyAdministration } from '../../api-keys/index.js';
import type { PolicyView, ViolationPage, ViolationQuery } from './admin-policy.dto.js';
import { viewPolicy } from './admin-policy.view.js';

/** The policy of the installation, and what it finds fault with. */
@Injectable()
export class AdminPolicyService {
  constructor(
    private readonly database: Database,
    private readonly policies: AccessPolicies,
    private readonly keys: KeyAdministration,
  ) {}

  get(): Promise<z.infer<typeof PolicyView>> {
    return this.database.read(async (em) => viewPolicy(await this.policies.current(em)));
  }

  /** Keys that were made under another policy and are not in order under this one. */
  async violations(
    query: z.infer<typeof ViolationQuery>,
  ): Promise<Page<z.infer<typeof ViolationPage>['data'][number]>> {
    const found = await this.keys.violators(query);
    return toPage(found, query.limit, ({ key, faults }) => ({ key, errors: [...faults] }));
  }
}

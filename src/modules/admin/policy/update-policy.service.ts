import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { AccessPolicies } from '../../../platform/access/index.js';
import { AuditTrail } from '../../../platform/audit/index.js';
import { Database } from '../../../platform/database/index.js';
import type { PolicyChanges, PolicyView } from './admin-policy.dto.js';
import { termsOf, viewPolicy } from './admin-policy.view.js';
import { PolicyChangeRules } from './policy-change-rules.js';

/** Changes what is demanded of keys and administrators. */
@Injectable()
export class UpdatePolicyService {
  constructor(
    private readonly database: Database,
    private readonly policies: AccessPolicies,
    private readonly rules: PolicyChangeRules,
    private readonly trail: AuditTrail,
  ) {}

  /**
   * Changes what the body names. To demand more, the permission is enough; to demand less takes an administrator in person.
   * @throws AppError REQ_006 if the caller would be shut out by it; AUTH_009, AUTH_006
   */
  update(caller: Principal, changes: z.infer<typeof PolicyChanges>): Promise<z.infer<typeof PolicyView>> {
    return this.database.transaction(async (em) => {
      const terms = termsOf(changes);
      await this.rules.assertNotShutOut(em, caller, terms);
      const { before, after } = await this.policies.change(em, terms);
      await this.rules.assertMayLoosen(em, caller, before, after);
      const data = { before: viewPolicy(before), after: viewPolicy(after) };
      this.trail.record(em, { type: 'admin.policy_changed', ownerId: null, data });
      return data.after;
    });
  }
}

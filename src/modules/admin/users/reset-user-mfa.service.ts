import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { AuditTrail } from '../../../platform/audit/index.js';
import { MfaService } from '../../mfa/index.js';
import type { AdminUserView } from './admin-user.dto.js';
import { AdministrativeActService } from './administrative-act.service.js';

/** Takes the second factor away from a user who has lost it. */
@Injectable()
export class ResetUserMfaService {
  constructor(
    private readonly acts: AdministrativeActService,
    private readonly mfa: MfaService,
    private readonly trail: AuditTrail,
  ) {}

  /** @throws AppError as {@link AdministrativeActService.perform} */
  reset(caller: Principal, userId: string, reason: string): Promise<z.infer<typeof AdminUserView>> {
    return this.acts.perform({ caller, userId, inPerson: 'for_everybody' }, async (em) => {
      this.trail.record(em, { type: 'admin.mfa_reset', ownerId: userId, data: { user_id: userId, reason } });
      await this.mfa.remove(em, userId);
    });
  }
}

import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import { AuditTrail } from '../../../platform/audit/index.js';
import { SessionsService } from '../../auth/index.js';
import { AdministrativeActService } from './administrative-act.service.js';

/** Ends all login sessions of a user. */
@Injectable()
export class EndUserSessionsService {
  constructor(
    private readonly acts: AdministrativeActService,
    private readonly sessions: SessionsService,
    private readonly trail: AuditTrail,
  ) {}

  /** @throws AppError as {@link AdministrativeActService.perform} */
  async end(caller: Principal, userId: string, reason: string): Promise<void> {
    await this.acts.perform({ caller, userId, inPerson: 'for_administrators' }, async (em) => {
      this.trail.record(em, { type: 'admin.sessions_ended', ownerId: userId, data: { user_id: userId, reason } });
      await this.sessions.endWithin(em, userId, 'all');
    });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { PermissionSet } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { NetworkPolicy } from '../../kernel/net/network-policy.js';
import { SessionStanding, type VerifiedCredential } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { findLiveSession } from './session.repository.js';

/** What any token of a session says of it. */
interface SessionClaims {
  readonly sub: string;
  readonly sid: string;
  /** Seconds since the epoch. */
  readonly exp: number;
}

/** Finds the caller behind the claims of a token, whatever carried it here. */
@Injectable()
export class LiveSessions {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    standing: SessionStanding,
  ) {
    standing.register(async (em, userId, sessionId) => {
      const session = await findLiveSession(em, userId, sessionId, new Date(this.clock.now()));
      return session !== null;
    });
  }

  /** The caller, if token and session are alive. The signature has been checked. @throws AppError AUTH_002 */
  async verify({ sub, sid, exp }: SessionClaims, method: 'jwt' | 'session_cookie'): Promise<VerifiedCredential> {
    const now = this.clock.now();
    const refuse = (reason: string, detail: string): AppError =>
      new AppError('AUTH_002', { detail, suspect: { ownerId: sub, kind: 'session', credentialId: sid, reason } });
    if (exp * 1000 <= now) throw refuse('expired', 'The token of this session has expired.');
    const session = await this.database.read((em) => findLiveSession(em, sub, sid, new Date(now)));
    if (!session) throw refuse('ended', 'The session of this token has ended.');
    const { role } = session.user;
    const principal = Object.freeze({
      kind: 'session',
      method,
      userId: sub,
      role,
      credentialId: session.id,
      grants: [],
      permissions: PermissionSet.ofRole(role),
      networks: NetworkPolicy.unrestricted,
      expiresAt: null,
      credentialExpiresAt: exp * 1000,
    } satisfies Principal);
    return {
      principal,
      dependsOn: [
        { kind: 'session', id: session.id },
        { kind: 'owner', id: sub },
      ],
    };
  }
}

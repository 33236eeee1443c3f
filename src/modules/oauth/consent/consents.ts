import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { PermissionSet } from '../../../kernel/access/permission.js';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { AuditTrail } from '../../../platform/audit/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { Minting } from '../../../platform/minting/index.js';
import { lockUser } from '../../users/index.js';
import type { AuthorizationRequest } from '../authorize/authorization-request.js';
import { digestOf } from '../clients/client-secret.js';
import { isPermission, type Scope } from '../scopes.js';
import { OAuthAuthorization } from '../tokens/authorization.entity.js';
import { generateCode } from '../tokens/token-formats.js';
import { OAuthGrant } from './oauth-grant.entity.js';

/** Life of a code: long enough for a redirect. */
const CODE_TTL_MS = 60_000;

/** Consent once more widens what was consented to before. */
const GIVE_CONSENT = `
  insert into oauth_grants (id, user_id, client_id, scopes, created_at, consented_at)
  values (?, ?, ?, string_to_array(?, ' '), ?, ?)
  on conflict (user_id, client_id) where revoked_at is null do update
     set consented_at = excluded.consented_at,
         scopes = (select array_agg(distinct s) from unnest(oauth_grants.scopes || excluded.scopes) as s)
  returning id`;

/** What users let clients do, and the codes that clients get for it. */
@Injectable()
export class Consents {
  constructor(
    private readonly database: Database,
    private readonly trail: AuditTrail,
    private readonly minting: Minting,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The scopes of a request that the user may give at all. */
  grantable({ scopes }: AuthorizationRequest, user: Principal): readonly Scope[] {
    const allowed = PermissionSet.ofRole(user.role);
    return scopes.filter((scope) => !isPermission(scope) || allowed.has(scope));
  }

  /** Whether the user has consented to all of this before. */
  async isGiven({ client }: AuthorizationRequest, user: Principal, scopes: readonly Scope[]): Promise<boolean> {
    const grant = await this.database.read((em) =>
      em.findOne(OAuthGrant, { user: user.userId, client: client.id, revokedAt: null }),
    );
    return grant !== null && scopes.every((scope) => grant.scopes.includes(scope));
  }

  /** Records the consent and makes a code. @throws AppError AUTH_002 if the user's session has ended meanwhile */
  async give(request: AuthorizationRequest, user: Principal, scopes: readonly Scope[], authenticatedAt: Date) {
    return this.database.transaction(async (em) => {
      await this.minting.begin(em, user, await lockUser(em, user.userId));
      const now = new Date(this.clock.now());
      const { id: clientId, name } = request.client;
      const [grant] = await em.execute<{ id: string }[]>(GIVE_CONSENT, [
        newId(now.getTime()),
        user.userId,
        clientId,
        scopes.join(' '),
        now,
        now,
      ]);
      this.trail.record(em, {
        type: 'oauth.consent.given',
        ownerId: user.userId,
        data: { client_id: clientId, client_name: name, grant_id: grant?.id, scopes },
      });
      return this.makeCode(em, request, { grantId: grant?.id ?? '', scopes, authenticatedAt });
    });
  }

  /** Makes a code on the strength of an earlier consent; null if that has been revoked meanwhile. */
  async renew(request: AuthorizationRequest, user: Principal, scopes: readonly Scope[], authenticatedAt: Date) {
    return this.database.transaction(async (em) => {
      await this.minting.begin(em, user, await lockUser(em, user.userId));
      const grant = await em.findOne(OAuthGrant, { user: user.userId, client: request.client.id, revokedAt: null });
      return grant && this.makeCode(em, request, { grantId: grant.id, scopes, authenticatedAt });
    });
  }

  private makeCode(
    em: EntityManager,
    request: AuthorizationRequest,
    { grantId, scopes, authenticatedAt }: { grantId: string; scopes: readonly Scope[]; authenticatedAt: Date },
  ): string {
    const now = this.clock.now();
    const code = generateCode();
    const codeExpiresAt = new Date(now + CODE_TTL_MS);
    const authorization = em.create(OAuthAuthorization, {
      id: newId(now),
      grant: em.getReference(OAuthGrant, grantId),
      scopes: [...scopes],
      codeDigest: digestOf(code),
      codeExpiresAt,
      redirectUri: request.redirectUri,
      codeChallenge: request.codeChallenge,
      nonce: request.nonce,
      authenticatedAt,
      keptUntil: codeExpiresAt,
    });
    em.persist(authorization);
    return code;
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Role } from '../../../kernel/access/permission.js';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { digestOfCredential, Principals, type VerifiedCredential } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { BatchedLookup, Database } from '../../../platform/database/index.js';
import { digestOf } from '../clients/client-secret.js';
import type { Scope } from '../scopes.js';
import { tokenPrincipal } from './token-principal.js';

/** A live access token. */
export interface KnownToken {
  readonly digest: string;
  readonly clientId: string;
  readonly clientOwnerId: string;
  /** Null: the client acts for its owner. */
  readonly authorizationId: string | null;
  readonly userId: string;
  readonly scopes: readonly Scope[];
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** Tokens whose client, grant and user are all good at this moment. */
const FIND_TOKENS = {
  name: 'find-oauth-access-tokens',
  text: `select t.digest, t.client_id, t.authorization_id, t.scopes, t.issued_at, t.expires_at,
                c.owner_id, c.scopes as client_scopes, c.allowed_ips, c.denied_ips, c.expires_at as client_expires_at,
                coalesce(g.user_id, c.owner_id) as user_id, coalesce(u.role, o.role) as role
           from oauth_access_tokens t
           join oauth_clients c on c.id = t.client_id and c.deleted_at is null
           join users o on o.id = c.owner_id and o.disabled_at is null
           left join oauth_authorizations a on a.id = t.authorization_id and a.revoked_at is null
           left join oauth_grants g on g.id = a.grant_id and g.revoked_at is null
           left join users u on u.id = g.user_id and u.disabled_at is null
          where t.digest = any($1::text[]) and (t.authorization_id is null or u.id is not null)`,
};

interface TokenRow {
  readonly digest: string;
  readonly client_id: string;
  readonly authorization_id: string | null;
  readonly scopes: Scope[];
  readonly issued_at: Date | string;
  readonly expires_at: Date | string;
  readonly owner_id: string;
  readonly client_scopes: Scope[];
  readonly allowed_ips: string[] | null;
  readonly denied_ips: string[] | null;
  readonly client_expires_at: Date | string | null;
  readonly user_id: string;
  readonly role: Role;
}

/** Finds access tokens by what their holders send. They are cached as callers, like every credential. */
@Injectable()
export class KnownTokens {
  private readonly rows: BatchedLookup<TokenRow>;
  private readonly tokens = new WeakMap<Principal, KnownToken>();

  constructor(
    private readonly principals: Principals,
    database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.rows = new BatchedLookup(
      async (digests) => (await database.query<TokenRow>(FIND_TOKENS, [digests])).rows,
      ({ digest }) => digest,
    );
  }

  /** The live token; null for any other text. From the cache where that is current. */
  async find(plaintext: string): Promise<KnownToken | null> {
    const digest = digestOfCredential({ scheme: 'bearer', value: plaintext });
    try {
      const principal =
        this.principals.find(digest) ?? (await this.principals.verify(digest, () => this.verify(plaintext)));
      return this.of(principal);
    } catch (error) {
      if (error instanceof AppError && error.code === 'AUTH_002') return null;
      throw error;
    }
  }

  /** The token behind a caller; null for one that has another credential. */
  of(principal: Principal): KnownToken | null {
    return this.tokens.get(principal) ?? null;
  }

  /** Asks the database. @throws AppError AUTH_002 for a token that has ended, or never was one */
  async verify(plaintext: string): Promise<VerifiedCredential> {
    const row = await this.rows.find(digestOf(plaintext));
    const token = row && knownTokenOf(row);
    if (!token || token.expiresAtMs <= this.clock.now()) {
      throw new AppError('AUTH_002', { detail: 'The access token has expired or was revoked.' });
    }
    const principal = tokenPrincipal({
      ...token,
      role: row.role,
      credentialId: token.authorizationId ?? token.clientId,
      clientScopes: row.client_scopes,
      networks: { allowed: row.allowed_ips, denied: row.denied_ips },
      clientExpiresAtMs: row.client_expires_at === null ? null : new Date(row.client_expires_at).getTime(),
    });
    this.tokens.set(principal, token);
    return {
      principal,
      dependsOn: [
        { kind: 'grant', id: token.digest },
        { kind: 'grant', id: token.authorizationId ?? token.clientId },
        { kind: 'client', id: token.clientId },
        { kind: 'owner', id: token.userId },
        { kind: 'owner', id: token.clientOwnerId },
      ],
    };
  }
}

function knownTokenOf(row: TokenRow): KnownToken {
  return {
    digest: row.digest,
    clientId: row.client_id,
    clientOwnerId: row.owner_id,
    authorizationId: row.authorization_id,
    userId: row.user_id,
    scopes: row.scopes.filter((scope) => row.client_scopes.includes(scope)),
    issuedAtMs: new Date(row.issued_at).getTime(),
    expiresAtMs: new Date(row.expires_at).getTime(),
  };
}

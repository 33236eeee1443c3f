import { createPublicKey } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Role } from '../../../kernel/access/permission.js';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { isUuid } from '../../../kernel/ids.js';
import type { SignatureAlgorithm, VerificationKey } from '../../../kernel/jose/verification-key.js';
import { Principals } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { OAuthError } from '../../../platform/http/problem/index.js';
import type { Scope } from '../scopes.js';
import { tokenPrincipal } from '../tokens/token-principal.js';
import type {
  AccessTokenFormat,
  ClientAuthMethod,
  ClientGrantType,
  ClientType,
  PublicJwk,
} from './oauth-client.entity.js';

/** A key that a client signs its assertions with. */
export interface ClientKey extends VerificationKey {
  readonly kid: string | undefined;
}

/** A live client as the endpoints need it. */
export interface KnownClient {
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  readonly type: ClientType;
  readonly authMethod: ClientAuthMethod;
  readonly grantTypes: readonly ClientGrantType[];
  readonly redirectUris: readonly string[];
  readonly scopes: readonly Scope[];
  readonly accessTokenFormat: AccessTokenFormat;
  /** Digests of the secrets, each with its end in epoch milliseconds. */
  readonly secrets: readonly { readonly digest: string; readonly untilMs: number }[];
  readonly keys: readonly ClientKey[];
  /** Epoch milliseconds; null: it does not end by itself. */
  readonly expiresAtMs: number | null;
  /** The client as one that acts for its owner. */
  readonly principal: Principal;
}

const FIND_CLIENT = {
  name: 'find-oauth-client',
  text: `select c.*, u.role from oauth_clients c join users u on u.id = c.owner_id
          where c.id = $1 and c.deleted_at is null and u.disabled_at is null
            and (c.expires_at is null or c.expires_at > $2)`,
};

interface ClientRow {
  readonly id: string;
  readonly owner_id: string;
  readonly role: Role;
  readonly name: string;
  readonly type: ClientType;
  readonly token_endpoint_auth_method: ClientAuthMethod;
  readonly grant_types: ClientGrantType[];
  readonly redirect_uris: string[];
  readonly scopes: Scope[];
  readonly access_token_format: AccessTokenFormat;
  readonly jwks: { readonly keys: readonly PublicJwk[] } | null;
  readonly secret_digest: string | null;
  readonly previous_secret_digest: string | null;
  readonly previous_secret_expires_at: Date | string | null;
  readonly allowed_ips: string[] | null;
  readonly denied_ips: string[] | null;
  readonly expires_at: Date | string | null;
}

/**
 * Live clients. They are cached among the verified principals, under a name that no digest of a credential has, so that
 * whatever ends or changes a client ends this copy as well.
 */
@Injectable()
export class ClientDirectory {
  private readonly clients = new WeakMap<Principal, KnownClient>();

  constructor(
    private readonly principals: Principals,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws OAuthError invalid_client for an unknown or ended one */
  async get(clientId: string): Promise<KnownClient> {
    if (!isUuid(clientId)) throw unknownClient();
    const id = clientId.toLowerCase();
    const name = `oauth client ${id}`;
    const principal = this.principals.find(name) ?? (await this.principals.verify(name, () => this.load(id)));
    return this.clients.get(principal) ?? unknownTo(principal);
  }

  private async load(id: string): ReturnType<Parameters<Principals['verify']>[1]> {
    const { rows } = await this.database.query<ClientRow>(FIND_CLIENT, [id, new Date(this.clock.now())]);
    const [row] = rows;
    if (!row) throw unknownClient();
    const expiresAtMs = row.expires_at === null ? null : new Date(row.expires_at).getTime();
    const principal = tokenPrincipal({
      userId: row.owner_id,
      role: row.role,
      credentialId: id,
      clientId: id,
      scopes: row.scopes,
      clientScopes: row.scopes,
      networks: { allowed: row.allowed_ips, denied: row.denied_ips },
      clientExpiresAtMs: expiresAtMs,
      expiresAtMs,
    });
    this.clients.set(principal, knownClientOf(row, principal, expiresAtMs));
    return {
      principal,
      dependsOn: [
        { kind: 'client', id },
        { kind: 'owner', id: row.owner_id },
      ],
    };
  }
}

function knownClientOf(row: ClientRow, principal: Principal, expiresAtMs: number | null): KnownClient {
  const secrets = [];
  if (row.secret_digest) secrets.push({ digest: row.secret_digest, untilMs: Infinity });
  if (row.previous_secret_digest && row.previous_secret_expires_at) {
    const untilMs = new Date(row.previous_secret_expires_at).getTime();
    secrets.push({ digest: row.previous_secret_digest, untilMs });
  }
  return {
    id: row.id,
    ownerId: row.owner_id,
    name: row.name,
    type: row.type,
    authMethod: row.token_endpoint_auth_method,
    grantTypes: row.grant_types,
    redirectUris: row.redirect_uris,
    scopes: row.scopes,
    accessTokenFormat: row.access_token_format,
    secrets,
    keys: (row.jwks?.keys ?? []).map(importKey),
    expiresAtMs,
    principal,
  };
}

/** The keys were checked and written by us: `alg` is there, and agrees. */
function importKey(jwk: PublicJwk): ClientKey {
  return {
    algorithm: jwk.alg as SignatureAlgorithm,
    kid: jwk.kid as string | undefined,
    key: createPublicKey({ key: jwk, format: 'jwk' }),
  };
}

function unknownClient(): OAuthError {
  return new OAuthError('invalid_client', 'There is no such client, or it does not authenticate as it should.');
}

function unknownTo({ credentialId }: Principal): never {
  throw new Error(`the client ${credentialId} is cached without its record`);
}

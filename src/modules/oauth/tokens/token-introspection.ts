import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { digestOf } from '../clients/client-secret.js';
import { ClientDirectory } from '../clients/client-directory.js';
import type { Introspection } from '../introspection.dto.js';
import { Authorizations } from './authorizations.js';
import { KnownTokens } from './known-tokens.js';

/** Whose tokens somebody may look at: a client its own, an owner those of all clients of his. */
export type Inquirer = { readonly clientId: string } | { readonly ownerId: string };

const INACTIVE: Introspection = { active: false };

/** Tells what a token is good for (RFC 7662). */
@Injectable()
export class TokenIntrospection {
  constructor(
    private readonly tokens: KnownTokens,
    private readonly authorizations: Authorizations,
    private readonly directory: ClientDirectory,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Whatever is not a live token of the inquirer's is inactive, and nothing more is said. */
  async look(inquirer: Inquirer, text: string): Promise<Introspection> {
    const token = await this.tokens.find(text);
    if (!token) return this.lookAtRefreshToken(inquirer, text);
    if (!isOf(inquirer, token.clientId, token.clientOwnerId)) return INACTIVE;
    const { publicUrl: issuer } = this.config;
    return {
      active: true,
      scope: token.scopes.join(' '),
      client_id: token.clientId,
      token_type: 'Bearer',
      sub: token.authorizationId === null ? token.clientId : token.userId,
      iss: issuer,
      aud: issuer,
      iat: seconds(token.issuedAtMs),
      exp: seconds(token.expiresAtMs),
    };
  }

  private async lookAtRefreshToken(inquirer: Inquirer, text: string): Promise<Introspection> {
    const found = await this.authorizations.findByRefreshToken(text);
    if (!found?.is_live || found.refresh_digest !== digestOf(text)) return INACTIVE;
    const expiresAtMs = new Date(found.refresh_expires_at ?? 0).getTime();
    if (expiresAtMs <= this.clock.now()) return INACTIVE;
    const { ownerId } = await this.directory.get(found.client_id);
    if (!isOf(inquirer, found.client_id, ownerId)) return INACTIVE;
    return {
      active: true,
      scope: found.scopes.join(' '),
      client_id: found.client_id,
      sub: found.user_id,
      iss: this.config.publicUrl,
      exp: seconds(expiresAtMs),
    };
  }
}

function isOf(inquirer: Inquirer, clientId: string, ownerId: string): boolean {
  return 'clientId' in inquirer ? inquirer.clientId === clientId : inquirer.ownerId === ownerId;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

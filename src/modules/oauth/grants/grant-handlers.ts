import { Injectable } from '@nestjs/common';
import { OAuthError } from '../../../platform/http/problem/index.js';
import type { KnownClient } from '../clients/client-directory.js';
import type { ClientGrantType } from '../clients/oauth-client.entity.js';
import type { OAuthParameters } from '../oauth-parameters.js';
import type { TokenAnswer } from '../token.dto.js';

/** A request to the token endpoint. */
export interface TokenRequest {
  readonly parameters: OAuthParameters;
  /** Finds out which client it is from, and counts it. @throws OAuthError invalid_client, AppError REQ_008 */
  readonly authenticate: () => Promise<KnownClient>;
  /** Counts it against another caller who has proved who he is. @throws AppError REQ_008 */
  readonly countFor: (bucket: string) => Promise<void>;
}

/** One way to get a token. */
export interface GrantHandler {
  /** The value of `grant_type` (RFC 6749 §4). */
  readonly grantType: string;
  /** @throws OAuthError */
  issue(request: TokenRequest): Promise<TokenAnswer>;
}

/** The grants of the token endpoint, by name; each brings itself. */
@Injectable()
export class GrantHandlers {
  private readonly handlers = new Map<string, GrantHandler>();

  register(handler: GrantHandler): void {
    this.handlers.set(handler.grantType, handler);
  }

  find(grantType: string): GrantHandler | null {
    return this.handlers.get(grantType) ?? null;
  }

  /** The names of all grants, for messages and metadata. */
  names(): string[] {
    return [...this.handlers.keys()];
  }
}

/** @throws OAuthError unauthorized_client unless the client is registered for this grant */
export function requireGrantType(client: KnownClient, grantType: ClientGrantType): void {
  if (client.grantTypes.includes(grantType)) return;
  throw new OAuthError('unauthorized_client', `The client is not registered for ${grantType}.`);
}

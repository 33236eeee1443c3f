import { Injectable } from '@nestjs/common';
import type { OAuthParameters } from '../oauth-parameters.js';
import type { TokenAnswer } from '../token.dto.js';

/** One way to get a token. */
export interface GrantHandler {
  /** The value of `grant_type` (RFC 6749 §4). */
  readonly grantType: string;
  /** @throws OAuthError */
  issue(parameters: OAuthParameters): Promise<TokenAnswer>;
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

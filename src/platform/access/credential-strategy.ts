import { Injectable } from '@nestjs/common';
import type { Credential } from './credential.js';
import type { VerifiedCredential } from './verified-credential.js';

/**
 * A kind of credential. Its three answers: "not mine" ({@link accepts} is false), a verified credential, or a refusal
 * (its Passport strategy returns the one or throws the other).
 */
export interface CredentialStrategy {
  /** Name under which its Passport strategy is registered. */
  readonly passportName: string;
  /** Whether a credential is of this kind, told from its looks alone: no key, no database. */
  accepts(credential: Credential): boolean;
  /**
   * Passport's callback for what its strategy has read from the request. The principal is cached by the digest of the
   * credential and given to later requests unseen, until it ends or one of `dependsOn` is announced as changed; the
   * answer must therefore follow from the credential and the database alone, never from the rest of the request.
   */
  validate(...presented: never[]): Promise<VerifiedCredential>;
}

/** The kinds of credential that the modules bring; exactly one of them gets to see a request. */
@Injectable()
export class CredentialStrategies {
  private readonly strategies: CredentialStrategy[] = [];

  register(strategy: CredentialStrategy): void {
    this.strategies.push(strategy);
  }

  /** The strategy this credential belongs to; null if it is of no known kind. */
  find(credential: Credential): CredentialStrategy | null {
    return this.strategies.find((strategy) => strategy.accepts(credential)) ?? null;
  }
}

import { Injectable } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { Lockout, type PasswordPlace, type User, UsersService } from '../users/index.js';

/** Whose second factor a code is to be of, and where it is typed. */
export interface CodeEntry {
  readonly user: Pick<User, 'id' | 'email'>;
  readonly place: PasswordPlace;
}

/** What came of a try: what the good code allowed, or why it was not good. */
export type TryOutcome<T> = { readonly value: T } | { readonly refusal: string };

/** A session is a place of its own: guesses in a stolen one lock that one, and nobody out of the account. */
export function placeOfSession(caller: Principal): PasswordPlace {
  return { network: null, deviceOf: () => caller.credentialId };
}

/** Counts tries of second factors, apart from those of passwords, and locks out who guesses. */
@Injectable()
export class CodeAttempts {
  constructor(
    private readonly users: UsersService,
    private readonly lockout: Lockout,
  ) {}

  /** The entry of a code in a session. @throws AppError REQ_005 if the account is gone */
  async entryOf(caller: Principal): Promise<CodeEntry> {
    return { user: await this.users.get(caller.userId), place: placeOfSession(caller) };
  }

  /**
   * Makes a try. It is counted before its outcome is told and outside of any transaction, so that neither parallel
   * guesses nor a failed request get around the counter.
   * @throws AppError AUTH_006 with the sentence of the refusal, AUTH_007 with Retry-After while locked
   */
  async make<T>({ user, place }: CodeEntry, check: () => Promise<TryOutcome<T>>): Promise<T> {
    let refusal = '';
    const result = await this.lockout.attempt(
      {
        kind: 'mfa',
        email: user.email,
        userId: user.id,
        place: { network: place.network, deviceId: place.deviceOf(user.id) },
      },
      async () => {
        const outcome = await check();
        if ('value' in outcome) return outcome;
        refusal = outcome.refusal;
        return null;
      },
    );
    if (!result) throw new AppError('AUTH_006', { detail: refusal });
    return result.value;
  }
}

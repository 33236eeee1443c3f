import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { constantTimeEquals } from '../../../kernel/crypto/constant-time-equals.js';
import { deriveKey } from '../../../kernel/crypto/derive-key.js';
import { fingerprint } from '../../../kernel/crypto/fingerprint.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { SECRETS, type Secrets } from '../../../platform/config/index.js';
import type { ProvenUser } from '../../users/index.js';

/** A token is good in the period in which it was made and in the next one: half an hour to an hour. */
const PERIOD_MS = 30 * 60 * 1000;

/** How long somebody may take over the code of the second factor. */
const TICKET_TTL_MS = 5 * 60 * 1000;
const TICKET = /^([\da-f-]{36})\.(\d{1,16})\.([\da-f]{64})\.([\da-f]{64})$/;

/** What a browser shows with the second step of a login. */
export interface LoginTicket {
  readonly userId: string;
  /** Whether the ticket was given for the password with this hash: a change of the password voids it. */
  isFor(passwordHash: string): boolean;
}

/** What the forms of the pages carry, so that they mean what the page has shown, in the browser that it was shown in. */
@Injectable()
export class FormTokens {
  private readonly keys: readonly KeyObject[];
  private readonly ticketKeys: readonly KeyObject[];

  constructor(
    @Inject(SECRETS) { jwtSecrets }: Secrets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.keys = jwtSecrets.map((secret) => deriveKey(secret, 'oauth-form-token'));
    this.ticketKeys = jwtSecrets.map((secret) => deriveKey(secret, 'oauth-login-ticket'));
  }

  /** A token for one form: bound to a session or browser, to what the form is for, and to the request it is about. */
  issue(holder: string, purpose: string, request: string): string {
    return fingerprint(newestOf(this.keys), holder, purpose, request, String(this.period()));
  }

  isValid(token: string | undefined, holder: string, purpose: string, request: string): boolean {
    const periods = [this.period(), this.period() - 1].map(String);
    return this.keys.some((key) =>
      periods.some((period) => constantTimeEquals(fingerprint(key, holder, purpose, request, period), token ?? '')),
    );
  }

  /** Says that this browser has shown the user's password a moment ago. It admits to nothing but the second step. */
  issueTicket({ id, passwordHash }: Pick<ProvenUser, 'id' | 'passwordHash'>, browser: string): string {
    const key = newestOf(this.ticketKeys);
    const until = String(this.clock.now() + TICKET_TTL_MS);
    const mac = fingerprint(key, id, until, browser);
    return `${id}.${until}.${mac}.${fingerprint(key, mac, passwordHash)}`;
  }

  /** Reads a ticket; null unless it is fresh and of this browser. */
  readTicket(ticket: string, browser: string): LoginTicket | null {
    const [, userId = '', until = '', mac = '', proof = ''] = TICKET.exec(ticket) ?? [];
    const signer = this.ticketKeys.find((key) => constantTimeEquals(fingerprint(key, userId, until, browser), mac));
    if (!signer || this.clock.now() >= Number(until)) return null;
    return { userId, isFor: (passwordHash) => constantTimeEquals(fingerprint(signer, mac, passwordHash), proof) };
  }

  private period(): number {
    return Math.floor(this.clock.now() / PERIOD_MS);
  }
}

function newestOf([key]: readonly KeyObject[]): KeyObject {
  if (!key) throw new Error('there is no JWT secret');
  return key;
}

import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { constantTimeEquals } from '../../../kernel/crypto/constant-time-equals.js';
import { deriveKey } from '../../../kernel/crypto/derive-key.js';
import { fingerprint } from '../../../kernel/crypto/fingerprint.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { SECRETS, type Secrets } from '../../../platform/config/index.js';

/** A token is good in the period in which it was made and in the next one: half an hour to an hour. */
const PERIOD_MS = 30 * 60 * 1000;

/** How long somebody may take over the code of the second factor. */
const TICKET_TTL_MS = 5 * 60 * 1000;
const TICKET = /^([\da-f-]{36})\.(\d{1,16})\.([\da-f]{64})$/;

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
  issueTicket(userId: string, browser: string): string {
    const until = String(this.clock.now() + TICKET_TTL_MS);
    return `${userId}.${until}.${fingerprint(newestOf(this.ticketKeys), userId, until, browser)}`;
  }

  /** The user of a ticket; null unless it is fresh and of this browser. */
  readTicket(ticket: string, browser: string): string | null {
    const [, userId = '', until = '', mac = ''] = TICKET.exec(ticket) ?? [];
    const isOurs = this.ticketKeys.some((key) => constantTimeEquals(fingerprint(key, userId, until, browser), mac));
    return isOurs && this.clock.now() < Number(until) ? userId : null;
  }

  private period(): number {
    return Math.floor(this.clock.now() / PERIOD_MS);
  }
}

function newestOf([key]: readonly KeyObject[]): KeyObject {
  if (!key) throw new Error('there is no JWT secret');
  return key;
}

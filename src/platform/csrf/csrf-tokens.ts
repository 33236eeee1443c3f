import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import csurf from 'csurf';
import type { Request, Response } from 'express';
import type { Clock } from '../../kernel/clock.js';
import { deriveKey } from '../../kernel/crypto/derive-key.js';
import { fingerprint } from '../../kernel/crypto/fingerprint.js';
import { CLOCK } from '../clock/index.js';
import { SECRETS, type Secrets } from '../config/index.js';

/** A token is good in the period in which it was made and in the next one: 12 to 24 hours. */
const PERIOD_MS = 12 * 60 * 60 * 1000;

/** The header that tokens are taken from, and from nowhere else: a form cannot set it. */
export const CSRF_HEADER = 'x-csrf-token';

/** What a token belongs to: a login session, or a browser that has none. */
export type CsrfBinding = { readonly session: string } | { readonly browser: string };

function tokenOf(request: Request): string {
  const value = request.headers[CSRF_HEADER];
  return typeof value === 'string' ? value : '';
}

/**
 * Makes and checks CSRF tokens. csurf makes them from a secret that it expects in `request.session`; here that secret
 * is an HMAC of what the token is bound to, so that nothing is stored and a token of one session is worth nothing in
 * another.
 */
@Injectable()
export class CsrfTokens {
  private readonly keys: readonly KeyObject[];
  private readonly make = csurf({ ignoreMethods: ['GET', 'HEAD'], value: tokenOf });
  private readonly check = csurf({ ignoreMethods: [], value: tokenOf });

  constructor(
    @Inject(SECRETS) secrets: Secrets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.keys = secrets.jwtSecrets.map((secret) => deriveKey(secret, 'csrf-token'));
  }

  /** A new token; all that are still fresh stay valid beside it. For GET requests. */
  issue(request: Request, response: Response, binding: CsrfBinding): string {
    const [newest] = this.secretsOf(binding);
    run(this.make, request, response, newest);
    return request.csrfToken();
  }

  /** Whether the token in the request's header is fresh and bound to one of these. */
  isValid(request: Request, response: Response, bindings: readonly CsrfBinding[]): boolean {
    return bindings
      .flatMap((binding) => this.secretsOf(binding))
      .some((secret) => run(this.check, request, response, secret));
  }

  /** The secrets under which a token of this binding may have been made, the newest first. */
  private secretsOf(binding: CsrfBinding): string[] {
    const period = Math.floor(this.clock.now() / PERIOD_MS);
    const [kind = '', id = ''] = Object.entries(binding)[0] ?? [];
    return [period, period - 1].flatMap((each) => this.keys.map((key) => fingerprint(key, kind, id, String(each))));
  }
}

/** Runs csurf, which calls back before it returns. @returns whether it was content */
function run(middleware: ReturnType<typeof csurf>, request: Request, response: Response, csrfSecret = ''): boolean {
  let fault: unknown;
  Object.assign(request, { session: { csrfSecret } });
  middleware(request, response, (error?: unknown) => {
    fault = error;
  });
  return fault === undefined;
}

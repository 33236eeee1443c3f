import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Clock } from '../../kernel/clock.js';
import { SessionCookie } from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { Session } from './session.entity.js';
import { audienceOf } from './session-tokens.js';
import { TokenKeys } from './token-keys.js';

/** The claims of the token in a session cookie; it says nothing of the user but the id. */
export interface CookieTokenClaims {
  readonly sub: string;
  readonly sid: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly exp: number;
  readonly iss: string;
  readonly aud: string;
  readonly token_use: 'cookie';
}

/** Makes and reads the value of session cookies: a token of a kind of its own, which lives as long as the session. */
@Injectable()
export class SessionCookieTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: TokenKeys,
    cookie: SessionCookie,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    cookie.register((value) => this.sessionOf(value));
  }

  /** The value of a session's cookie. */
  issue(session: Session): string {
    const claims: CookieTokenClaims = {
      sub: session.user.id,
      sid: session.id,
      iat: Math.floor(this.clock.now() / 1000),
      exp: Math.floor(session.expiresAt.getTime() / 1000),
      iss: this.config.publicUrl,
      aud: audienceOf('cookie'),
      token_use: 'cookie',
    };
    return this.jwt.sign(claims, { secret: this.keys.current('cookie').key as never, algorithm: 'HS256' });
  }

  private sessionOf(value: string): string | null {
    try {
      const { sid } = this.jwt.verify<CookieTokenClaims>(value, {
        secret: this.keys.matching('cookie', value) as never,
        algorithms: ['HS256'],
        issuer: this.config.publicUrl,
        audience: audienceOf('cookie'),
        // whether it is still good is not asked here
        ignoreExpiration: true,
      });
      return sid;
    } catch {
      return null;
    }
  }
}

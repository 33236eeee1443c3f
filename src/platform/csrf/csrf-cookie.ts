import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { CookieOptions, Request, Response } from 'express';
import { CONFIG, type Config } from '../config/index.js';
import { cookieName, cookieValue } from '../http/cookies/index.js';

const ID_BYTES = 24;
const ID = /^[\w-]{32}$/;

/** The id of a browser that has no session, for its CSRF tokens to be bound to. It is no credential. */
@Injectable()
export class CsrfCookie {
  private readonly name: string;
  private readonly options: CookieOptions;

  constructor(@Inject(CONFIG) { publicUrl, corsOrigins }: Config) {
    const isHttps = publicUrl.startsWith('https:');
    this.name = cookieName('kindly_csrf', publicUrl);
    this.options = {
      httpOnly: true,
      path: '/',
      secure: isHttps,
      // pages of another site that CORS admits need it as well, each with an id of its own (CHIPS)
      ...(isHttps && corsOrigins.length > 0 ? { sameSite: 'none', partitioned: true } : { sameSite: 'lax' }),
    };
  }

  /** The browser's id; null if it has none of ours. */
  read(request: Request): string | null {
    const value = cookieValue(request, this.name);
    return value !== null && ID.test(value) ? value : null;
  }

  /** The browser's id; one that has none is given one. */
  ensure(request: Request, response: Response): string {
    const known = this.read(request);
    if (known !== null) return known;
    const id = randomBytes(ID_BYTES).toString('base64url');
    response.cookie(this.name, id, this.options);
    return id;
  }
}

import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { CookieOptions, Response } from 'express';
import { CONFIG, type Config } from '../config/index.js';
import { cookieName, cookieValue } from '../http/cookies/index.js';
import type { Credential } from './credential.js';

/** Longest value that can be one of ours, in characters. */
const VALUE_LENGTH_MAX = 4_096;

/** Tells which session a cookie was made for; null unless it is one of ours. Not whether that session is alive. */
export type CookieReader = (value: string) => string | null;

/** The cookie in which a browser carries its login session. The module of the sessions makes and reads its value. */
@Injectable()
export class SessionCookie {
  private readonly name: string;
  private readonly options: CookieOptions;
  private read: CookieReader = () => null;

  constructor(@Inject(CONFIG) { publicUrl }: Config) {
    this.name = cookieName('kindly_session', publicUrl);
    this.options = { httpOnly: true, sameSite: 'lax', secure: publicUrl.startsWith('https:'), path: '/' };
  }

  register(reader: CookieReader): void {
    this.read = reader;
  }

  /** The cookie as a credential, not yet verified; null if the request has none. */
  credentialOf(request: IncomingMessage): Credential | null {
    const value = cookieValue(request, this.name);
    return value === null ? null : { scheme: 'session_cookie', value: value.slice(0, VALUE_LENGTH_MAX) };
  }

  /** The session that the request's cookie was made for; null if there is none of ours. */
  sessionOf(request: IncomingMessage): string | null {
    const credential = this.credentialOf(request);
    return credential && this.read(credential.value);
  }

  /** Leaves the cookie with the browser until the session ends. */
  give(response: Response, value: string, expires: Date): void {
    response.cookie(this.name, value, { ...this.options, expires });
  }

  /** Takes the cookie back. */
  clear(response: Response): void {
    response.clearCookie(this.name, this.options);
  }
}

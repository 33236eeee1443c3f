import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { CookieOptions, Request, Response } from 'express';
import { constantTimeEquals } from '../../kernel/crypto/constant-time-equals.js';
import { deriveKey } from '../../kernel/crypto/derive-key.js';
import { fingerprint } from '../../kernel/crypto/fingerprint.js';
import { CONFIG, type Config, SECRETS, type Secrets } from '../../platform/config/index.js';
import { cookieName, cookieValue } from '../../platform/http/cookies/index.js';

const NAME = 'kindly_device';
const VALUE = /^([\w-]{22})\.([0-9a-f]{64})$/;
const DEVICE_ID_BYTES = 16;
const MAX_AGE_MS = 180 * 24 * 60 * 60 * 1000;

/**
 * Tells a device on which a user has logged in from a stranger's, for the lockout (the device cookies of OWASP). It is
 * no credential: it admits to nothing, and is valid for the one user whose login it was given for. The first release gave
 * it without the prefix that HTTPS allows for; such a cookie is known until the next login replaces it.
 */
@Injectable()
export class DeviceCookie {
  private readonly keys: ReturnType<typeof deriveKey>[];
  private readonly name: string;
  private readonly options: CookieOptions;

  constructor(@Inject(SECRETS) { jwtSecrets }: Secrets, @Inject(CONFIG) { publicUrl }: Config) {
    this.keys = jwtSecrets.map((secret) => deriveKey(secret, 'device-cookie'));
    this.name = cookieName(NAME, publicUrl);
    // the path is that of the API's login and of the login page
    this.options = { httpOnly: true, sameSite: 'lax', secure: publicUrl.startsWith('https:'), path: '/' };
  }

  /** The id of the device, if the request carries one that was given for this user. */
  read(request: Request, userId: string): string | null {
    const value = cookieValue(request, this.name) ?? cookieValue(request, NAME) ?? '';
    const [, deviceId, mac] = VALUE.exec(value) ?? [];
    if (!deviceId || !mac) return null;
    const isOurs = this.keys.some((key) => constantTimeEquals(fingerprint(key, userId, deviceId), mac));
    return isOurs ? deviceId : null;
  }

  /** Gives the device its cookie after a login; a device that has one for this user keeps its id. */
  give(request: Request, response: Response, userId: string): void {
    const [key] = this.keys;
    if (!key) throw new Error('there is no JWT secret');
    const deviceId = this.read(request, userId) ?? randomBytes(DEVICE_ID_BYTES).toString('base64url');
    response.cookie(this.name, `${deviceId}.${fingerprint(key, userId, deviceId)}`, {
      ...this.options,
      maxAge: MAX_AGE_MS,
    });
    if (this.name !== NAME && cookieValue(request, NAME) !== null) response.clearCookie(NAME, this.options);
  }
}

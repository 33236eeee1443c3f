import type { Request } from 'express';
import { networkOf } from '../../kernel/net/network-of.js';
import type { PasswordPlace } from '../users/index.js';
import type { DeviceCookie } from './device-cookie.js';
import type { SessionOrigin } from './sessions.service.js';

/** Where a password is typed: for the list of sessions, and for the lockout. */
export interface LoginOrigin extends SessionOrigin, PasswordPlace {}

/** Reads the origin of a request. */
export function loginOriginOf(request: Request, devices: DeviceCookie): LoginOrigin {
  const { address } = request.context;
  return {
    ip: address?.text ?? null,
    userAgent: request.headers['user-agent'] ?? null,
    network: address && networkOf(address),
    deviceOf: (userId) => devices.read(request, userId),
  };
}

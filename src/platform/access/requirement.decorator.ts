import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { Requirement } from '../../kernel/access/authorize.js';
import { isAdministratorOnly, type Permission } from '../../kernel/access/permission.js';
import { Refuses } from '../http/index.js';

/** Metadata key of a route's {@link Requirement}. */
export const REQUIREMENT = 'kindly:requirement';

/** Names of the security schemes in the OpenAPI document. */
export const SECURITY_SCHEMES = { bearer: 'bearer', apiKey: 'api_key', sessionCookie: 'session_cookie' } as const;

/** Extension of an operation that names the permissions a caller needs, for generated clients and tests. */
export const REQUIREMENT_EXTENSION = 'x-requires';

const CREDENTIAL_REFUSALS = [
  'AUTH_002',
  'AUTH_003',
  'AUTH_004',
  'AUTH_005',
  'AUTH_008',
  'AUTH_011',
  'AUTH_012',
  'AUTH_013',
  'AUTH_014',
] as const;

/** Whether a route handler is open to everyone. */
export function isPublicRoute(handler: object): boolean {
  return (Reflect.getMetadata(REQUIREMENT, handler) as Requirement | undefined)?.kind === 'public';
}

/** Opens a route to everyone. */
export function Public(): MethodDecorator {
  return applyDecorators(
    SetMetadata(REQUIREMENT, { kind: 'public' } satisfies Requirement),
    ApiExtension(REQUIREMENT_EXTENSION, 'public'),
  );
}

/** Opens a route to any valid credential, whatever it may do. */
export function RequiresCredential(): MethodDecorator {
  return applyDecorators(
    SetMetadata(REQUIREMENT, { kind: 'credential' } satisfies Requirement),
    ApiExtension(REQUIREMENT_EXTENSION, 'credential'),
    ApiSecurity(SECURITY_SCHEMES.bearer),
    ApiSecurity(SECURITY_SCHEMES.sessionCookie),
    ApiSecurity(SECURITY_SCHEMES.apiKey),
    Refuses(...CREDENTIAL_REFUSALS),
  );
}

/** Opens a route to login sessions only. */
export function RequiresSession(): MethodDecorator {
  return applyDecorators(
    SetMetadata(REQUIREMENT, { kind: 'session' } satisfies Requirement),
    ApiExtension(REQUIREMENT_EXTENSION, 'session'),
    ApiSecurity(SECURITY_SCHEMES.bearer),
    ApiSecurity(SECURITY_SCHEMES.sessionCookie),
    Refuses(...CREDENTIAL_REFUSALS, 'AUTH_009'),
  );
}

/** Opens a route to credentials that hold all of these permissions; feeds the guard, the 403 and OpenAPI. */
export function Requires(...permissions: [Permission, ...Permission[]]): MethodDecorator {
  return applyDecorators(
    SetMetadata(REQUIREMENT, { kind: 'permissions', permissions } satisfies Requirement),
    ApiExtension(REQUIREMENT_EXTENSION, permissions),
    ApiSecurity(SECURITY_SCHEMES.bearer),
    ApiSecurity(SECURITY_SCHEMES.sessionCookie),
    ApiSecurity(SECURITY_SCHEMES.apiKey),
    Refuses(...CREDENTIAL_REFUSALS, 'AUTH_009'),
    ...(permissions.some(isAdministratorOnly) ? [Refuses('AUTH_006')] : []),
  );
}

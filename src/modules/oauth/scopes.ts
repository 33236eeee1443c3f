import { type Permission, permissionNames } from '../../kernel/access/permission.js';

/** Scopes of OpenID Connect Core §5.4: what a client may learn about the user, and no right to do anything. */
export const IDENTITY_SCOPES = ['openid', 'profile', 'email'] as const;

/** All scopes that there are: the permissions by their own names, without wildcards, and the identity scopes. */
export type Scope = Permission | (typeof IDENTITY_SCOPES)[number];

let scopes: readonly Scope[] | undefined;

/** All scopes by name, in their order. */
export function scopeNames(): readonly Scope[] {
  scopes ??= [...permissionNames(), ...IDENTITY_SCOPES];
  return scopes;
}

const IDENTITY = new Set<string>(IDENTITY_SCOPES);

/** The scopes that are permissions. */
export function permissionsIn(scopes: readonly Scope[]): Permission[] {
  return scopes.filter(isPermission);
}

/** Whether a scope is a permission, which has to lie within what its user may do. */
export function isPermission(scope: Scope): scope is Permission {
  return !IDENTITY.has(scope);
}

/** Whether there is a scope of this name. */
export function isScope(name: string): name is Scope {
  return scopeNames().includes(name as Scope);
}

const RESOURCES: Readonly<Record<string, string>> = {
  compression: 'compressed data and its statistics',
  context: 'your context',
  analytics: 'your usage and analytics',
  keys: 'your API keys',
  service_accounts: 'your service accounts',
  webhooks: 'your webhooks',
  oauth_clients: 'your OAuth clients',
  audit: 'your audit trail',
  users: 'all users',
  policy: 'the policy of this installation',
};

const WORDS: Readonly<Partial<Record<Scope, string>>> = {
  openid: 'Know which account is yours',
  profile: 'See your name',
  email: 'See your e-mail address',
  'write:compression': 'Compress and decompress data for you',
  'write:analytics': 'Record events of yours',
  'write:keys': 'Create, change and revoke your API keys',
  'write:service_accounts': 'Create, change and delete your service accounts',
  'write:oauth_clients': 'Create, change and delete your OAuth clients',
  'verify:keys': 'Check whether API keys are valid',
  'admin:keys': 'Administer everybody’s API keys',
  'admin:audit': 'See everybody’s audit trail',
};

const VERBS: Readonly<Record<string, string>> = { read: 'See', write: 'Change', admin: 'Administer' };

/** What a scope allows, for the user who is asked. */
export function inWords(scope: Scope): string {
  const [action = '', resource = ''] = scope.split(':');
  return WORDS[scope] ?? `${VERBS[action] ?? action} ${RESOURCES[resource] ?? resource}`;
}

/** Every permission there is, `<action>:<resource>`; the position in this list is the permission's bit. */
export const PERMISSIONS = [
  'read:compression',
  'write:compression',
  'read:context',
  'write:context',
  'read:analytics',
  'write:analytics',
  'read:keys',
  'write:keys',
  'read:service_accounts',
  'write:service_accounts',
  'read:webhooks',
  'write:webhooks',
  'read:oauth_clients',
  'write:oauth_clients',
  'read:audit',
  'verify:keys',
  'admin:users',
  'admin:keys',
  'admin:audit',
  'admin:policy',
] as const;

/** A single right that a route can require. */
export type Permission = (typeof PERMISSIONS)[number];

/** Names that stand for several permissions in the grants of a credential. */
export const WILDCARDS = ['*', 'read:*', 'write:*'] as const;

/** All that a credential's permission list may contain. */
export const GRANTS = [...PERMISSIONS, ...WILDCARDS] as const;

/** A permission or a wildcard, as a credential's permission list spells it. */
export type Grant = (typeof GRANTS)[number];

/** What a user is; an administrator also holds the `admin:*` permissions. */
export type Role = 'user' | 'admin';

/**
 * Permissions that no wildcard covers: a leaked `*` key must not be able to mint further credentials, probe other
 * keys or act as an administrator. A credential holds one of these only if its list names it.
 */
const NAMED_ONLY: readonly Permission[] = [
  'write:keys',
  'write:service_accounts',
  'write:oauth_clients',
  'verify:keys',
  'admin:users',
  'admin:keys',
  'admin:audit',
  'admin:policy',
];

/** Whether only an administrator's credentials can hold this permission. */
export function isAdministratorOnly(permission: Permission): boolean {
  return permission.startsWith('admin:');
}

const ADMINISTRATOR_ONLY = PERMISSIONS.filter(isAdministratorOnly);

const bitOf = new Map<string, number>(PERMISSIONS.map((permission, position) => [permission, 1 << position]));

function maskOf(permissions: readonly Permission[]): number {
  let mask = 0;
  for (const permission of permissions) mask |= bitOf.get(permission) ?? 0;
  return mask;
}

const ALL = maskOf(PERMISSIONS);
const WILDCARD_ALL = ALL & ~maskOf(NAMED_ONLY);
const MASK_OF_WILDCARD: ReadonlyMap<string, number> = new Map([
  ['*', WILDCARD_ALL],
  ['read:*', WILDCARD_ALL & maskOf(PERMISSIONS.filter((permission) => permission.startsWith('read:')))],
  ['write:*', WILDCARD_ALL & maskOf(PERMISSIONS.filter((permission) => permission.startsWith('write:')))],
]);

/** An immutable set of permissions, kept as a bit mask so that a check on the hot path is one `&`. */
export class PermissionSet {
  static readonly none = new PermissionSet(0);

  private constructor(private readonly mask: number) {}

  /** What a credential's list means; wildcards leave out everything that must be named. */
  static ofGrants(grants: readonly Grant[]): PermissionSet {
    let mask = 0;
    for (const grant of grants) mask |= MASK_OF_WILDCARD.get(grant) ?? bitOf.get(grant) ?? 0;
    return new PermissionSet(mask);
  }

  /** All that a user of this role may do; a login session holds exactly this. */
  static ofRole(role: Role): PermissionSet {
    return new PermissionSet(role === 'admin' ? ALL : ALL & ~maskOf(ADMINISTRATOR_ONLY));
  }

  has(permission: Permission): boolean {
    return (this.mask & (bitOf.get(permission) ?? 0)) !== 0;
  }

  includes(other: PermissionSet): boolean {
    return (other.mask & ~this.mask) === 0;
  }

  intersect(other: PermissionSet): PermissionSet {
    return new PermissionSet(this.mask & other.mask);
  }

  minus(other: PermissionSet): PermissionSet {
    return new PermissionSet(this.mask & ~other.mask);
  }

  /** The permissions by name, in the order of {@link PERMISSIONS}. */
  names(): Permission[] {
    return PERMISSIONS.filter((permission) => this.has(permission));
  }
}

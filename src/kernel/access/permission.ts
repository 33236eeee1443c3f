import { Declarations } from '../declarations.js';

/** What is known of a permission. */
export interface PermissionEntry {
  /**
   * Whether no wildcard covers it: a leaked `*` key must not be able to mint further credentials, probe other keys or
   * act as an administrator. A credential holds such a one only if its list names it.
   */
  readonly isNamedOnly: boolean;
}

/** The permissions of all modules by their names, `<action>:<resource>`. Each module adds its own. */
export interface Permissions {}

/** A single right that a route can require. */
export type Permission = keyof Permissions;

/** A permission that the wildcards cover. */
export const ORDINARY: PermissionEntry = { isNamedOnly: false };

/** A permission that a credential holds only if its list names it. */
export const NAMED_ONLY: PermissionEntry = { isNamedOnly: true };

/** What is read and written comes first, then what is verified, then administration; within these by resource. */
function inOrder(names: readonly Permission[]): readonly Permission[] {
  const rankOf = (name: Permission): string => {
    const [action = '', resource = ''] = name.split(':');
    const group = action === 'admin' ? 2 : action === 'read' || action === 'write' ? 0 : 1;
    return `${group} ${resource} ${action}`;
  };
  return names.toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1));
}

const DECLARED = new Declarations<Permission, PermissionEntry>('permission', inOrder);

/** Declares the permissions of a module; @returns them, for the module to add their names to {@link Permissions}. */
export function declarePermissions<const Names extends string>(
  permissions: Readonly<Record<Names, PermissionEntry>>,
): typeof permissions {
  DECLARED.add(permissions);
  return permissions;
}

/** Every permission there is; the position in this list is the permission's bit. */
export function permissionNames(): readonly Permission[] {
  return DECLARED.names();
}

/** Names that stand for several permissions in the grants of a credential. */
export const WILDCARDS = ['*', 'read:*', 'write:*'] as const;

/** A permission or a wildcard, as a credential's permission list spells it. */
export type Grant = Permission | (typeof WILDCARDS)[number];

/** All that a credential's permission list may contain. */
export function grantNames(): readonly Grant[] {
  return [...DECLARED.names(), ...WILDCARDS];
}

/** What a user is; an administrator also holds the `admin:*` permissions. */
export type Role = 'user' | 'admin';

/** Whether only an administrator's credentials can hold this permission. */
export function isAdministratorOnly(permission: Permission): boolean {
  return permission.startsWith('admin:');
}

/** The permissions as bits of a number. */
interface Masks {
  readonly bitOf: ReadonlyMap<string, number>;
  /** What each wildcard stands for. */
  readonly ofWildcard: ReadonlyMap<string, number>;
  readonly all: number;
  readonly administration: number;
}

let made: Masks | undefined;

/** Made when it is first used: by then every module has declared its permissions. */
function masks(): Masks {
  made ??= makeMasks();
  return made;
}

function makeMasks(): Masks {
  const names = permissionNames();
  const bitOf = new Map<string, number>(names.map((permission, position) => [permission, 1 << position]));
  const maskOf = (isMeant: (permission: Permission) => boolean): number =>
    names.filter(isMeant).reduce((mask, permission) => mask | (bitOf.get(permission) ?? 0), 0);
  const covered = (permission: Permission): boolean => !DECLARED.get(permission).isNamedOnly;
  const ofWildcard = new Map<string, number>([
    ['*', maskOf(covered)],
    ['read:*', maskOf((permission) => covered(permission) && permission.startsWith('read:'))],
    ['write:*', maskOf((permission) => covered(permission) && permission.startsWith('write:'))],
  ]);
  return { bitOf, ofWildcard, all: maskOf(() => true), administration: maskOf(isAdministratorOnly) };
}

/** An immutable set of permissions, kept as a bit mask so that a check on the hot path is one `&`. */
export class PermissionSet {
  static readonly none = new PermissionSet(0);

  private constructor(private readonly mask: number) {}

  /** What a credential's list means; wildcards leave out everything that must be named. */
  static ofGrants(grants: readonly Grant[]): PermissionSet {
    const { bitOf, ofWildcard } = masks();
    let mask = 0;
    for (const grant of grants) mask |= ofWildcard.get(grant) ?? bitOf.get(grant) ?? 0;
    return new PermissionSet(mask);
  }

  /** All that a user of this role may do; a login session holds exactly this. */
  static ofRole(role: Role): PermissionSet {
    const { all, administration } = masks();
    return new PermissionSet(role === 'admin' ? all : all & ~administration);
  }

  has(permission: Permission): boolean {
    return (this.mask & (masks().bitOf.get(permission) ?? 0)) !== 0;
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

  /** The permissions by name, in the order of {@link permissionNames}. */
  names(): Permission[] {
    return permissionNames().filter((permission) => this.has(permission));
  }
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Reach } from '../../kernel/access/ceiling.js';
import type { Principal, PrincipalKind } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';

/** The kinds of credential that are minted, and may mint in their turn; a session is opened by a login. */
export type MintedKindName = Exclude<PrincipalKind, 'session'>;

/** The end of a credential that takes down with it what the credential has minted. */
export interface LineEnd {
  readonly ownerId: string;
  /** The credential whose end goes down the line. */
  readonly rootId: string;
  readonly at: Date;
  /** The end is scheduled; false: it is now. */
  readonly isLater: boolean;
  /** Why, for its owner; absent: the owner did it. */
  readonly reason?: string;
}

/** A kind of credential that mints others, or that others mint. */
export interface MintedKind {
  readonly kind: MintedKindName;
  /** What refusals call one, and many of them: `A service account`, `service accounts`. */
  readonly nouns: { readonly one: string; readonly many: string };
  /** Under which name the client knows its permissions. */
  readonly permissionsField: 'permissions' | 'scopes';
  /** Ends what these credentials minted directly. @returns the ids of all of it, of what had ended before too */
  endMintedBy(em: EntityManager, minterIds: readonly string[], end: LineEnd): Promise<string[]>;
  /** How far a credential reaches at this moment, asked under the lock of its owner; null: it has ended. */
  reachOf(em: EntityManager, ownerId: string, id: string): Promise<Reach | null>;
  /** How many of them an owner has that count against the bound, asked under the lock of the owner. */
  count(em: EntityManager, ownerId: string): Promise<number>;
}

/**
 * Who minted whom, across all kinds of credential. Whatever mints or ends holds the lock of the owner's row, so that
 * nothing can be minted by what is being ended.
 */
@Injectable()
export class Lineage {
  private readonly kinds = new Map<PrincipalKind, MintedKind>();

  register(kind: MintedKind): void {
    this.kinds.set(kind.kind, kind);
  }

  /** A registered kind. @throws Error for one that nobody has registered: it is refused, not let pass */
  kind(name: PrincipalKind): MintedKind {
    const kind = this.kinds.get(name);
    if (!kind) throw new Error(`nothing is known of credentials of the kind ${name}`);
    return kind;
  }

  /** Ends all that the root has minted, and all that that has minted, whatever its kind. */
  async endDescendants(em: EntityManager, end: LineEnd): Promise<void> {
    const known = new Set([end.rootId]);
    for (let minters = [end.rootId]; minters.length > 0;) {
      const minted: string[] = [];
      for (const kind of this.kinds.values()) minted.push(...(await kind.endMintedBy(em, minters, end)));
      minters = minted.filter((id) => !known.has(id));
      for (const id of minters) known.add(id);
    }
  }

  /**
   * How far the calling credential, which is not a session, reaches at this moment.
   * @throws AppError AUTH_002, AUTH_004 if it has ended since the request came in
   */
  async reachOf(em: EntityManager, caller: Principal): Promise<Reach> {
    const reach = await this.kind(caller.kind).reachOf(em, caller.userId, caller.credentialId);
    if (reach) return reach;
    throw new AppError(caller.kind === 'api_key' ? 'AUTH_004' : 'AUTH_002', {
      detail: 'This credential has ended meanwhile.',
    });
  }
}

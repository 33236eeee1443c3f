import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Principal, PrincipalKind } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';

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
  readonly kind: PrincipalKind;
  /** Ends what these credentials minted directly. @returns the ids of all of it, of what had ended before too */
  endMintedBy(em: EntityManager, minterIds: readonly string[], end: LineEnd): Promise<string[]>;
  /** Whether a credential of this kind stands at this moment; asked under the lock of its owner. */
  stands(em: EntityManager, ownerId: string, id: string): Promise<boolean>;
}

/**
 * Who minted whom, across all kinds of credential. Whatever mints or ends holds the lock of the owner's row, so that
 * nothing can be minted by what is being ended.
 */
@Injectable()
export class Lineage {
  private readonly kinds: MintedKind[] = [];

  register(kind: MintedKind): void {
    this.kinds.push(kind);
  }

  /** Ends all that the root has minted, and all that that has minted, whatever its kind. */
  async endDescendants(em: EntityManager, end: LineEnd): Promise<void> {
    const known = new Set([end.rootId]);
    for (let minters = [end.rootId]; minters.length > 0;) {
      const minted: string[] = [];
      for (const kind of this.kinds) minted.push(...(await kind.endMintedBy(em, minters, end)));
      minters = minted.filter((id) => !known.has(id));
      for (const id of minters) known.add(id);
    }
  }

  /** @throws AppError AUTH_002 if the calling credential has ended since the request came in */
  async assertStands(em: EntityManager, caller: Principal): Promise<void> {
    const kind = this.kinds.find((candidate) => candidate.kind === caller.kind);
    if (!kind || (await kind.stands(em, caller.userId, caller.credentialId))) return;
    throw new AppError(caller.kind === 'api_key' ? 'AUTH_004' : 'AUTH_002', {
      detail: 'This credential has ended meanwhile.',
    });
  }
}

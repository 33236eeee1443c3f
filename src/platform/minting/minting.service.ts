import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { excessOf, type Reach, reachOf, withinRole } from '../../kernel/access/ceiling.js';
import type { Role } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import type { FieldError } from '../../kernel/field-error.js';
import { SessionStanding, StepUps } from '../access/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { Lineage, type MintedKind, type MintedKindName } from './lineage.js';

/** The caller as one that makes or changes credentials. */
export interface Minter {
  readonly caller: Principal;
  /** How far it reaches at this moment, which may be less than when the request came in. */
  readonly reach: Reach;
  /** What it mints names it as `minted_by`; null: a login session. */
  readonly id: string | null;
}

/** A credential before and after a change. */
export interface Change {
  /** Null: it did not open anything before, or from now on opens the same to somebody else. */
  readonly before: Reach | null;
  readonly after: Reach;
}

/**
 * The one gate of minting, for every kind of credential: whatever comes to reach further than it did stays below the
 * ceiling of its minter, and a session steps up for it where that is demanded. To be asked in the transaction that acts,
 * under the lock of the owner's row.
 */
@Injectable()
export class Minting {
  constructor(
    private readonly lineage: Lineage,
    private readonly stepUps: StepUps,
    private readonly sessions: SessionStanding,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The caller as a minter, with the role that its owner, locked just now, has at this moment; null: disabled or gone.
   * @throws AppError AUTH_002, AUTH_004 if the caller or its owner has ended since the request came in
   */
  async begin(em: EntityManager, caller: Principal, role: Role | null): Promise<Minter> {
    if (role === null) throw new AppError(caller.kind === 'api_key' ? 'AUTH_004' : 'AUTH_002');
    const presented = reachOf(caller);
    if (caller.kind === 'session') {
      await this.sessions.assertStands(em, caller);
      return { caller, reach: withinRole(presented, role), id: null };
    }
    const current = withinRole(await this.lineage.reachOf(em, caller), role);
    // a token may have been granted less than the credential behind it may do
    const permissions = current.permissions.intersect(presented.permissions);
    return { caller, reach: { ...current, permissions }, id: caller.credentialId };
  }

  /**
   * Lets a credential be made, returned, or changed into another one.
   * @throws AppError AUTH_009 if it could do more than its minter, AUTH_006 from a session that has to step up first
   */
  async admit(em: EntityManager, minter: Minter, kind: MintedKindName, target: Reach): Promise<void> {
    const excess = excessOf(target, minter.reach);
    if (excess.length > 0) throw beyondCeiling(this.lineage.kind(kind), excess);
    await this.stepUps.assertMayMint(em, minter.caller);
  }

  /** Lets a credential be changed: narrowing is free, widening is minting. @throws AppError AUTH_009, AUTH_006 */
  async admitChange(em: EntityManager, minter: Minter, kind: MintedKindName, change: Change): Promise<void> {
    const isWider = change.before === null || excessOf(change.after, change.before).length > 0;
    if (isWider) await this.admit(em, minter, kind, change.after);
  }

  /**
   * Lets an owner have one more credential of a kind; to be asked before it is written.
   * @param timesMost how many times the bound: what replaces another may stand beside it for a while
   * @throws AppError REQ_006 if there are enough
   */
  async assertOneMore(em: EntityManager, ownerId: string, kind: MintedKindName, timesMost = 1): Promise<void> {
    const most = this.config.credentialsPerOwner[kind] * timesMost;
    if (most === 0) return;
    const counted = this.lineage.kind(kind);
    if ((await counted.count(em, ownerId)) < most) return;
    const { many } = counted.nouns;
    throw new AppError('REQ_006', { detail: `An account has at most ${most} ${many} here; end one of yours first.` });
  }
}

function beyondCeiling(kind: MintedKind, excess: readonly FieldError[]): AppError {
  const errors = excess.map((fault) =>
    fault.field === 'permissions' ? { ...fault, field: kind.permissionsField } : fault,
  );
  return new AppError('AUTH_009', {
    detail: `${kind.nouns.one} cannot reach further than the calling credential: ${errors[0]?.field} ${errors[0]?.message}.`,
    errors,
  });
}

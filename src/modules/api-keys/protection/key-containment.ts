import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../kernel/clock.js';
import { Invalidations } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { Lineage, type LineEnd } from '../../../platform/minting/index.js';
import { lockUser } from '../../users/index.js';
import { ApiKey } from '../api-key.entity.js';
import { keyEvent } from '../api-key-events.js';
import { statusOf } from '../api-key-status.js';
import { MintedKeys } from '../minted-keys.js';
import type { LeakAction } from './key-protection.entity.js';

/** A key and whose it is. */
export interface OwnedKey {
  readonly id: string;
  readonly ownerId: string;
}

/** Stops keys that are no longer in their owner's hands alone. */
@Injectable()
export class KeyContainment {
  constructor(
    private readonly keys: MintedKeys,
    private readonly lineage: Lineage,
    private readonly outbox: Outbox,
    private readonly invalidations: Invalidations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Revokes a key with all that it has minted, or quarantines it alone, or does nothing; an expired one too, which its
   * owner could let live again. @returns false if it was revoked before
   */
  async contain(em: EntityManager, { id, ownerId }: OwnedKey, action: LeakAction, reason: string): Promise<boolean> {
    await lockUser(em, ownerId);
    const key = await em.findOne(ApiKey, { id, owner: ownerId });
    if (!key) return false;
    const status = statusOf(key, this.clock.now());
    if (status === 'revoked') return false;
    if (action === 'revoke') await this.revoke(em, { id, ownerId }, reason);
    if (action === 'quarantine' && status !== 'quarantined') await this.quarantine(em, key, reason);
    return true;
  }

  private async revoke(em: EntityManager, { id, ownerId }: OwnedKey, reason: string): Promise<void> {
    const end: LineEnd = { ownerId, rootId: id, at: new Date(this.clock.now()), isLater: false, reason };
    await this.keys.end(em, [id], end);
    await this.lineage.endDescendants(em, end);
  }

  private async quarantine(em: EntityManager, key: ApiKey, reason: string): Promise<void> {
    key.quarantinedAt = new Date(this.clock.now());
    await this.invalidations.announce(em, { kind: 'key', id: key.id });
    const facts = { id: key.id, name: key.name, ownerId: key.owner.id };
    this.outbox.record(em, keyEvent('quarantined', facts, { reason }));
  }
}

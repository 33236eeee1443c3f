import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../kernel/clock.js';
import { AuditTrail } from '../../../platform/audit/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { OAuthSigningKey } from './signing-key.entity.js';
import { type SigningKey, SigningKeyStore } from './signing-key-store.js';

/** How long a key is published before it signs: whoever keeps our keys has fetched them anew by then. */
const ANNOUNCED_MS = 60 * 60 * 1000;

/** How long a key stays published after the next one signs: an hour for its last tokens, and one for wrong clocks. */
const OUTLIVED_MS = 2 * 60 * 60 * 1000;

/** Which key signs next. */
export interface Rotation {
  readonly kid: string;
  readonly signsFrom: Date;
  /** False: it had been announced before, and nothing was done. */
  readonly isNew: boolean;
}

/** Brings in new signing keys. */
@Injectable()
export class SigningKeyRotation {
  constructor(
    private readonly store: SigningKeyStore,
    private readonly trail: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Announces a new key, in one transaction; while one is announced there is no second. */
  rotate(): Promise<Rotation> {
    return this.store.exclusively(async (em) => {
      const now = this.clock.now();
      const [newest] = await this.store.published(em);
      if (newest && newest.signsFromMs > now) return rotationOf(newest, false);
      return this.replace(em, {
        reason: 'rotation',
        signsFromMs: newest ? now + ANNOUNCED_MS : now,
        keptMs: OUTLIVED_MS,
      });
    });
  }

  /** A new key signs at once, and nobody is told to trust the others any more: one of them is in wrong hands. */
  replaceLeaked(): Promise<Rotation> {
    return this.store.exclusively((em) =>
      this.replace(em, { reason: 'leak', signsFromMs: this.clock.now(), keptMs: 0 }),
    );
  }

  private async replace(
    em: EntityManager,
    { reason, signsFromMs, keptMs }: { reason: 'rotation' | 'leak'; signsFromMs: number; keptMs: number },
  ): Promise<Rotation> {
    const publishedUntil = new Date(signsFromMs + keptMs);
    await em.nativeUpdate(
      OAuthSigningKey,
      { $or: [{ publishedUntil: null }, { publishedUntil: { $gt: publishedUntil } }] },
      { publishedUntil },
    );
    const rotation = rotationOf(this.store.make(em, signsFromMs), true);
    const data = { kid: rotation.kid, signs_from: rotation.signsFrom.toISOString(), reason };
    this.trail.record(em, { type: 'oauth.signing_key.rotated', ownerId: null, data });
    return rotation;
  }
}

function rotationOf({ kid, signsFromMs }: SigningKey, isNew: boolean): Rotation {
  return { kid, signsFrom: new Date(signsFromMs), isNew };
}

import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { isPolicy, printSubject } from './invalidation-subject.js';
import type { VerifiedCredential } from './verified-credential.js';

/** Limits of a {@link PrincipalCache}. */
export interface PrincipalCacheLimits {
  /** Most principals it holds. */
  readonly sizeMax: number;
  /** Longest life of an entry in milliseconds, whatever its credential allows: defence in depth. */
  readonly ttlMs: number;
  /** Most invalidated subjects it remembers before it forgets everything. */
  readonly stampsMax: number;
}

interface Entry {
  readonly principal: Principal;
  readonly subjects: readonly string[];
  readonly staleAtMs: number;
  /** The epoch up to which no invalidation has touched the subjects. */
  soundUntil: number;
}

/**
 * Verified principals by the digest of their credential. Pure: the caller says what time it is and what has changed.
 *
 * Each invalidation starts a new epoch and stamps its subject with it. An entry is sound if none of its subjects bears
 * a stamp younger than the entry, which a hit has to look up only once an epoch. A fill takes the epoch before it asks
 * the database, so one that was overtaken by an invalidation of a subject of its own is recognised and discarded.
 *
 * Two generations bound the size: when the young one is full it becomes the old one, and what was not used since then
 * is forgotten. A hit therefore costs one lookup and no bookkeeping.
 */
export class PrincipalCache {
  private young = new Map<string, Entry>();
  private old = new Map<string, Entry>();
  private readonly stamps = new Map<string, number>();
  private epoch = 0;
  /** Fills that began before this epoch are worthless. */
  private floor = 0;

  /** `clock` decides whether a credential has ended; `monotonicMs` never moves back and measures the life of entries. */
  constructor(
    private readonly limits: PrincipalCacheLimits,
    private readonly clock: Clock,
    private readonly monotonicMs: () => number,
  ) {}

  /** Principals held, at most `sizeMax`. */
  get size(): number {
    return this.young.size + this.old.size;
  }

  /** The principal of a credential; null if it is not known, has ended, or something it depends on has changed. */
  find(digest: string): Principal | null {
    let entry = this.young.get(digest);
    if (!entry) {
      entry = this.old.get(digest);
      if (!entry) return null;
      this.keep(digest, entry);
    }
    if (this.isSound(entry) && this.isAlive(entry)) return entry.principal;
    this.young.delete(digest);
    return null;
  }

  /** Begins a fill: call before the database is asked. @returns what {@link put} wants to know */
  begin(): number {
    return this.epoch;
  }

  /** Ends a fill. @returns false if an invalidation overtook it, so that it was discarded */
  put(digest: string, begun: number, { principal, dependsOn }: VerifiedCredential): boolean {
    const entry: Entry = {
      principal,
      subjects: dependsOn.map(printSubject),
      staleAtMs: this.monotonicMs() + this.limits.ttlMs,
      soundUntil: begun,
    };
    if (begun < this.floor || !this.isSound(entry)) return false;
    this.keep(digest, entry);
    return true;
  }

  /** Drops what depends on the subject, and every fill under way that will turn out to. Takes the printed form. */
  invalidate(subject: string): void {
    if (isPolicy(subject) || this.stamps.size >= this.limits.stampsMax) {
      this.clear();
      return;
    }
    this.epoch += 1;
    this.stamps.set(subject, this.epoch);
  }

  /** Drops everything, and every fill under way. */
  clear(): void {
    this.epoch += 1;
    this.floor = this.epoch;
    this.young.clear();
    this.old.clear();
    this.stamps.clear();
  }

  private isSound(entry: Entry): boolean {
    if (entry.soundUntil === this.epoch) return true;
    for (const subject of entry.subjects) {
      if ((this.stamps.get(subject) ?? 0) > entry.soundUntil) return false;
    }
    entry.soundUntil = this.epoch;
    return true;
  }

  private isAlive({ principal: { credentialExpiresAt }, staleAtMs }: Entry): boolean {
    return this.monotonicMs() < staleAtMs && (credentialExpiresAt === null || this.clock.now() < credentialExpiresAt);
  }

  private keep(digest: string, entry: Entry): void {
    this.old.delete(digest);
    if (this.young.size >= this.limits.sizeMax / 2 && !this.young.has(digest)) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(digest, entry);
  }
}

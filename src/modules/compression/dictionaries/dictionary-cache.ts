import type { InvalidationListener } from '../../../platform/access/index.js';

/** A dictionary in memory. */
export interface CachedDictionary {
  readonly ownerId: string;
  readonly content: Buffer;
}

/** A few hundred dictionaries of the usual size. */
const BYTES_MAX = 16 * 1024 * 1024;

/** The dictionaries used last, by id. What was read before an invalidation and arrives after it is not kept. */
export class DictionaryCache implements InvalidationListener {
  /** In the order of their last use. */
  private readonly entries = new Map<string, CachedDictionary>();
  private bytes = 0;
  private epoch = 0;

  constructor(private readonly bytesMax = BYTES_MAX) {}

  find(id: string): CachedDictionary | undefined {
    const entry = this.entries.get(id);
    if (entry) {
      this.entries.delete(id);
      this.entries.set(id, entry);
    }
    return entry;
  }

  /** To be asked before the database is, and handed to {@link put} with what it says. */
  begin(): number {
    return this.epoch;
  }

  put(id: string, begun: number, entry: CachedDictionary): void {
    if (begun !== this.epoch) return;
    this.drop(id);
    this.entries.set(id, entry);
    this.bytes += entry.content.length;
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.bytesMax) break;
      this.drop(oldest);
    }
  }

  invalidate(id: string): void {
    this.epoch += 1;
    this.drop(id);
  }

  clear(): void {
    this.epoch += 1;
    this.entries.clear();
    this.bytes = 0;
  }

  private drop(id: string): void {
    this.bytes -= this.entries.get(id)?.content.length ?? 0;
    this.entries.delete(id);
  }
}

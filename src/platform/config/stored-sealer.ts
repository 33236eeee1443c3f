import { type MasterKey, type SealContext, Sealer, SealError } from '../../kernel/crypto/seal.js';

/**
 * The sealer of a process whose master keys are stored in the data directory. Another process may rotate them there at
 * any time: what is sealed is sealed under the newest one, and a value under a key that came later opens as well.
 */
export class StoredSealer extends Sealer {
  readonly #stored: () => readonly MasterKey[] | null;

  /** `stored` reads the keys as they are now; null: they cannot be read, and those of the start go on. */
  constructor(atStart: readonly MasterKey[], stored: () => readonly MasterKey[] | null) {
    super(atStart);
    this.#stored = stored;
  }

  override seal(plaintext: string | Buffer, context: SealContext): string {
    return this.#latest()?.seal(plaintext, context) ?? super.seal(plaintext, context);
  }

  override open(sealed: string, context: SealContext): Buffer {
    try {
      return super.open(sealed, context);
    } catch (error) {
      const latest = error instanceof SealError && error.fault === 'unknown-key' ? this.#latest() : null;
      if (!latest) throw error;
      return latest.open(sealed, context);
    }
  }

  override needsResealing(sealed: string): boolean {
    return this.#latest()?.needsResealing(sealed) ?? super.needsResealing(sealed);
  }

  #latest(): Sealer | null {
    const keys = this.#stored();
    return keys && new Sealer(keys);
  }
}

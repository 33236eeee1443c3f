import { type MasterKey, type SealContext, Sealer, SealError } from '../../kernel/crypto/seal.js';

/**
 * The sealer of a process whose master keys are stored in the data directory. Another process may rotate them there at
 * any time: what is sealed is sealed under the newest one, and a value under a key that came later opens as well.
 */
export class StoredSealer extends Sealer {
  readonly #stored: () => readonly MasterKey[];

  constructor(stored: () => readonly MasterKey[]) {
    super(stored());
    this.#stored = stored;
  }

  override seal(plaintext: string | Buffer, context: SealContext): string {
    return new Sealer(this.#stored()).seal(plaintext, context);
  }

  override open(sealed: string, context: SealContext): Buffer {
    try {
      return super.open(sealed, context);
    } catch (error) {
      if (!(error instanceof SealError) || error.fault !== 'unknown-key') throw error;
      return new Sealer(this.#stored()).open(sealed, context);
    }
  }
}

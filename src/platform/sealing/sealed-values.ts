import { Inject, Injectable } from '@nestjs/common';
import { type SealContext, SealError, Sealer } from '../../kernel/crypto/seal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { LOG, type Log } from '../log/index.js';

/** When whoever met a value that does not open is told to try again, in seconds: somebody has to mend it first. */
const RETRY_AFTER_SECONDS = '60';

/**
 * Seals values for storage and opens stored ones. One that does not open is a damaged row or a lost key: the log names
 * it without its content, and only its owner is to feel it.
 */
@Injectable()
export class SealedValues {
  constructor(
    private readonly sealer: Sealer,
    @Inject(LOG) private readonly log: Log,
  ) {}

  seal(plaintext: string | Buffer, context: SealContext): string {
    return this.sealer.seal(plaintext, context);
  }

  /** The stored value; null: it does not open. */
  find(sealed: string, context: SealContext): Buffer | null {
    try {
      return this.sealer.open(sealed, context);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      const { table, row } = context;
      this.log.error({ table, row, fault: error.fault }, 'a sealed value does not open');
      return null;
    }
  }

  /** The stored value. @throws AppError SRV_002, with `detail` for whoever needs it, when it does not open */
  open(sealed: string, context: SealContext, detail: string): Buffer {
    const opened = this.find(sealed, context);
    if (opened) return opened;
    throw new AppError('SRV_002', {
      detail,
      headers: { 'Retry-After': RETRY_AFTER_SECONDS },
      internal: 'a sealed value does not open',
    });
  }
}

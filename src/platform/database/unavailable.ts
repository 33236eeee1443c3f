import { AppError } from '../../kernel/errors/app-error.js';
import { codeOf } from '../../kernel/errors/code-of.js';

/** Seconds after which a client is told to try again. */
const RETRY_AFTER_SECONDS = '2';

/**
 * SQLSTATE classes and codes that mean "not now": 08 connection, 25006 a server that has become a standby, 25P03 and 25P04 a
 * transaction that took too long, 28 and 3D000 a server that lets nobody in (a password or a database being replaced), 40001
 * and 40P01 given up for another transaction, 53 resources, 55P03 a lock that was not to be had, 57014 a statement that took
 * too long, 57P0x shutdown and start, 58 faults of its disk.
 */
const UNAVAILABLE_SQLSTATE = /^(?:08...|25006|25P03|25P04|28...|3D000|40001|40P01|53...|55P03|57014|57P0[1-5]|58...)$/;

const UNAVAILABLE_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  // no connection can be opened while the process has too many files open
  'EMFILE',
  'ENFILE',
]);

/** Sentences by which the driver, which gives no code there, reports a lost or unobtainable connection. */
const UNAVAILABLE_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end/;

/** Whether this failure, or one that caused it, is a database that does not answer. */
export function isUnavailable(error: unknown): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth++) {
    const code = codeOf(current) ?? '';
    if (UNAVAILABLE_SQLSTATE.test(code) || UNAVAILABLE_SYSTEM_CODES.has(code)) return true;
    if (UNAVAILABLE_MESSAGES.test(current.message)) return true;
    if (current instanceof AggregateError && current.errors.some(isUnavailable)) return true;
  }
  return false;
}

/** Runs work against the database; a database that does not answer becomes SRV_002, everything else passes. */
export async function dependencyUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError || !isUnavailable(error)) throw error;
    throw new AppError('SRV_002', {
      detail: 'The database does not answer at the moment.',
      headers: { 'Retry-After': RETRY_AFTER_SECONDS },
      internal: 'database unavailable',
      cause: error,
    });
  }
}

import { AppError } from '../../kernel/errors/app-error.js';
import { codeOf } from '../../kernel/errors/code-of.js';

/** Seconds after which a client is told to try again. */
const RETRY_AFTER_SECONDS = '2';

/**
 * SQLSTATE classes and codes that mean "the server cannot serve now": 08 connection, 53 resources, 57P0x shutdown, 57014
 * a statement that took too long, 25P03 a transaction that was left idle, 40P01 given up for another transaction that
 * waited for this one.
 */
const UNAVAILABLE_SQLSTATE = /^(08...|53...|57P0[1-5]|57014|25P03|25006|40P01)$/;

const UNAVAILABLE_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
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

import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { codeOf } from '../../kernel/errors/code-of.js';
import type { Log } from '../log/index.js';
import { DatabaseStartError } from './database-start-error.js';
import { isUnavailable } from './unavailable.js';
import { withoutPassword } from './without-password.js';

/** The pause before the second attempt; doubled each time. */
const PAUSE_FIRST_MS = 250;
const PAUSE_MAX_MS = 5_000;

/** How long an attempt may take: a host that is down says nothing. In milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;

/** SQLSTATE class and code of a login that is refused: waiting mends neither a password nor a name. */
const LOGIN_REFUSED = /^(?:28...|3D000)$/;

/** A connection string and the setting that holds it. */
export interface NamedUrl {
  readonly setting: string;
  readonly url: string;
}

/**
 * Waits until a database lets this process in, at most `waitSeconds`: it may be starting itself, or failing over.
 * @throws DatabaseStartError when it does not in time, or refuses the login, which is said at once
 */
export async function awaitDatabase(target: NamedUrl, waitSeconds: number, log: Log): Promise<void> {
  const deadline = performance.now() + waitSeconds * 1_000;
  for (let pauseMs = PAUSE_FIRST_MS; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS)) {
    const fault = await connectOnce(target.url);
    if (!fault) return;
    const where = `${target.setting} (${withoutPassword(target.url)})`;
    if (!isUnavailable(fault) || LOGIN_REFUSED.test(codeOf(fault) ?? '')) {
      throw new DatabaseStartError(`The database of ${where} lets nobody in: ${sentenceOf(fault)}.`, { cause: fault });
    }
    if (performance.now() + pauseMs > deadline) {
      const sentence = `The database of ${where} has not answered within ${waitSeconds} s: ${sentenceOf(fault)}.`;
      throw new DatabaseStartError(sentence, { cause: fault });
    }
    log.warn({ database: withoutPassword(target.url), reason: sentenceOf(fault) }, 'waiting for the database');
    await sleep(pauseMs);
  }
}

async function connectOnce(url: string): Promise<Error | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // a connection that breaks while it is closed again has served
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** A name with several addresses fails with one error for each, and no message of its own. */
function sentenceOf(fault: Error): string {
  return fault instanceof AggregateError ? fault.errors.map((one: Error) => one.message).join('; ') : fault.message;
}

import { parseArgs } from 'node:util';
import { type AppContext, openContext } from '../bootstrap.js';
import { RefreshSecretUsage } from '../modules/auth/index.js';
import {
  type Config,
  developmentSecrets,
  newSecret,
  readConfig,
  replaceDevelopmentSecrets,
} from '../platform/config/index.js';
import { exclusively, openDatabaseConnections } from '../platform/database/index.js';
import { Resealing } from '../platform/sealing/index.js';
import { createLog } from '../platform/log/index.js';
import { endWithoutDatabase } from '../process-end.js';

/** Name of the lock of whoever changes the secrets, or needs them to stay what they are. */
export const SECRETS_LOCK = 'kindly.secrets';

const BY_HAND = `
The secrets come from the environment, so it is you who changes them, in three steps that log nobody out. In each, list
newest first in KINDLY_MASTER_KEY and JWT_SECRETS, and restart every process before the next:
  1. append the new secret:           KINDLY_MASTER_KEY=<old>,<new>
  2. put it first:                    KINDLY_MASTER_KEY=<new>,<old>   then run this command again
  3. drop the old one:                KINDLY_MASTER_KEY=<new>         JWT_SECRETS 30 days after step 2
Generate secrets with: openssl rand -base64 32
`;

/**
 * Brings in new secrets beside the old ones and moves what is sealed to them; with `--finish` drops the old ones that
 * nothing needs. It can be killed and run again at any moment.
 */
export async function rotateSecrets(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: { finish: { type: 'boolean', default: false } } });
  const config = readConfig({ LOG_LEVEL: 'error', ...process.env });
  const log = createLog(config.logLevel);
  const connections = await openDatabaseConnections(config, { log, lost: endWithoutDatabase });
  try {
    const work = (): Promise<number> => (values.finish ? finish(config) : rotate(config));
    const exitCode = await exclusively(connections.ownerUrl, SECRETS_LOCK, work);
    if (exitCode !== undefined) return exitCode;
    say('Another process is rotating the secrets.');
    return 1;
  } finally {
    await connections.close();
  }
}

async function rotate(config: Config): Promise<number> {
  const isByHand = config.masterKeys !== null && config.jwtSecrets !== null;
  await withContext(config, (context) => {
    // the context has opened with the present keys: new ones must not come before a wrong key is found out
    if (!isByHand) bringIn(config.dataDirectory);
    return reseal(context);
  });
  if (isByHand) say(BY_HAND);
  else
    say(
      'Restart running servers now. Then, when the old tokens have expired: npm run kindly -- secrets rotate --finish',
    );
  return 0;
}

/** New secrets come first, the old ones stay; a rotation that is under way is continued and brings in nothing. */
function bringIn(dataDirectory: string): void {
  const { masterKeys, jwtSecrets, rotatedAt } = developmentSecrets(dataDirectory);
  if (rotatedAt) {
    say(`The rotation of ${rotatedAt.toISOString()} goes on; no further secrets are made.`);
    return;
  }
  replaceDevelopmentSecrets(dataDirectory, {
    masterKeys: [newSecret(), ...masterKeys],
    jwtSecrets: [newSecret(), ...jwtSecrets],
    rotatedAt: new Date(),
  });
  say(`New secrets are in ${dataDirectory}; the old ones stay valid.`);
}

async function finish(config: Config): Promise<number> {
  if (config.masterKeys !== null && config.jwtSecrets !== null) {
    say(BY_HAND);
    return 1;
  }
  const { masterKeys, jwtSecrets, rotatedAt } = developmentSecrets(config.dataDirectory);
  if (!rotatedAt) {
    say('No rotation is under way.');
    return 1;
  }
  const older = await withContext(config, async (context) => {
    await reseal(context);
    return context.app.get(RefreshSecretUsage).olderThan(rotatedAt);
  });
  const isOver = older.until === null;
  replaceDevelopmentSecrets(config.dataDirectory, {
    masterKeys: masterKeys.slice(0, 1),
    jwtSecrets: isOver ? jwtSecrets.slice(0, 1) : jwtSecrets,
    rotatedAt: isOver ? null : rotatedAt,
  });
  say('The old master key is dropped.');
  if (isOver) say('The old JWT secret is dropped. Restart running servers.');
  else {
    say(`The old JWT secret stays until ${older.until.toISOString()}: ${older.sessions} session(s) still need it.`);
  }
  return isOver ? 0 : 1;
}

async function reseal(context: AppContext): Promise<void> {
  const { moved, unreadable } = await context.app.get(Resealing).run();
  say(`${moved} sealed value(s) moved to the newest master key.`);
  if (unreadable.length > 0) say(`No key opens these, which stay as they are:\n  ${unreadable.join('\n  ')}`);
}

async function withContext<T>(config: Config, work: (context: AppContext) => Promise<T>): Promise<T> {
  const context = await openContext(config);
  try {
    return await work(context);
  } finally {
    await context.close();
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

import { parseArgs } from 'node:util';
import { openContext } from '../bootstrap.js';
import { type Rotation, SigningKeyRotation } from '../modules/oauth/index.js';
import { readConfig } from '../platform/config/index.js';

/**
 * Announces a new key for ID tokens and JWT access tokens, which signs later; with `--leaked` it signs at once and the
 * old ones are withdrawn. It can be killed and run again at any moment, while servers run.
 */
export async function rotateSigningKey(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: { leaked: { type: 'boolean', default: false } } });
  const context = await openContext(readConfig({ LOG_LEVEL: 'error', ...process.env }));
  try {
    const rotation = context.app.get(SigningKeyRotation);
    const rotated = await (values.leaked ? rotation.replaceLeaked() : rotation.rotate());
    process.stdout.write(`${sentenceOf(rotated, values.leaked)}\n`);
    return 0;
  } finally {
    await context.close();
  }
}

function sentenceOf({ kid, signsFrom, isNew }: Rotation, isLeaked: boolean): string {
  if (isLeaked) return `The key ${kid} signs now; within a minute no server publishes or uses the others.`;
  const from = signsFrom.toISOString();
  if (isNew) return `The key ${kid} is published now and signs from ${from} on.`;
  return `The key ${kid} was announced before and signs from ${from} on; nothing was done.`;
}

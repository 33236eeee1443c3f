import { setPriority } from 'node:os';
import argon2 from 'argon2';

/** What the parent asks. */
export type HashQuestion =
  | { readonly operation: 'hash'; readonly password: string }
  | { readonly operation: 'verify'; readonly password: string; readonly hash: string };

/** A question on its way; the id tells the answers apart. */
type HashRequest = HashQuestion & { readonly id: number };

/** The PHC string, or whether the password matched. */
export interface HashReply {
  readonly id: number;
  readonly result: string | boolean;
}

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane. */
const COST = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Requests with a key go first when the processor is scarce. */
const BACKGROUND_PRIORITY = 10;

async function answer(request: HashRequest): Promise<HashReply> {
  if (request.operation === 'hash') return { id: request.id, result: await argon2.hash(request.password, COST) };
  // a stored hash that cannot be read matches nothing
  const matches = await argon2.verify(request.hash, request.password).catch(() => false);
  return { id: request.id, result: matches };
}

setPriority(BACKGROUND_PRIORITY);
process.on('message', (request: HashRequest) => {
  void answer(request).then((reply) => process.send?.(reply));
});
// the parent ends the process by closing the channel, or by dying; a signal to the group must not cut a hash short
process.on('disconnect', () => process.exit());
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

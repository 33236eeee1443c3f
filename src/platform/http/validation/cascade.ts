import { z } from 'zod';

/** Input of what ends a credential: whether all that it minted ends too, of whatever kind, and all that that minted. */
export function cascadeInput(isDefault: boolean) {
  return z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(isDefault)
    .meta({
      description: `End all that it minted too (keys, service accounts, OAuth clients), and theirs; ${isDefault} unless given.`,
    });
}

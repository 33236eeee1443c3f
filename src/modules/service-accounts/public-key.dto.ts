import { z } from 'zod';
import { parsePublicKey } from '../../kernel/jose/parse-public-key.js';
import type { VerificationKey } from '../../kernel/jose/verification-key.js';
import { isFault } from '../../kernel/fault.js';

/** Input: a public key in PEM or as a JWK; the message never repeats it, for it may be a private one by mistake. */
export const PublicKeyInput = z
  .union([z.string(), z.record(z.string(), z.unknown())])
  .transform((input, context): VerificationKey => {
    const key = parsePublicKey(input);
    if (!isFault(key)) return key;
    context.addIssue({ code: 'custom', message: key.fault });
    return z.NEVER;
  });

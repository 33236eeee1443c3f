import { z } from 'zod';
import { parsePublicKey, PUBLIC_KEY_LENGTH_MAX } from '../../kernel/jose/parse-public-key.js';
import type { VerificationKey } from '../../kernel/jose/verification-key.js';
import { isFault } from '../../kernel/fault.js';

/** Input: a public key in PEM or as a JWK; the message never repeats it, for it may be a private one by mistake. */
export const PublicKeyInput = z
  .union([z.string().meta({ maxLength: PUBLIC_KEY_LENGTH_MAX }), z.record(z.string().max(64), z.unknown())])
  .transform((input, context): VerificationKey => {
    const key = parsePublicKey(input);
    if (!isFault(key)) return key;
    context.addIssue({ code: 'custom', message: key.fault });
    return z.NEVER;
  });

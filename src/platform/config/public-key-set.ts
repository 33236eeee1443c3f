import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** ECDSA keys on P-256 by their identifiers. */
export type PublicKeySet = ReadonlyMap<string, KeyObject>;

const Published = z.object({
  public_keys: z.array(z.object({ key_identifier: z.string().min(1).max(200), key: z.string() })).min(1),
});

/** Public keys as GitHub publishes them: `{"public_keys": [{"key_identifier": "…", "key": "-----BEGIN PUBLIC KEY-----…"}]}`. */
export const publicKeySet = z.string().transform((text, context): PublicKeySet => {
  const published = parse(text);
  if (!published) {
    context.addIssue({ code: 'custom', message: 'must be JSON: {"public_keys": [{"key_identifier": …, "key": …}]}' });
    return z.NEVER;
  }
  const keys = new Map<string, KeyObject>();
  for (const { key_identifier: identifier, key } of published.public_keys) {
    const parsed = ecdsaKey(key);
    if (parsed) keys.set(identifier, parsed);
    else context.addIssue({ code: 'custom', message: `the key "${identifier}" is not a P-256 public key in PEM` });
  }
  return keys;
});

function parse(text: string): z.infer<typeof Published> | null {
  try {
    return Published.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function ecdsaKey(pem: string): KeyObject | null {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null;
  } catch {
    return null;
  }
}

import { z } from 'zod';
import { type AddressRange, parseAddressRange } from '../../kernel/net/address-range.js';

/** Shortest text that counts as a secret, in characters. */
const SECRET_LENGTH_MIN = 32;

/** Words that betray a secret copied from documentation. */
const EXAMPLE_SECRET = /change[-_ ]?me|example|placeholder|your[-_ ]|secret[-_ ]?here|^(.)\1+$/i;

function commaSeparated(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A decimal integer within bounds. */
export function wholeNumber(min: number, max: number): z.ZodType<number> {
  return z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);
}

const UNIT_BYTES: Record<string, number> = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** A size in bytes, either plain or with a binary unit: `65536`, `10MiB`. */
export const byteSize = z
  .string()
  .regex(/^\d{1,12}\s*(KiB|MiB|GiB)?$/, 'must be a size such as 65536 or 10MiB')
  .transform((text) => {
    const [, digits = '0', unit = ''] = /^(\d+)\s*(\w*)$/.exec(text) ?? [];
    return Number(digits) * (UNIT_BYTES[unit] ?? 1);
  });

/** `true`/`false`, `1`/`0`, `yes`/`no`, `on`/`off`. */
export const switchFlag = z
  .stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] })
  .describe('on or off');

/** Comma-separated secrets, newest first, each long enough and not copied from an example. */
export const secretList = z.string().transform((text, context): string[] => {
  const secrets = commaSeparated(text);
  for (const [position, secret] of secrets.entries()) {
    const which = secrets.length > 1 ? `entry ${position + 1} ` : '';
    if (secret.length < SECRET_LENGTH_MIN) {
      context.addIssue({ code: 'custom', message: `${which}must have at least ${SECRET_LENGTH_MIN} characters` });
    } else if (EXAMPLE_SECRET.test(secret)) {
      context.addIssue({
        code: 'custom',
        message: `${which}looks like an example; generate one with: openssl rand -base64 32`,
      });
    }
  }
  if (secrets.length === 0) context.addIssue({ code: 'custom', message: 'must name at least one secret' });
  return secrets;
});

/** A bearer token (RFC 6750 §2.1), long enough not to be guessed. */
export const accessToken = z
  .string()
  .regex(/^[\w.~+/-]+=*$/, 'must consist of letters, digits and ._~+/-')
  .min(SECRET_LENGTH_MIN, `must have at least ${SECRET_LENGTH_MIN} characters`)
  .refine((token) => !EXAMPLE_SECRET.test(token), 'looks like an example; generate one with: openssl rand -hex 32');

/** Comma-separated addresses and CIDR ranges. */
export const addressRangeList = z.string().transform((text, context): AddressRange[] => {
  const ranges: AddressRange[] = [];
  for (const entry of commaSeparated(text)) {
    const range = parseAddressRange(entry);
    if ('fault' in range) context.addIssue({ code: 'custom', message: `"${entry}" ${range.fault}` });
    else ranges.push(range);
  }
  return ranges;
});

/** Comma-separated web origins, `https://app.example.com`. */
export const originList = z.string().transform((text, context): string[] => {
  const origins = commaSeparated(text);
  for (const origin of origins) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    context.addIssue({ code: 'custom', message: `"${origin}" is not an origin such as https://app.example.com` });
  }
  return origins;
});

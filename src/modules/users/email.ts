import { z } from 'zod';

/** Longest address that SMTP can carry (RFC 5321 §4.5.3.1.3), in characters. */
const EMAIL_LENGTH_MAX = 254;

/** The form in which addresses are compared: compatibility characters folded (NFKC), lower case. */
export function normaliseEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}

/** Input: an e-mail address; validated in its normalised form, so that look-alikes cannot slip through. */
export const EmailInput = z
  .string()
  .max(EMAIL_LENGTH_MAX * 2)
  .transform((text) => text.trim().normalize('NFKC'))
  .pipe(z.email('must be an e-mail address').max(EMAIL_LENGTH_MAX))
  .meta({ format: 'email', examples: ['user@example.com'] });

import { z } from 'zod';

const PASSWORD_LENGTH_MIN = 12;
const PASSWORD_LENGTH_MAX = 128;

/** The shortest local part of an address that a password must not contain; shorter ones occur by chance. */
const LOCAL_PART_LENGTH_MIN = 4;

/** The form in which passwords are hashed: the same characters typed on another keyboard give the same password. */
export function normalisePassword(plaintext: string): string {
  return plaintext.normalize('NFKC');
}

/** Input: a password for an existing account; bounded only, so that old passwords keep working under new rules. */
export const PasswordInput = z.string().min(1).max(1_024).meta({ format: 'password' });

/** Input: a new password. NIST SP 800-63B §3.1.1: length matters, composition rules do not. */
export const NewPasswordInput = z
  .string()
  .refine((text) => {
    const characters = Array.from(normalisePassword(text)).length;
    return characters >= PASSWORD_LENGTH_MIN && characters <= PASSWORD_LENGTH_MAX;
  }, `must have ${PASSWORD_LENGTH_MIN} to ${PASSWORD_LENGTH_MAX} characters`)
  .meta({
    format: 'password',
    minLength: PASSWORD_LENGTH_MIN,
    maxLength: PASSWORD_LENGTH_MAX,
    examples: ['SecureP@ssw0rd!'],
  });

/** Whether a new password contains the address of its account, or the part of it before the @. */
export function containsEmail(plaintext: string, email: string): boolean {
  const password = normalisePassword(plaintext).toLowerCase();
  const address = email.toLowerCase();
  const localPart = address.slice(0, address.lastIndexOf('@'));
  const containsLocalPart = localPart.length >= LOCAL_PART_LENGTH_MIN && password.includes(localPart);
  return password.includes(address) || containsLocalPart;
}

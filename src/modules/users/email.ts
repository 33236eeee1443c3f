import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { TextInput } from '../../platform/http/validation/index.js';

/** Longest local part and longest address that SMTP can carry (RFC 5321 §4.5.3.1), in octets. */
const LOCAL_PART_LENGTH_MAX = 64;
const EMAIL_LENGTH_MAX = 254;
/** Longest text that is looked at: normalising may shorten it. */
const TYPED_LENGTH_MAX = EMAIL_LENGTH_MAX * 2;

/** `dot-atom-text` of RFC 5322 §3.2.3. Quoted local parts are not taken, nor those of RFC 6531, which need SMTPUTF8. */
const LOCAL_PART = /^[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*$/;
/** Two labels or more (RFC 1034 §3.5), the last one not a number: that would be an address. */
const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;
/** What the mapping below would read as the end of the host, an escape or an address. */
const FOREIGN_TO_DOMAINS = /[^\w.\-\u{80}-\u{10ffff}]/u;

/** The form in which addresses are compared: compatibility characters folded (NFKC), lower case, the domain in ASCII. */
export function normaliseEmail(email: string): string {
  return canonicalEmail(email).toLowerCase();
}

/** Input: the address of an existing account; bounded only, so that old addresses keep working under new rules. */
export const EmailInput = TextInput.max(TYPED_LENGTH_MAX)
  .transform((text) => text.trim().normalize('NFKC'))
  .pipe(z.string().regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address'))
  .meta({ format: 'email', maxLength: TYPED_LENGTH_MAX, examples: ['user@example.com'] });

/** Input: the address of a new account; validated in its canonical form, so that look-alikes cannot slip through. */
export const NewEmailInput = TextInput.max(TYPED_LENGTH_MAX)
  .transform(canonicalEmail)
  .superRefine((email, context) => {
    const fault = faultOf(email);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  })
  .meta({
    format: 'email',
    maxLength: TYPED_LENGTH_MAX,
    description: 'An international domain may be sent in either form; it is kept and shown in ASCII (RFC 5891).',
    examples: ['user@example.com'],
  });

/** The address as it is kept: the domain in ASCII and lower case (UTS #46), the local part as typed. */
function canonicalEmail(text: string): string {
  const email = text.trim().normalize('NFKC');
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  return email.slice(0, at + 1) + asciiDomain(domain);
}

/** A domain that has no ASCII form is left to be refused, or to be found as it was kept. */
function asciiDomain(domain: string): string {
  const ascii = FOREIGN_TO_DOMAINS.test(domain) ? '' : domainToASCII(domain);
  return ascii === '' ? domain.toLowerCase() : ascii;
}

function faultOf(email: string): string | null {
  const at = email.lastIndexOf('@');
  const localPart = email.slice(0, Math.max(at, 0));
  if (localPart.length > LOCAL_PART_LENGTH_MAX)
    return `must have at most ${LOCAL_PART_LENGTH_MAX} characters before the @`;
  if (email.length > EMAIL_LENGTH_MAX) return `must have at most ${EMAIL_LENGTH_MAX} characters`;
  if (/\P{ASCII}/u.test(localPart)) return 'must have ASCII characters only before the @';
  return LOCAL_PART.test(localPart) && DOMAIN.test(email.slice(at + 1)) ? null : 'must be an e-mail address';
}

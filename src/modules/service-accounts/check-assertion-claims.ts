import { isUuid } from '../../kernel/ids.js';
import type { CompactJws } from '../../kernel/jose/parse-compact-jws.js';
import { AssertionFault } from './assertion-fault.js';

/** How far ahead an assertion of an account or a client may expire, in seconds. */
const ASSERTION_TTL_SECONDS_MAX = 3_600;
/** How far a signer's clock may be ahead of ours for `iat` and `nbf`, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 60;
const JTI_LENGTH_MAX = 255;

/** What the claims are held against. */
export interface AssertionContext {
  readonly nowSeconds: number;
  /** The token URL and the issuer; an assertion is for exactly one of them. */
  readonly audiences: readonly string[];
}

/** The claims of an assertion that are in order (RFC 7523 §3), nothing verified yet. */
export interface AssertionClaims {
  readonly accountId: string;
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly jti: string | undefined;
  readonly scope: string | undefined;
}

/** Checks the claims of an assertion in their order. @throws AssertionFault with the first that is wrong */
export function checkAssertionClaims({ header, claims }: CompactJws, context: AssertionContext): AssertionClaims {
  requireType(header.typ);
  const accountId = issuerOf(claims);
  requireAudience(claims.aud, context.audiences);
  const exp = requireTimes(claims, context.nowSeconds);
  const { jti, scope } = claims;
  if (jti !== undefined && !isText(jti, JTI_LENGTH_MAX)) {
    throw new AssertionFault(`jti must be a string of 1 to ${JTI_LENGTH_MAX} characters.`);
  }
  if (scope !== undefined && typeof scope !== 'string') throw new AssertionFault('scope must be a string.');
  return { accountId, exp, jti, scope };
}

/** RFC 8725 §3.11: a token that says it is of another kind is not an assertion, whoever signed it. @throws AssertionFault */
export function requireType(typ: unknown): void {
  if (typ === undefined || (typeof typ === 'string' && typ.toLowerCase() === 'jwt')) return;
  throw new AssertionFault('The typ of an assertion is JWT or absent.');
}

function issuerOf({ iss, sub }: CompactJws['claims']): string {
  if (typeof iss !== 'string' || !isUuid(iss)) throw new AssertionFault('iss must be the id of the service account.');
  if (sub !== undefined && sub !== iss) throw new AssertionFault('sub must be the same as iss, or absent.');
  return iss.toLowerCase();
}

/** With a second audience, that one could replay it here. @throws AssertionFault */
export function requireAudience(aud: unknown, expected: readonly string[]): void {
  const audience: unknown = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  if (typeof audience === 'string' && expected.includes(audience)) return;
  throw new AssertionFault(`aud must be exactly one of: ${expected.join(', ')}.`);
}

/** The `exp` of an assertion, with the other times in order too. @throws AssertionFault */
export function requireTimes({ exp, iat, nbf }: CompactJws['claims'], nowSeconds: number): number {
  const clock = `the server's time is ${nowSeconds}`;
  if (!isTime(exp)) throw new AssertionFault('exp must be a time in seconds since the epoch.');
  if (exp <= nowSeconds) throw new AssertionFault(`The assertion has expired; ${clock}.`);
  if (exp > nowSeconds + ASSERTION_TTL_SECONDS_MAX) {
    throw new AssertionFault(`exp may lie at most ${ASSERTION_TTL_SECONDS_MAX} s ahead; ${clock}.`);
  }
  for (const [name, time] of Object.entries({ iat, nbf })) {
    if (time === undefined) continue;
    if (!isTime(time)) throw new AssertionFault(`${name} must be a time in seconds since the epoch.`);
    if (time > nowSeconds + CLOCK_TOLERANCE_SECONDS) throw new AssertionFault(`${name} lies in the future; ${clock}.`);
  }
  return exp;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isText(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= lengthMax;
}

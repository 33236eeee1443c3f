import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { CompactJws } from '../../kernel/jose/parse-compact-jws.js';
import { AssertionFault } from './assertion-fault.js';
import { checkAssertionClaims } from './check-assertion-claims.js';

const NOW = 1_800_000_000;
const ACCOUNT = '018cf2b8-3c00-7000-8000-000000000000';
const CONTEXT = { nowSeconds: NOW, audiences: ['https://api.kindly.com/oauth/token', 'https://api.kindly.com'] };

function check(claims: Record<string, unknown>, header: Record<string, unknown> = {}): unknown {
  const good = { iss: ACCOUNT, aud: 'https://api.kindly.com', exp: NOW + 60 };
  const jws: CompactJws = { header, claims: { ...good, ...claims }, signingInput: '', signature: Buffer.alloc(0) };
  return checkAssertionClaims(jws, CONTEXT);
}

describe('the claims of an assertion', () => {
  it('may expire from the next second on up to an hour ahead, to the second', () => {
    expect(check({ exp: NOW + 1 })).toMatchObject({ accountId: ACCOUNT, exp: NOW + 1 });
    expect(check({ exp: NOW + 3_600 })).toMatchObject({ exp: NOW + 3_600 });
    expect(() => check({ exp: NOW })).toThrow('has expired');
    expect(() => check({ exp: NOW + 3_601 })).toThrow('at most 3600 s ahead');
  });

  it('may begin up to a minute ahead, for a clock that is', () => {
    for (const name of ['iat', 'nbf']) {
      expect(check({ [name]: NOW + 60 })).toMatchObject({ accountId: ACCOUNT });
      expect(() => check({ [name]: NOW + 61 })).toThrow(`${name} lies in the future`);
    }
  });

  it('take the id of the account in either case', () => {
    expect(check({ iss: ACCOUNT.toUpperCase(), sub: ACCOUNT.toUpperCase() })).toMatchObject({ accountId: ACCOUNT });
  });

  it('are either in order or refused with a sentence, whatever they hold', () => {
    const claims = fc.record(
      {
        iss: fc.jsonValue(),
        sub: fc.jsonValue(),
        aud: fc.jsonValue(),
        exp: fc.jsonValue(),
        nbf: fc.jsonValue(),
        jti: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(claims, fc.jsonValue(), (changed, typ) => {
        try {
          check(changed, { typ });
        } catch (error) {
          expect(error).toBeInstanceOf(AssertionFault);
        }
      }),
    );
  });
});

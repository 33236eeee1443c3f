import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  API_KEY_ENVIRONMENTS,
  API_KEY_PATTERN,
  apiKeyEnvironment,
  apiKeyHint,
  generateApiKey,
  hasValidApiKeyFormat,
} from './api-key-format.js';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Computed by an independent program: int.from_bytes(sha256(body).digest()[:8], 'big') % 62**6 in base62. */
const KNOWN_KEYS = [
  'kapi_prod_00000000000000000000000000EVCQev',
  'kapi_test_0123456789ABCDEFGHIJKLMNOPyQED8H',
  'kapi_dev_abcdefghijklmnopqrstuvwxyzdZw2QR',
  'kapi_prod_000000000000000000000001150FMecZ',
];
const VALID = 'kapi_test_0123456789ABCDEFGHIJKLMNOPyQED8H';

const environment = fc.constantFrom(...API_KEY_ENVIRONMENTS);
const key = environment.map(generateApiKey);

describe('generateApiKey', () => {
  it('gives keys that are valid and name their environment', () => {
    fc.assert(
      fc.property(environment, (name) => {
        const generated = generateApiKey(name);
        expect(generated).toMatch(API_KEY_PATTERN);
        expect(hasValidApiKeyFormat(generated)).toBe(true);
        expect(apiKeyEnvironment(generated)).toBe(name);
      }),
    );
  });

  it('draws every character alike', () => {
    const draws = 26 * 4_000;
    const counts = new Map<string, number>();
    for (let index = 0; index < 4_000; index += 1) {
      for (const digit of generateApiKey('dev').slice(9, 35)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    }
    const expected = draws / BASE62.length;
    const chiSquare = BASE62.split('').reduce(
      (sum, digit) => sum + ((counts.get(digit) ?? 0) - expected) ** 2 / expected,
      0,
    );
    // 61 degrees of freedom: a fair draw exceeds 150 once in 10^8 runs; the bias of `byte % 62` alone gives over 1000.
    expect(chiSquare).toBeLessThan(150);
  });
});

describe('hasValidApiKeyFormat', () => {
  it.each(KNOWN_KEYS)('accepts %s, whose checksum another program computed', (known) => {
    expect(hasValidApiKeyFormat(known)).toBe(true);
  });

  it('refuses a key with one character replaced, wherever it is', () => {
    fc.assert(
      fc.property(key, fc.nat(), fc.constantFrom(...`${BASE62}_- é`.split('')), (original, place, digit) => {
        const at = place % original.length;
        fc.pre(original[at] !== digit);
        expect(hasValidApiKeyFormat(original.slice(0, at) + digit + original.slice(at + 1))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses a key with two characters exchanged, neighbours or not', () => {
    fc.assert(
      fc.property(key, fc.nat(), fc.nat(), (original, left, right) => {
        const digits = original.split('');
        const [a, b] = [left % digits.length, right % digits.length];
        fc.pre(digits[a] !== digits[b]);
        [digits[a], digits[b]] = [digits[b] ?? '', digits[a] ?? ''];
        expect(hasValidApiKeyFormat(digits.join(''))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses a key whose environment was relabelled', () => {
    expect(hasValidApiKeyFormat(VALID.replace('test', 'prod'))).toBe(false);
    expect(hasValidApiKeyFormat(VALID.replace('test', 'dev'))).toBe(false);
  });

  it.each([
    '',
    'kapi',
    'kapi_prod_',
    VALID.slice(0, -1),
    `${VALID}0`,
    `${VALID}\n`,
    ` ${VALID}`,
    `${VALID} `,
    VALID.toUpperCase(),
    VALID.toLowerCase(),
    VALID.replace('kapi', 'sk'),
    VALID.replace('test', 'live'),
    VALID.replace('test', ''),
    VALID.replaceAll('_', '-'),
    VALID.replace('0', '０'),
    `Bearer ${VALID}`,
    `${VALID},${VALID}`,
    'kapi_prod_abcdefghijklmnopqrstuvwxyz123456',
    'x'.repeat(1_000_000),
  ])('refuses %j', (candidate) => {
    expect(hasValidApiKeyFormat(candidate)).toBe(false);
  });

  it('never throws and never accepts text that nobody generated', () => {
    const shaped = fc.stringMatching(/^kapi_(prod|test|dev)_[0-9A-Za-z]{32}$/);
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), shaped), (text) => !hasValidApiKeyFormat(text)));
  });
});

describe('apiKeyEnvironment', () => {
  it.each(['', 'prod', 'kapi_live_0123', 'kapi_production_0123', 'KAPI_PROD_0123'])(
    'refuses %j without quoting it',
    (text) => {
      expect(() => apiKeyEnvironment(text)).toThrow(new TypeError('the text is not an API key'));
    },
  );
});

describe('apiKeyHint', () => {
  it('shows the prefix and the last four characters, and nothing of the random part', () => {
    expect(apiKeyHint(VALID)).toBe('kapi_test_…ED8H');
    expect(apiKeyHint('kapi_dev_abcdefghijklmnopqrstuvwxyzdZw2QR')).toBe('kapi_dev_…w2QR');
  });
});

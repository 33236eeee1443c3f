import { describe, expect, it } from '@jest/globals';
import { isMadeOfProductWords } from './product-words.js';

describe("a password that is made of the product's own words", () => {
  it.each([
    'KindlyKindly1',
    'kindly-api-2026',
    'KINDLY_API_KEYS',
    'K1ndly@pi2026!',
    'kapi_prod_kapi',
    'compression123!',
    'Compress10n!2026',
    'MyKindlyPassword',
    'admin@kindly.api',
  ])('is recognised: %s', (password) => {
    expect(isMadeOfProductWords(password)).toBe(true);
  });

  it.each([
    'SecureP@ssw0rd!',
    'correct horse battery staple',
    'kindly-8412973-77',
    'she spoke kindly of her horse',
    'kindly ключ kindly',
    'login-server-user',
    'xkWq81!vBnz0',
    '1111111111111',
  ])('is not taken for one: %s', (password) => {
    expect(isMadeOfProductWords(password)).toBe(false);
  });

  it('is judged in a moment, however it is built', () => {
    expect(isMadeOfProductWords(`${'kindlyap1!'.repeat(100)}x`)).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { containsEmail, NewPasswordInput } from './password-policy.js';

describe('a new password', () => {
  it.each([
    ['twelve chars', true],
    ['eleven char', false],
    ['x'.repeat(128), true],
    ['x'.repeat(129), false],
    ['🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑', true],
    ['🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑', false],
  ])('of %j is long enough and not too long: %s', (password, isGood) => {
    expect(NewPasswordInput.safeParse(password).success).toBe(isGood);
  });

  it.each([
    ['my john.doe@example.com pw', true],
    ['JOHN.DOE is my name', true],
    ['ｊｏｈｎ．ｄｏｅ is my name', true],
    ['something else entirely', false],
  ])('%j contains the e-mail address: %s', (password, isContained) => {
    expect(containsEmail(password, 'john.doe@example.com')).toBe(isContained);
  });

  it('may contain a local part too short to mean anything', () => {
    expect(containsEmail('an ox in the house', 'ox@example.com')).toBe(false);
  });
});

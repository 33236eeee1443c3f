import { describe, expect, it } from '@jest/globals';
import { EmailInput, normaliseEmail } from './email.js';
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

describe('an e-mail address', () => {
  it('is the same in every spelling of it', () => {
    for (const spelling of ['User@Example.com', ' user@example.com ', 'ｕser@example.com']) {
      expect(normaliseEmail(spelling)).toBe('user@example.com');
    }
  });

  it.each([
    ['user@example.com\nbcc: x@y.z'],
    ['user@@example.com'],
    ['user@'],
    ['@example.com'],
    [`${'x'.repeat(250)}@example.com`],
  ])('is not %j', (text) => {
    expect(EmailInput.safeParse(text).success).toBe(false);
  });
});

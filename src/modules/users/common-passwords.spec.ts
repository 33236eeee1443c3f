import { describe, expect, it } from '@jest/globals';
import { CommonPasswords } from './common-passwords.js';

const passwords = new CommonPasswords();

describe('a password that everybody tries first', () => {
  it.each([
    '1q2w3e4r5t6y',
    'Leavemealone',
    'PASSWORD1234',
    'Password2024!',
    '!!football!!!',
    'dragondragon',
    'letmeinletmein1',
    '111111111111',
    'ab!cab!cab!c',
  ])('is recognised: %s', async (password) => {
    expect(await passwords.includes(password)).toBe(true);
  });
});

describe('a password that only contains a common word', () => {
  it.each([
    'SecureP@ssw0rd!',
    'correct horse battery staple',
    'dragon-8412973-77',
    'my dragon eats soup',
    'xkWq81!vBnz0',
  ])('is not refused for it: %s', async (password) => {
    expect(await passwords.includes(password)).toBe(false);
  });
});

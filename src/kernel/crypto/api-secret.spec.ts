import { describe, expect, it } from '@jest/globals';
import { generateApiSecret } from './api-secret.js';

describe('generateApiSecret', () => {
  it('is ksec_ and the base64url form of 32 bytes', () => {
    const secret = generateApiSecret();
    expect(secret).toMatch(/^ksec_[\w-]{43}$/);
    expect(Buffer.from(secret.slice(5), 'base64url')).toHaveLength(32);
  });

  it('never repeats', () => {
    expect(new Set(Array.from({ length: 1_000 }, generateApiSecret)).size).toBe(1_000);
  });
});

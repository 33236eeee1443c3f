import { describe, expect, it } from '@jest/globals';
import { HashingRoomGuard } from './hashing-room.guard.js';
import { PasswordHasher } from './password-hasher.js';

const PLACES = 64;

describe('the guard of requests that hash', () => {
  it('refuses while every place is taken, and lets in again when one is free', async () => {
    const hasher = new PasswordHasher();
    const guard = new HashingRoomGuard(hasher);
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const working: Promise<void>[] = [];
    for (let place = 0; place < PLACES; place += 1) {
      expect(guard.canActivate()).toBe(true);
      working.push(hasher.withPlace(() => over));
    }
    expect(() => guard.canActivate()).toThrow(expect.objectContaining({ code: 'SRV_002' }));
    await expect(hasher.withPlace(() => over)).rejects.toMatchObject({ code: 'SRV_002' });
    end();
    await Promise.all(working);
    expect(guard.canActivate()).toBe(true);
  });
});

import { describe, expect, it, jest } from '@jest/globals';
import { HealthChecks } from './health-checks.js';

describe('health checks', () => {
  it('tell what works from what fails, and one failure hides no other component', async () => {
    const checks = new HealthChecks();
    checks.register('good', () => Promise.resolve());
    checks.register('bad', () => Promise.reject(new Error('down')));
    checks.register('better', () => Promise.resolve('anything'));
    expect([...(await checks.run())]).toEqual([
      ['good', true],
      ['bad', false],
      ['better', true],
    ]);
  });

  it('take what does not answer in three seconds for failed', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick'] });
    const checks = new HealthChecks();
    checks.register('silent', () => Promise.withResolvers<void>().promise);
    const result = checks.run();
    await jest.advanceTimersByTimeAsync(3_000);
    jest.useRealTimers();
    expect((await result).get('silent')).toBe(false);
  }, 10_000);
});

import { describe, expect, it } from '@jest/globals';
import { AppError } from './app-error.js';

describe('AppError', () => {
  it('collects a stack only for what is our own fault, and leaves those of other errors alone', () => {
    expect(new AppError('AUTH_001').stack).not.toContain('\n    at ');
    expect(new AppError('SRV_001').stack).toContain('app-error.spec');
    expect(new Error('other').stack).toContain('app-error.spec');
  });
});

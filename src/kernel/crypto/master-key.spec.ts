import { describe, expect, it } from '@jest/globals';
import { masterKeyFrom } from './master-key.js';

const TEXT = '0123456789abcdef0123456789abcdef';

describe('masterKeyFrom', () => {
  it('gives the same key and id for the same text, and others for another text', () => {
    const key = masterKeyFrom(TEXT);
    expect(masterKeyFrom(TEXT).id).toBe(key.id);
    expect(masterKeyFrom(TEXT).key.equals(key.key)).toBe(true);
    expect(masterKeyFrom(`${TEXT}0`).id).not.toBe(key.id);
    expect(masterKeyFrom(`${TEXT}0`).key.equals(key.key)).toBe(false);
  });

  it('ignores the line break that a secret file ends with', () => {
    expect(masterKeyFrom(`${TEXT}\n`).id).toBe(masterKeyFrom(TEXT).id);
  });

  it('has an id of eight hex digits that shows nothing of the text', () => {
    const { id } = masterKeyFrom(TEXT);
    expect(id).toMatch(/^[0-9a-f]{8}$/);
    expect(TEXT).not.toContain(id);
  });

  it('keeps the key out of JSON and of log lines', () => {
    const key = masterKeyFrom(TEXT);
    expect(JSON.stringify(key)).not.toContain(TEXT);
  });

  it.each(['', ' '.repeat(40), TEXT.slice(1), ` ${TEXT.slice(1)} `])('refuses %j without quoting it', (text) => {
    expect(() => masterKeyFrom(text)).toThrow(new RangeError('a master key needs at least 32 characters'));
  });
});

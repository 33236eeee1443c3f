import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SealError, Sealer, masterKeyFrom } from './seal.js';
import type { SealContext, SealFault } from './seal.js';

const first = masterKeyFrom('the first master key, of many characters');
const second = masterKeyFrom('the second master key, of many characters');
const context: SealContext = { purpose: 'totp', table: 'users', row: 'r1', owner: 'o1' };
const sealer = new Sealer([first]);
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function faultOf(open: () => unknown): SealFault | 'opened' {
  try {
    open();
  } catch (error) {
    if (error instanceof SealError) return error.fault;
    throw error;
  }
  return 'opened';
}

describe('Sealer', () => {
  it('opens what it sealed, for any bytes, text and context', () => {
    const contexts = fc.record({ purpose: fc.string(), table: fc.string(), row: fc.string(), owner: fc.string() });
    fc.assert(
      fc.property(fc.uint8Array(), contexts, (bytes, place) => {
        expect(sealer.open(sealer.seal(Buffer.from(bytes), place), place).equals(Buffer.from(bytes))).toBe(true);
      }),
    );
    expect(sealer.open(sealer.seal('clé ☂', context), context).toString()).toBe('clé ☂');
    expect(sealer.open(sealer.seal('', context), context)).toHaveLength(0);
  });

  it('writes v1, the key id, a 96-bit nonce and the ciphertext with a 128-bit tag, never the plaintext', () => {
    const sealed = sealer.seal('JBSWY3DPEHPK3PXP', context);
    const [version, id, nonce = '', body = '', ...rest] = sealed.split('.');
    expect([version, id, rest]).toEqual(['v1', first.id, []]);
    expect(Buffer.from(nonce, 'base64url')).toHaveLength(12);
    const bytes = Buffer.from(body, 'base64url');
    expect(bytes).toHaveLength(16 + 16);
    expect(bytes.includes('JBSWY3DPEHPK3PXP')).toBe(false);
  });

  it('never seals twice under one nonce', () => {
    const nonces = Array.from({ length: 1_000 }, () => sealer.seal('x', context).split('.')[2]);
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  it.each(['purpose', 'table', 'row', 'owner'] as const)('refuses a value moved to another %s', (field) => {
    const sealed = sealer.seal('secret', context);
    expect(faultOf(() => sealer.open(sealed, { ...context, [field]: 'another' }))).toBe('authentication');
    expect(faultOf(() => sealer.open(sealed, { ...context, [field]: '' }))).toBe('authentication');
  });

  it('refuses a value whose context has the same characters with other boundaries', () => {
    const sealed = sealer.seal('secret', { ...context, table: 'ab', row: 'c' });
    expect(faultOf(() => sealer.open(sealed, { ...context, table: 'a', row: 'bc' }))).toBe('authentication');
  });

  it('refuses every change of a single character', () => {
    const sealed = sealer.seal('a secret', context);
    for (let at = 0; at < sealed.length; at += 1) {
      for (const digit of `${BASE64URL}.=+/`) {
        if (digit === sealed[at]) continue;
        const altered = sealed.slice(0, at) + digit + sealed.slice(at + 1);
        expect(faultOf(() => sealer.open(altered, context))).not.toBe('opened');
      }
    }
  });

  it('refuses every shorter and longer form', () => {
    const sealed = sealer.seal('a secret', context);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(faultOf(() => sealer.open(sealed.slice(0, length), context))).not.toBe('opened');
    }
    for (const tail of ['=', '\n', 'A', 'AAAA', '.']) {
      expect(faultOf(() => sealer.open(sealed + tail, context))).not.toBe('opened');
    }
  });

  it.each([
    '',
    'v1',
    'v2.00000000.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA',
    'v1.0000000.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA',
    'a plain secret',
  ])('tells that %j is no sealed value', (text) => {
    expect(faultOf(() => sealer.open(text, context))).toBe('format');
    expect(faultOf(() => sealer.needsResealing(text))).toBe('format');
  });

  it('seals under the first of two keys and opens under both', () => {
    const old = sealer.seal('secret', context);
    const rotating = new Sealer([second, first]);
    const renewed = rotating.seal('secret', context);
    expect(renewed.split('.')[1]).toBe(second.id);
    expect(rotating.open(old, context).toString()).toBe('secret');
    expect(rotating.open(renewed, context).toString()).toBe('secret');
    expect([rotating.needsResealing(old), rotating.needsResealing(renewed)]).toEqual([true, false]);
  });

  it('does not open a value whose key is gone, nor one relabelled with the id of another key', () => {
    const sealed = sealer.seal('secret', context);
    const later = new Sealer([second]);
    expect(faultOf(() => later.open(sealed, context))).toBe('unknown-key');
    expect(later.needsResealing(sealed)).toBe(true);
    expect(faultOf(() => later.open(sealed.replace(first.id, second.id), context))).toBe('authentication');
  });

  it('needs at least one key and no key twice', () => {
    expect(() => new Sealer([])).toThrow(RangeError);
    expect(() => new Sealer([first, second, first])).toThrow(RangeError);
  });

  it('keeps the value and the context out of its errors', () => {
    const sealed = sealer.seal('plaintext-marker', context);
    const messages: string[] = [];
    for (const text of [sealed.slice(0, -2), `${sealed.slice(0, -1)}.`, 'plaintext-marker']) {
      try {
        sealer.open(text, { ...context, row: 'row-marker' });
      } catch (error) {
        messages.push(String(error));
      }
    }
    expect(messages).toHaveLength(3);
    expect(messages.join()).not.toMatch(/marker/);
  });
});

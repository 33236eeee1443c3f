import { describe, expect, it } from '@jest/globals';
import { parseSignatureHeaders } from './parse-signature-headers.js';

const timestamp = '1704715200';
const nonce = '0123456789abcdef0123456789abcdef';
const signature = 'ab'.repeat(32);

describe('signature headers', () => {
  it('are returned as received when well formed', () => {
    expect(parseSignatureHeaders({ timestamp, nonce, signature })).toEqual({ timestamp, nonce, signature });
  });

  it.each([
    undefined,
    '',
    '0170471520',
    '+1704715200',
    '-170471520',
    ' 1704715200',
    '1704715200 ',
    '1704715200\n',
    '1704715200, 1704715200',
    '1704715200000',
    '170471520',
    '1.70471520',
    '1.7e9',
    '0x659bdc40',
    '１７０４７１５２００',
    '17047152００',
  ])('refuse the timestamp %j', (bad) => {
    expect(parseSignatureHeaders({ timestamp: bad, nonce, signature })).toEqual({
      fault: expect.stringContaining('X-Timestamp'),
    });
  });

  it.each([
    undefined,
    '',
    nonce.slice(1),
    `${nonce}0`,
    nonce.toUpperCase(),
    nonce.replace('0', 'g'),
    `${nonce}\n`,
    `${nonce.slice(2)}{}`,
    `${nonce}, ${nonce}`,
  ])('refuse the nonce %j', (bad) => {
    expect(parseSignatureHeaders({ timestamp, nonce: bad, signature })).toEqual({
      fault: expect.stringContaining('X-Nonce'),
    });
  });

  it.each([undefined, '', signature.slice(1), `${signature}0`, signature.toUpperCase(), `sha256=${signature}`])(
    'refuse the signature %j',
    (bad) => {
      expect(parseSignatureHeaders({ timestamp, nonce, signature: bad })).toEqual({
        fault: expect.stringContaining('X-Signature'),
      });
    },
  );

  it('never repeat a received value in the fault', () => {
    expect(parseSignatureHeaders({ timestamp, nonce, signature: '<script>' })).toEqual({
      fault: expect.not.stringContaining('script'),
    });
  });
});

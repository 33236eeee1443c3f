import { describe, expect, it } from '@jest/globals';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { digestedBody } from './digested-body.js';
import { parseContentDigest } from './parse-content-digest.js';

const sha256 = createHash('sha256').update('{"hello": "world"}').digest();
// RFC 9421 Appendix B.2 and RFC 9530 Appendix D print this digest.
const printed = 'X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=';

describe('Content-Digest', () => {
  it.each([
    `sha-256=:${printed}:`,
    ` sha-256=:${printed}: `,
    `sha-256=:${printed}:;note=1`,
    `sha-512=:AAAA:, sha-256=:${printed}:`,
    `sha-256=:${printed}:,md5=:AA==:`,
  ])('gives the SHA-256 of %s', (header) => {
    expect(parseContentDigest(header)).toEqual({ sha256 });
  });

  it.each([
    '',
    'sha-256',
    printed,
    `sha-256=${printed}`,
    `sha-256="${printed}"`,
    `sha256=:${printed}:`,
    `SHA-256=:${printed}:`,
    `sha-256=:${printed}`,
    `sha-256=:${printed.slice(0, -1)}:`,
    `sha-256=:${printed.replace('E=', 'F=')}:`,
    'sha-256=::',
    'sha-256=:AAAA:',
    `sha-256=(:${printed}:)`,
    `sha-512=:${printed}:`,
    `sha-256=:${printed}:, sha-256=:${printed}:`,
    `sha-256=:${printed}:,`,
    `sha-256=:${printed}: sha-512=:AAAA:`,
  ])('refuses %j', (header) => {
    expect(parseContentDigest(header)).toEqual({ fault: expect.stringContaining('Content-Digest') });
    expect(parseContentDigest(header)).not.toHaveProperty('sha256');
  });

  it('stands in the message as hexadecimal in angle brackets', () => {
    expect(digestedBody(Buffer.from('00ff', 'hex'))).toBe('<00ff>');
    expect(digestedBody(sha256)).toMatch(/^<[0-9a-f]{64}>$/);
  });
});

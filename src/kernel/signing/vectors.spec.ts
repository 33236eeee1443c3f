import { describe, expect, it } from '@jest/globals';
import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestedBody } from './digested-body.js';
import { isFault } from '../fault.js';
import { checkSignaturePolicy } from './http-message-signature/check-signature-policy.js';
import { parseMessageSignatures } from './http-message-signature/parse-message-signatures.js';
import { signatureBase } from './http-message-signature/signature-base.js';
import { parseContentDigest } from './parse-content-digest.js';
import { parseRequestTarget } from './parse-request-target.js';
import { parseSignatureHeaders } from './parse-signature-headers.js';
import { signedMessage } from './signed-message.js';
import { tokenizeJson } from './tokenize-json.js';
import { verifyRequestMac } from './verify-request-mac.js';

const DIRECTORY = fileURLToPath(new URL('../../../test/vectors/signing/', import.meta.url));
const FILES = ['signed-requests', 'refused', 'message-signatures'];
const read = (name: string): string => readFileSync(join(DIRECTORY, `${name}.json`), 'utf8');

interface SignedRequest {
  readonly name: string;
  readonly secret: string;
  readonly method: string;
  readonly target: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: string;
  readonly content_digest: string | null;
  readonly signed_body: string;
  readonly message: string;
  readonly signature: string;
}

type Refused =
  | { readonly name: string; readonly part: 'body'; readonly base64: string }
  | { readonly name: string; readonly part: 'target' | 'timestamp' | 'nonce'; readonly value: string };

interface SignedByMessageSignature {
  readonly name: string;
  readonly secret: string;
  readonly method: string;
  readonly scheme: 'https';
  readonly authority: string;
  readonly target: string;
  readonly content_type: string | null;
  readonly content_digest: string | null;
  readonly body: string;
  readonly signature_input: string;
  readonly signature: string;
  readonly base: string;
}

const signedRequests: readonly SignedRequest[] = JSON.parse(read('signed-requests'));
const refused: readonly Refused[] = JSON.parse(read('refused'));
const messageSignatures: readonly SignedByMessageSignature[] = JSON.parse(read('message-signatures'));

function signedBodyOf(vector: SignedRequest): string {
  if (vector.content_digest !== null) {
    const digest = parseContentDigest(vector.content_digest);
    return isFault(digest) ? digest.fault : digestedBody(digest.sha256);
  }
  if (vector.body === '') return '';
  const body = tokenizeJson(Buffer.from(vector.body, 'utf8'));
  if (isFault(body)) return body.fault;
  return body.isEmpty ? '' : body.canonical;
}

function parseRefused(vector: Refused): object {
  const headers = { timestamp: '1704715200', nonce: '0'.repeat(32), signature: '0'.repeat(64) };
  if (vector.part === 'body') return tokenizeJson(Buffer.from(vector.base64, 'base64'));
  if (vector.part === 'target') return parseRequestTarget(vector.value);
  return parseSignatureHeaders({ ...headers, [vector.part]: vector.value });
}

describe('the published vectors', () => {
  it.each(signedRequests)('of signed requests verify: $name', (vector) => {
    const body = signedBodyOf(vector);
    expect(parseSignatureHeaders(vector)).not.toHaveProperty('fault');
    expect(parseRequestTarget(vector.target)).toEqual({ path: vector.target });
    expect(body).toBe(vector.signed_body);
    expect(signedMessage({ ...vector, body })).toBe(vector.message);
    expect(verifyRequestMac(vector.secret, vector.message, vector.signature)).toBe(true);
    expect(verifyRequestMac(`${vector.secret}x`, vector.message, vector.signature)).toBe(false);
  });

  it.each(refused)('of what is refused are refused: $part, $name', (vector) => {
    expect(parseRefused(vector)).toEqual({ fault: expect.any(String) });
  });

  it.each(messageSignatures)('of message signatures verify: $name', (vector) => {
    const fields = new Map<string, readonly string[]>();
    if (vector.content_type !== null) fields.set('content-type', [vector.content_type]);
    if (vector.content_digest !== null) fields.set('content-digest', [vector.content_digest]);
    const parsed = parseMessageSignatures(vector.signature_input, vector.signature);
    const [signature] = isFault(parsed) ? [] : parsed;
    if (signature === undefined) throw new Error('no signature');
    const [hasQuery, hasBody] = [vector.target.includes('?'), vector.body !== ''];
    expect(checkSignaturePolicy(signature, { nowMs: 1_704_715_230_000, hasQuery, hasBody })).toBeNull();
    expect(signatureBase({ ...vector, fields }, signature)).toEqual({ base: vector.base });
    expect(verifyRequestMac(vector.secret, vector.base, signature.signature)).toBe(true);
    expect(verifyRequestMac(vector.secret, `${vector.base} `, signature.signature)).toBe(false);
    const sha256 = createHash('sha256').update(vector.body).digest();
    if (vector.content_digest !== null) expect(parseContentDigest(vector.content_digest)).toEqual({ sha256 });
  });

  const withPython = spawnSync('python3', ['--version']).status === 0 ? it : it.skip;
  withPython('are what the committed script writes', () => {
    const directory = mkdtempSync(join(tmpdir(), 'signing-vectors-'));
    try {
      expect(spawnSync('python3', [join(DIRECTORY, 'generate.py'), directory]).status).toBe(0);
      for (const name of FILES) expect(readFileSync(join(directory, `${name}.json`), 'utf8')).toBe(read(name));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

import { Buffer } from 'node:buffer';
import { type Fault, isFault } from '../fault.js';
import { tokenizeJson } from '../signing/tokenize-json.js';

/** Longest token that is looked at, in characters. */
const LENGTH_MAX = 8_192;
const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

/** A JWS in its compact form (RFC 7515 §3.1), taken apart and not verified. */
export interface CompactJws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What is signed: header and payload as received. */
  readonly signingInput: string;
  readonly signature: Buffer;
}

/** Takes a signed JWT apart: three parts of unpadded base64url, the first two JSON objects without repeated names. */
export function parseCompactJws(token: string): CompactJws | Fault {
  const parts = token.length <= LENGTH_MAX ? COMPACT.exec(token) : null;
  const header = decodeObject(parts?.[1]);
  const claims = decodeObject(parts?.[2]);
  const signature = decode(parts?.[3]);
  if (!parts || !header || !claims || !signature) return { fault: 'is not a signed JWT in its compact form' };
  return { header, claims, signingInput: `${parts[1]}.${parts[2]}`, signature };
}

function decodeObject(part: string | undefined): Record<string, unknown> | null {
  const bytes = decode(part);
  const body = bytes && tokenizeJson(bytes);
  if (!body || isFault(body) || Array.isArray(body.value)) return null;
  return body.value as Record<string, unknown>;
}

/** A second spelling of the same bytes would be a second token with one signature. */
function decode(part: string | undefined): Buffer | null {
  const bytes = Buffer.from(part ?? '', 'base64url');
  return bytes.toString('base64url') === part ? bytes : null;
}

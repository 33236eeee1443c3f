import { AppError } from '../../../kernel/errors/app-error.js';
import type { ByteSpan } from '../../../kernel/signing/json/signed-body.js';
import { abridged } from './abridged.js';
import { JsonBody } from './json-body.js';
import { parseJsonBody } from './parse-json-body.js';
import { requireJsonText } from './require-json-text.js';
import { parseSignedBody, type SignedJsonBody } from './parse-signed-body.js';

/** Bytes to be read by a worker thread: a body as it is sent or as it is signed, or any text that is to be JSON. */
export interface JsonJob {
  readonly form: 'plain' | 'signed' | 'text';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a worker has read, with the bytes that it was lent; an error does not survive the way as its class. */
export type JsonReply =
  | {
      readonly outcome: 'read';
      readonly value: unknown;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly members: ReadonlyMap<string, ByteSpan>;
      readonly signedText: string;
    }
  | { readonly outcome: 'refused'; readonly detail: string | undefined }
  | { readonly outcome: 'failed'; readonly message: string };

const READ: Readonly<Record<JsonJob['form'], (bytes: Buffer) => SignedJsonBody>> = {
  plain: (bytes) => ({ body: parseJsonBody(bytes), signedText: '' }),
  signed: parseSignedBody,
  text: (bytes) => {
    requireJsonText(bytes);
    return { body: new JsonBody(null, bytes, new Map()), signedText: '' };
  },
};

/** Reads a body on the calling thread. Never throws. */
export function performJsonJob({ form, bytes }: JsonJob): JsonReply {
  const received = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const { body, signedText } = READ[form](received);
    return { outcome: 'read', value: abridged(body.value), bytes, members: body.members, signedText };
  } catch (error) {
    if (error instanceof AppError && error.code === 'REQ_002') return { outcome: 'refused', detail: error.detail };
    return { outcome: 'failed', message: String(error) };
  }
}

/** The body of an answer. @throws AppError REQ_002, or Error, as reading it did */
export function bodyOf(reply: JsonReply): SignedJsonBody {
  if (reply.outcome === 'refused') throw new AppError('REQ_002', { ...(reply.detail && { detail: reply.detail }) });
  if (reply.outcome === 'failed') throw new Error(reply.message);
  const { value, bytes, members, signedText } = reply;
  return { body: new JsonBody(value, Buffer.from(bytes.buffer), members), signedText };
}

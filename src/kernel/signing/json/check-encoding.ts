import { Buffer, isUtf8 } from 'node:buffer';
import type { Fault } from '../../fault.js';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The bytes of a JSON body, not copied: UTF-8 without a byte order mark (RFC 8259 §8.1), nothing replaced. */
export function checkEncoding(body: Uint8Array): { readonly bytes: Buffer } | Fault {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!isUtf8(bytes)) return { fault: 'The JSON body is not valid UTF-8.' };
  if (BYTE_ORDER_MARK.equals(bytes.subarray(0, BYTE_ORDER_MARK.length))) {
    return { fault: 'The JSON body starts with a byte order mark.' };
  }
  return { bytes };
}

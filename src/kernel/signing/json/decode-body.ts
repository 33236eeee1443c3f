import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import type { Fault } from '../fault.js';

const BYTE_ORDER_MARK = 0xfeff;

/** The text of a JSON body: UTF-8 without a byte order mark (RFC 8259 §8.1), nothing replaced. */
export function decodeBody(bytes: Uint8Array): { readonly text: string } | Fault {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isAscii(view)) return { text: view.toString('latin1') };
  if (!isUtf8(view)) return { fault: 'The JSON body is not valid UTF-8.' };
  const text = view.toString('utf8');
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) return { fault: 'The JSON body starts with a byte order mark.' };
  return { text };
}

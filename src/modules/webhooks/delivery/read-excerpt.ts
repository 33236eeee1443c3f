import type { IncomingMessage } from 'node:http';

/** How much of an answer is read, in bytes; the connection of a longer one is given up. */
const READ_BYTES_MAX = 64 * 1024;
/** How much of it is kept, in characters. */
const EXCERPT_LENGTH_MAX = 1_000;

/**
 * Reads the body of an answer, so that its connection can be used again, and keeps its beginning as text. Reading ends
 * with the body, at the limit, or when the connection fails; null if nothing came.
 */
export async function readExcerpt(response: IncomingMessage): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let readBytes = 0;
  response.on('data', (chunk: Buffer) => {
    readBytes += chunk.length;
    if (keptBytes < EXCERPT_LENGTH_MAX * 4) {
      kept.push(chunk);
      keptBytes += chunk.length;
    }
    if (readBytes > READ_BYTES_MAX) response.destroy();
  });
  response.once('error', () => resolve());
  response.once('close', () => resolve());
  response.once('end', () => resolve());
  await promise;
  return keptBytes === 0 ? null : printable(Buffer.concat(kept));
}

/** Text that a database and a log can hold: well-formed, without control characters but for line ends and tabs. */
function printable(bytes: Buffer): string {
  const text = bytes.toString('utf8').slice(0, EXCERPT_LENGTH_MAX).toWellFormed();
  // the rule takes control characters in a pattern for an accident; here they are what is looked for
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, '\uFFFD');
}

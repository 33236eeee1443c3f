import { connect } from 'node:net';

/** An answer read off a socket. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

interface RawOptions {
  /** Sent once the first bytes of the answer are there. */
  readonly onAnswer?: string;
  readonly deadlineMs?: number;
}

/** Sends bytes as they are, for requests that no HTTP client would send. Ends when the server closes the connection. */
export function sendRaw(
  baseUrl: string,
  request: string | Buffer,
  { onAnswer, deadlineMs = 5_000 }: RawOptions = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl);
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const chunks: Buffer[] = [];
  const socket = connect(Number(port), hostname, () => socket.write(request));
  socket.setTimeout(deadlineMs, () => socket.destroy(new Error(`no end of the answer within ${deadlineMs} ms`)));
  socket.on('data', (chunk) => {
    if (onAnswer !== undefined && chunks.length === 0) socket.write(onAnswer);
    chunks.push(chunk);
  });
  socket.on('error', reject);
  socket.on('close', () => {
    const text = Buffer.concat(chunks).toString();
    const [head = '', ...rest] = text.split('\r\n\r\n');
    resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: rest.join('\r\n\r\n') });
  });
  return promise;
}

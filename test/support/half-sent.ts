import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

/** A request of which the server has read the head and waits for the rest of the body. */
export interface HalfSentRequest {
  /** Sends the rest. @returns the answer */
  finish(): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders }>;
  /** Resolves when the server has cut the connection. */
  readonly cut: Promise<void>;
}

/** Sends a request up to the middle of its JSON body, and no further. */
export async function sendHalf(url: string, body: object, headers: Record<string, string>): Promise<HalfSentRequest> {
  const text = JSON.stringify(body);
  const outgoing = request(url, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      // the server asks for the body once it has read the head
      expect: '100-continue',
      ...headers,
    },
  });
  const cut = Promise.withResolvers<void>();
  outgoing.on('error', () => cut.resolve());
  outgoing.flushHeaders();
  await once(outgoing, 'continue');
  outgoing.write(text.slice(0, text.length / 2));
  return {
    finish: async () => {
      outgoing.end(text.slice(text.length / 2));
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
      incoming.resume();
      return { status: incoming.statusCode ?? 0, headers: incoming.headers };
    },
    cut: cut.promise,
  };
}

// A receiver to try webhooks with: prints each event and whether its signatures verify. Start the API with
// WEBHOOKS_ALLOW_PRIVATE=true, create a webhook with the URL that is printed here, and hand its secret over:
//   WEBHOOK_SECRET=whsec_… node_modules/.bin/node scripts/receiver.ts [port, default 4000]
// Without the secret it prints events as unverified. A real receiver would answer those with 401.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

/** How far the clock of a request may be from ours, in seconds (Standard Webhooks). */
const TOLERANCE_SECONDS = 300;
const BODY_BYTES_MAX = 1024 * 1024;

const port = Number(process.argv[2] ?? 4000);
const secret = process.env.WEBHOOK_SECRET ?? null;
/** Events that have been seen: a delivery may be repeated, and then has the same id. */
const seen = new Set<string>();

function equals(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

/** Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, keyed by the bytes that the secret encodes. */
function verifiesAsStandard(headers: IncomingHttpHeaders, body: string, key: string): boolean {
  const timestamp = header(headers, 'webhook-timestamp');
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const decoded = Buffer.from(key.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', decoded)
    .update(`${header(headers, 'webhook-id')}.${timestamp}.${body}`)
    .digest('base64');
  return header(headers, 'webhook-signature')
    .split(' ')
    .some((signature) => equals(signature, `v1,${expected}`));
}

/** `X-Kindly-Signature`: hex HMAC-SHA256 over the raw body, keyed by the secret as it is printed. */
function verifiesAsKindly(headers: IncomingHttpHeaders, body: string, key: string): boolean {
  const expected = createHmac('sha256', key).update(body).digest('hex');
  return [header(headers, 'x-kindly-signature'), header(headers, 'x-kindly-signature-next')].some((signature) =>
    equals(signature, expected),
  );
}

function verdict(headers: IncomingHttpHeaders, body: string): string {
  if (secret === null) return 'unverified (set WEBHOOK_SECRET)';
  const isStandard = verifiesAsStandard(headers, body, secret);
  const isKindly = verifiesAsKindly(headers, body, secret);
  if (isStandard && isKindly) return 'verified';
  return `NOT VERIFIED (webhook-signature: ${isStandard}, x-kindly-signature: ${isKindly})`;
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      response.writeHead(413).end();
      return;
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString();
  const id = header(request.headers, 'webhook-id');
  const result = verdict(request.headers, body);
  const isRepeated = seen.has(id);
  seen.add(id);
  process.stdout.write(
    `#${header(request.headers, 'x-kindly-sequence')} ${header(request.headers, 'x-kindly-event')}: ${result}` +
      `${isRepeated ? ', seen before' : ''}\n  ${body}\n`,
  );
  response.writeHead(result.startsWith('NOT') ? 401 : 204).end();
}

createServer((request, response) => void receive(request, response)).listen(port, '127.0.0.1', () => {
  process.stdout.write(`Receiving at http://127.0.0.1:${port}/\n`);
});

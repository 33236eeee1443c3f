import { createHash, createHmac, randomBytes } from 'node:crypto';

/** What can sign: a minted key. */
export interface Signer {
  readonly key: string;
  readonly api_secret: string;
}

/** A request to be signed with the four headers. */
export interface RequestToSign {
  readonly method: string;
  readonly target: string;
  /** The signed text of the body; default: none. */
  readonly text?: string;
  /** Epoch seconds; default: now. */
  readonly timestamp?: string | number;
  readonly nonce?: string;
}

/** The four headers of a signed request, as docs/signing.md describes them. */
export function signedHeaders({ key, api_secret: secret }: Signer, request: RequestToSign): Record<string, string> {
  const timestamp = String(request.timestamp ?? Math.floor(Date.now() / 1000));
  const nonce = request.nonce ?? randomBytes(16).toString('hex');
  const message = request.method + request.target + timestamp + nonce + (request.text ?? '');
  return {
    'X-API-Key': key,
    'X-Timestamp': timestamp,
    'X-Nonce': nonce,
    'X-Signature': createHmac('sha256', secret).update(message).digest('hex'),
  };
}

/** The `Content-Digest` of a body (RFC 9530). */
export function contentDigest(body: string | Buffer): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** A request to be signed by RFC 9421, written out by hand so that it shares nothing with the server. */
export interface MessageToSign {
  readonly method: string;
  readonly authority: string;
  readonly target: string;
  readonly body?: string;
  readonly created?: number;
  readonly nonce?: string;
  /** Further parameters, spelt as in the header: `;keyid="…"`. */
  readonly parameters?: string;
  /** Components left out of the signature. */
  readonly omit?: readonly string[];
}

/** The headers of a request that is signed by RFC 9421 with hmac-sha256. */
export function messageSignature({ key, api_secret: secret }: Signer, message: MessageToSign): Record<string, string> {
  const [path = '', query] = message.target.split('?');
  const components = [
    ['@method', message.method],
    ['@authority', message.authority],
    ['@path', path],
    ...(query === undefined ? [] : [['@query', `?${query}`]]),
    ...(message.body === undefined ? [] : [['content-digest', contentDigest(message.body)]]),
  ].filter(([name]) => !message.omit?.includes(name ?? ''));
  const created = message.created ?? Math.floor(Date.now() / 1000);
  const nonce = message.nonce ?? randomBytes(16).toString('base64url');
  const input =
    `(${components.map(([name]) => `"${name}"`).join(' ')})` +
    `;created=${created};nonce="${nonce}"${message.parameters ?? ''}`;
  const base = [...components.map(([name, value]) => `"${name}": ${value}`), `"@signature-params": ${input}`].join(
    '\n',
  );
  return {
    'X-API-Key': key,
    ...(message.body !== undefined && { 'Content-Digest': contentDigest(message.body) }),
    'Signature-Input': `sig1=${input}`,
    Signature: `sig1=:${createHmac('sha256', secret).update(base).digest('base64')}:`,
  };
}

/** A GET request with these headers, or with a body a POST, as it goes over the wire; the body is ASCII. */
export function requestText(path: string, headers: Readonly<Record<string, string>> = {}, body?: string): string {
  const all = { host: '127.0.0.1', ...headers, ...(body !== undefined && { 'content-length': String(body.length) }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
}

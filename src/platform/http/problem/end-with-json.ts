import type { Response } from 'express';

/**
 * Ends a response with JSON, to HEAD without it. As text, which Node sends together with the head: bytes would cost a second
 * buffer. Not by Express, which looks up entity tags, replacers and charsets first.
 */
export function endWithJson(response: Response, mediaType: string, body: object): void {
  const text = JSON.stringify(body);
  response.setHeader('Content-Type', mediaType);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(response.req.method === 'HEAD' ? undefined : text);
}

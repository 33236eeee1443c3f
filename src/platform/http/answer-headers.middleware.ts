import type { NextFunction, Request, Response } from 'express';

const OPENER_POLICY = 'Cross-Origin-Opener-Policy';
/** Clients open these pages in a window of their own and wait for it; the policy would take it out of their hands. */
const POPUP_PATH = '/oauth/authorize';

/** Sets the headers of every answer. */
export function setAnswerHeaders(headers: ReadonlyMap<string, string>) {
  const pairs = [...headers];
  return (request: Request, response: Response, next: NextFunction): void => {
    for (const [name, value] of pairs) response.setHeader(name, value);
    if (request.url.startsWith(POPUP_PATH)) response.removeHeader(OPENER_POLICY);
    next();
  };
}

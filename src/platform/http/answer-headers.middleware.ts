import type { NextFunction, Request, Response } from 'express';
import type { Config } from '../config/index.js';

/** Two years, as browsers' preload lists ask. */
const STRICT_TRANSPORT_SECURITY = 'max-age=63072000; includeSubDomains';

/** Headers of every answer: answers are private, are what their type says, and stay on HTTPS where that is in use. */
export function answerHeaders(config: Config) {
  const isHttps = config.publicUrl.startsWith('https:');
  return (_request: Request, response: Response, next: NextFunction): void => {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    if (isHttps) response.setHeader('Strict-Transport-Security', STRICT_TRANSPORT_SECURITY);
    next();
  };
}

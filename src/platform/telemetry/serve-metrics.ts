import type { IncomingMessage } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import type { Request, Response } from 'express';
import { constantTimeEquals } from '../../kernel/crypto/constant-time-equals.js';
import { AppError } from '../../kernel/errors/app-error.js';
import type { Metrics } from './metrics.js';

const BEARER = /^Bearer +(\S+)$/i;

/** Answers a refusal outside of Nest's pipeline. */
export type AnswerRefusal = (error: unknown, request: Request, response: Response) => Promise<void>;

/**
 * Serves `/metrics` past the guards: its token is of no kind that they know. With a token, to whoever sends it as a
 * bearer; without one, to callers on this machine, and to all others it does not exist.
 */
export function serveMetrics(
  app: INestApplication,
  metrics: Metrics,
  token: string | null,
  refuse: AnswerRefusal,
): void {
  const answer = async (request: Request, response: Response): Promise<void> => {
    if (token === null) requireLocal(request);
    else requireToken(request, token);
    const { text, mediaType } = await metrics.print();
    response.setHeader('Content-Type', mediaType);
    response.end(text);
  };
  app.getHttpAdapter().get('/metrics', (request: Request, response: Response) => {
    answer(request, response).catch((error: unknown) => refuse(error, request, response));
  });
}

/** @throws AppError AUTH_008 without a bearer token, AUTH_003 for another one */
function requireToken({ headers }: IncomingMessage, token: string): void {
  const given = BEARER.exec(headers.authorization ?? '')?.[1];
  if (given === undefined) throw new AppError('AUTH_008', { detail: 'The metrics need their bearer token.' });
  if (!constantTimeEquals(given, token)) throw new AppError('AUTH_003', { detail: 'The token is not valid here.' });
}

/** A request that a proxy has passed on comes from elsewhere, even if the proxy is here. @throws AppError REQ_005 */
function requireLocal({ context, headers }: Request): void {
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  const address = context.address?.text ?? '';
  if (!isForwarded && (address.startsWith('127.') || address === '::1')) return;
  throw new AppError('REQ_005', { detail: 'There is no such path.' });
}

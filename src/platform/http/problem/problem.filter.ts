import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../../../kernel/errors/app-error.js';
import { errorEntry } from '../../../kernel/errors/catalogue.js';
import type { Log } from '../../log/index.js';
import { OAuthError } from './oauth-error.js';
import { isOAuthPath, toOAuthRefusal } from './oauth-refusal.js';
import { endWithJson } from './end-with-json.js';
import { challengeFor } from './challenge.js';
import { PROBLEM_MEDIA_TYPE, toProblem } from './problem.js';

/** Tells which methods a path has, for 405; an empty list: the path does not exist. */
export type MethodsOf = (path: string) => readonly string[];

/**
 * Counts a refused request against the rate limits unless it has been counted; answers the refusal to give instead if
 * it is one too many.
 */
export type CountRefused = (request: Request, response: Response) => Promise<AppError | null>;

/** Puts a refusal on record. */
export type RecordDenied = (refusal: AppError | OAuthError, request: Request) => Promise<void>;

/** Turns whatever was thrown into a problem. What is not a refusal of ours is logged whole and answered as SRV_001. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly methodsOf: MethodsOf,
    private readonly countRefused: CountRefused,
    private readonly recordDenied: RecordDenied,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    this.answer(thrown, http.getRequest<Request>(), response).catch((error: unknown) => {
      this.log.error({ err: error }, 'a refusal could not be answered');
      response.destroy();
    });
  }

  /** Answers outside of Nest's pipeline, for middleware. */
  async answer(thrown: unknown, request: Request, response: Response): Promise<void> {
    const error = thrown instanceof OAuthError ? thrown : this.refusalOf(thrown, request);
    if (error instanceof AppError) request.context.refusal = error.code;
    const refusal = answerOf(error, request);
    if (refusal.status >= 500) {
      // a failure of ours is not held against the caller
      this.report(thrown, error, request.path);
      write(refusal, response);
      return;
    }
    const overLimit = await this.countRefused(request, response);
    await this.record(overLimit ?? error, request);
    write(overLimit ? answerOf(overLimit, request) : refusal, response);
  }

  /** A refusal stands, whether or not it can be recorded. */
  private async record(error: AppError | OAuthError, request: Request): Promise<void> {
    try {
      await this.recordDenied(error, request);
    } catch (fault) {
      this.log.error({ err: fault }, 'a refusal is missing in the audit trail');
    }
  }

  /** A dependency that is away is no fault of ours, and may be away for many requests: a line each, without a stack. */
  private report(thrown: unknown, error: AppError | OAuthError, path: string): void {
    if (error.code === 'SRV_002') {
      const cause = error.cause instanceof Error ? error.cause.message : undefined;
      this.log.warn({ code: error.code, path, cause }, error.message);
      return;
    }
    this.log.error({ err: thrown, code: error.code, path }, error.message);
  }

  private refusalOf(thrown: unknown, request: Request): AppError {
    if (thrown instanceof AppError) return thrown;
    const status = statusOf(thrown);
    if (status === 404) return this.notFound(request);
    if (status === 400) return new AppError('REQ_001', { detail: 'The request target is malformed.' });
    if (status === 413) return new AppError('REQ_003');
    return new AppError('SRV_001', { internal: 'unexpected error', cause: thrown });
  }

  private notFound(request: Request): AppError {
    const methods = this.methodsOf(request.path);
    if (methods.length === 0) return new AppError('REQ_005', { detail: this.describeMissing(request.path) });
    const allow = methods.join(', ');
    return new AppError('REQ_009', { detail: `This path allows ${allow}.`, headers: { Allow: allow } });
  }

  /** A trailing slash is easily written and hard to see. */
  private describeMissing(path: string): string {
    const withoutSlash = path.replace(/\/+$/, '');
    const isOneSlashOff = withoutSlash !== path && withoutSlash !== '' && this.methodsOf(withoutSlash).length > 0;
    return isOneSlashOff ? 'There is no such path; it exists without the trailing slash.' : 'There is no such path.';
  }
}

interface RefusalAnswer {
  readonly status: number;
  readonly body: object;
  readonly mediaType: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A problem, or under `/oauth` the body that OAuth's clients expect. */
function answerOf(error: AppError | OAuthError, { path, context }: Request): RefusalAnswer {
  if (error instanceof OAuthError || isOAuthPath(path))
    return { ...toOAuthRefusal(error), mediaType: 'application/json' };
  const { status } = errorEntry(error.code);
  const challenge = status === 401 && { 'WWW-Authenticate': challengeFor(error.code) };
  const body = toProblem(error, context.requestId);
  return { status, body, mediaType: PROBLEM_MEDIA_TYPE, headers: { ...challenge, ...error.headers } };
}

function write({ status, body, mediaType, headers }: RefusalAnswer, response: Response): void {
  if (response.headersSent) {
    // the status line is out, so the only honest signal left is a broken transfer
    response.destroy();
    return;
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.statusCode = status;
  // without a charset, which JSON types do not have (RFC 8259 §11)
  endWithJson(response, mediaType, body);
}

/** The status that Nest or Express attached to an error of theirs. */
function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (thrown instanceof URIError) return 400;
  return undefined;
}

import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Principal } from '../../kernel/access/principal.js';
import type { ErrorCode } from '../../kernel/errors/catalogue.js';
import type { IpAddress } from '../../kernel/net/address.js';
import { routeTemplate } from '../http/index.js';

/** A request of a verified caller whose answer is over. */
export interface FinishedRequest {
  readonly principal: Principal;
  /** Method and template of its route, `GET /api/keys/:id`. */
  readonly route: string;
  readonly status: number;
  /** The code that it was refused with; null: it was not. */
  readonly refusal: ErrorCode | null;
  readonly address: IpAddress | null;
}

type Listener = (request: FinishedRequest) => void;

/** Tells whoever listens of each request of a verified caller once its answer is over. */
@Injectable()
export class FinishedRequests {
  private readonly listeners: Listener[] = [];

  /** @param listener runs within the request's last turn, so it must not throw or take long */
  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  middleware(): RequestHandler {
    return (request: Request, response: Response, next: NextFunction): void => {
      response.once('close', () => this.finished(request, response));
      next();
    };
  }

  private finished(request: Request, { statusCode: status }: Response): void {
    const { principal, refusal, address } = request.context;
    const template = routeTemplate(request);
    if (!principal || template === null) return;
    const finished = { principal, route: `${request.method} ${template}`, status, refusal, address };
    for (const listener of this.listeners) listener(finished);
  }
}

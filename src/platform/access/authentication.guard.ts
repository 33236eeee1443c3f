import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Request, Response } from 'express';
import { AppError } from '../../kernel/errors/app-error.js';
import type { ErrorCode } from '../../kernel/errors/catalogue.js';
import { BASIC_FOR_CLIENTS } from './basic-for-clients.decorator.js';
import { type Credential, credentialOf, digestOfCredential, isBasic } from './credential.js';
import { CredentialStrategies } from './credential-strategy.js';
import { Principals } from './principals.js';
import { isPublicRoute } from './requirement.decorator.js';
import { SessionCookie } from './session-cookie.js';
import type { VerifiedCredential } from './verified-credential.js';

const DEAD: ReadonlySet<ErrorCode> = new Set(['AUTH_002', 'AUTH_003', 'AUTH_004']);

/** A Passport strategy's refusal that is not one of ours means that it could not make sense of the token. */
function verifiedOr(error: unknown, verified: unknown): VerifiedCredential {
  if (error) throw error;
  if (!verified) throw new AppError('AUTH_003', { detail: 'The token is not valid here.' });
  return verified as VerifiedCredential;
}

/**
 * Finds out who calls, before anything else is known of the request. One header credential at most, and exactly the
 * one Passport strategy that it belongs to: a bad token never falls through to another kind. A credential that has
 * verified before is looked up, synchronously; only what is not known there goes to Passport and the database.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  private readonly gates = new Map<string, CanActivate>();

  constructor(
    private readonly strategies: CredentialStrategies,
    private readonly principals: Principals,
    private readonly cookie: SessionCookie,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    if (isBasic(request) && this.isLeftToHandler(context)) return true;
    // a header credential silences the cookie that a browser adds on its own
    const credential = this.headerCredential(context, request) ?? this.cookie.credentialOf(request);
    return credential === null || this.admit(context, request, credential);
  }

  private headerCredential(context: ExecutionContext, request: Request): Credential | null {
    try {
      return credentialOf(request);
    } catch (error) {
      if (!countsAsNone(error, context)) throw error;
      request.context.disregarded = error;
      return null;
    }
  }

  private admit(context: ExecutionContext, request: Request, credential: Credential): boolean | Promise<boolean> {
    const digest = digestOfCredential(credential);
    const principal = this.principals.find(digest);
    if (!principal) return this.verifyOrDisregard(context, request, credential, digest);
    request.context.principal = principal;
    return true;
  }

  private async verifyOrDisregard(
    context: ExecutionContext,
    request: Request,
    credential: Credential,
    digest: string,
  ): Promise<boolean> {
    const isCookie = credential.scheme === 'session_cookie';
    try {
      return await this.verify(context, credential, digest);
    } catch (error) {
      if (!countsAsNone(error, context)) {
        if (isCookie && isDead(error)) this.cookie.clear(context.switchToHttp().getResponse<Response>());
        throw error;
      }
      if (isCookie) return true;
      request.context.disregarded = error;
    }
    const ambient = this.cookie.credentialOf(request);
    return ambient === null || this.admit(context, request, ambient);
  }

  private isLeftToHandler(context: ExecutionContext): boolean {
    return this.reflector.get<boolean | undefined>(BASIC_FOR_CLIENTS, context.getHandler()) === true;
  }

  private async verify(context: ExecutionContext, credential: Credential, digest: string): Promise<boolean> {
    const strategy = this.strategies.find(credential);
    if (!strategy) throw unknownKind(credential);
    const request = context.switchToHttp().getRequest<Request & { user?: VerifiedCredential }>();
    request.context.principal = await this.principals.verify(digest, async () => {
      await this.gate(strategy.passportName).canActivate(context);
      return verifiedOr(null, request.user);
    });
    return true;
  }

  private gate(passportName: string): CanActivate {
    let gate = this.gates.get(passportName);
    if (!gate) {
      const Gate = AuthGuard(passportName);
      gate = Object.assign(new Gate({ session: false }), { handleRequest: verifiedOr });
      this.gates.set(passportName, gate);
    }
    return gate;
  }
}

/** Whether a credential has ended or never was one, as opposed to could not be checked. */
function isDead(error: unknown): error is AppError {
  return error instanceof AppError && DEAD.has(error.code);
}

/**
 * Whether a credential that is no good counts as none, because none is needed here: clients send their old one
 * everywhere, to refresh and to log in too, and no page can take an HttpOnly cookie back.
 */
function countsAsNone(refusal: unknown, context: ExecutionContext): refusal is AppError {
  return isDead(refusal) && isPublicRoute(context.getHandler());
}

function unknownKind(credential: Credential): AppError {
  if (credential.scheme === 'api_key') return new AppError('AUTH_004');
  if (credential.scheme === 'session_cookie')
    return new AppError('AUTH_003', { detail: 'The session cookie is not valid.' });
  return new AppError('AUTH_003', { detail: 'The token is not of a kind that is valid here.' });
}

import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Request, Response } from 'express';
import type { Requirement } from '../../kernel/access/authorize.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { BASIC_FOR_CLIENTS } from './basic-for-clients.decorator.js';
import { type Credential, credentialOf, digestOfCredential, isBasic } from './credential.js';
import { CredentialStrategies } from './credential-strategy.js';
import { Principals } from './principals.js';
import { REQUIREMENT } from './requirement.decorator.js';
import { SessionCookie } from './session-cookie.js';
import type { VerifiedCredential } from './verified-credential.js';

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
    const credential = credentialOf(request) ?? this.cookie.credentialOf(request);
    if (!credential) return true;
    const digest = digestOfCredential(credential);
    const principal = this.principals.find(digest);
    if (!principal) return this.admit(context, credential, digest);
    request.context.principal = principal;
    return true;
  }

  private async admit(context: ExecutionContext, credential: Credential, digest: string): Promise<boolean> {
    try {
      return await this.verify(context, credential, digest);
    } catch (error) {
      if (credential.scheme !== 'session_cookie' || !isDead(error)) throw error;
      // the page cannot take an HttpOnly cookie back, so a dead one must not keep the browser from logging in
      if (this.isPublic(context)) return true;
      this.cookie.clear(context.switchToHttp().getResponse<Response>());
      throw error;
    }
  }

  private isLeftToHandler(context: ExecutionContext): boolean {
    return this.reflector.get<boolean | undefined>(BASIC_FOR_CLIENTS, context.getHandler()) === true;
  }

  private isPublic(context: ExecutionContext): boolean {
    return this.reflector.get<Requirement | undefined>(REQUIREMENT, context.getHandler())?.kind === 'public';
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
function isDead(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'AUTH_002' || error.code === 'AUTH_003');
}

function unknownKind(credential: Credential): AppError {
  if (credential.scheme === 'api_key') return new AppError('AUTH_004');
  if (credential.scheme === 'session_cookie')
    return new AppError('AUTH_003', { detail: 'The session cookie is not valid.' });
  return new AppError('AUTH_003', { detail: 'The token is not of a kind that is valid here.' });
}

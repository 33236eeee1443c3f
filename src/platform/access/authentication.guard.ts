import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { Request } from 'express';
import type { Principal } from '../../kernel/access/principal.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { type Credential, credentialOf } from './credential.js';
import { CredentialStrategies } from './credential-strategy.js';

/** A Passport strategy's refusal that is not one of ours means that it could not make sense of the token. */
function principalOr(error: unknown, principal: unknown): Principal {
  if (error) throw error;
  if (!principal) throw new AppError('AUTH_003', { detail: 'The token is not valid here.' });
  return principal as Principal;
}

/**
 * Finds out who calls, before anything else is known of the request. One header credential at most, and exactly the
 * one Passport strategy that it belongs to: a bad token never falls through to another kind.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  private readonly gates = new Map<string, CanActivate>();

  constructor(private readonly strategies: CredentialStrategies) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request & { user?: Principal }>();
    const credential = credentialOf(request);
    if (!credential) return true;
    const strategy = this.strategies.find(credential);
    if (!strategy) throw unknownKind(credential);
    await this.gate(strategy.passportName).canActivate(context);
    request.context.principal = request.user ?? null;
    return true;
  }

  private gate(passportName: string): CanActivate {
    let gate = this.gates.get(passportName);
    if (!gate) {
      const Gate = AuthGuard(passportName);
      gate = Object.assign(new Gate({ session: false }), { handleRequest: principalOr });
      this.gates.set(passportName, gate);
    }
    return gate;
  }
}

function unknownKind(credential: Credential): AppError {
  if (credential.scheme === 'api_key') return new AppError('AUTH_004');
  return new AppError('AUTH_003', { detail: 'The token is not of a kind that is valid here.' });
}

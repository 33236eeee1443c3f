import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { SuspectCredential } from '../../kernel/access/suspect-credential.js';
import type { AppError } from '../../kernel/errors/app-error.js';
import type { RequestContext } from '../context/request-context.js';
import { AuditTrail } from './audit-trail.js';

const PATH_LENGTH_MAX = 256;

/**
 * Records refused requests whose caller, or whose credential's owner, is known: why it was refused, and at which check.
 * Of the requests that a rate limit refuses only the first of each window, or a flood would fill the trail.
 */
@Injectable()
export class Denials {
  constructor(private readonly trail: AuditTrail) {}

  /** Resolves once the refusal is on record, or need not be. */
  async record({ code, detail, suspect }: AppError, request: Request): Promise<void> {
    const { context } = request;
    const subject = subjectOf(context, suspect);
    if (!subject || !isWorthRecording(code, context)) return;
    await this.trail.note({
      type: 'access.denied',
      ownerId: subject.ownerId,
      actor: { kind: subject.kind, credentialId: subject.credentialId, userId: subject.ownerId },
      data: {
        method: request.method,
        path: request.path.slice(0, PATH_LENGTH_MAX),
        check: context.check,
        code,
        detail: detail ?? null,
        reason: suspect?.reason ?? null,
      },
    });
  }
}

type Subject = Omit<SuspectCredential, 'reason'>;

function subjectOf({ principal }: RequestContext, suspect: SuspectCredential | undefined): Subject | undefined {
  if (!principal) return suspect;
  return { ownerId: principal.userId, kind: principal.kind, credentialId: principal.credentialId };
}

function isWorthRecording(code: string, { rate }: RequestContext): boolean {
  if (code === 'REQ_008') return rate !== null && rate.hits === rate.policy.limit + 1;
  return code.startsWith('AUTH_');
}

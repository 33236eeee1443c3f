import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { SuspectCredential } from '../../kernel/access/suspect-credential.js';
import type { AccessCheck } from '../../kernel/access/access-checks.js';
import type { RequestContext } from '../context/index.js';
import { AuditTrail } from './audit-trail.js';

const PATH_LENGTH_MAX = 256;

/** A refusal as it goes on record. */
export interface Denial {
  readonly code: string;
  readonly detail?: string | undefined;
  /** Whose credential was refused, where that is not the caller's. */
  readonly suspect?: SuspectCredential | undefined;
  /** Which check has refused; the one that the request is at unless told. */
  readonly check?: AccessCheck;
}

/**
 * Records refused requests whose caller, or whose credential's owner, is known: why it was refused, and at which check.
 * Of the requests that a rate limit refuses only the first of each window, or a flood would fill the trail.
 */
@Injectable()
export class Denials {
  constructor(private readonly trail: AuditTrail) {}

  /** Resolves once the refusal is on record, or need not be. */
  async record({ code, detail, suspect, check }: Denial, request: Request): Promise<void> {
    const { context } = request;
    const subject = subjectOf(context, suspect);
    if (!subject || !isWorthRecording(code, suspect, context)) return;
    await this.trail.note({
      type: 'access.denied',
      ownerId: subject.ownerId,
      actor: { kind: subject.kind, credentialId: subject.credentialId, userId: subject.ownerId },
      data: {
        method: request.method,
        path: request.path.slice(0, PATH_LENGTH_MAX),
        check: check ?? context.check,
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

function isWorthRecording(code: string, suspect: SuspectCredential | undefined, { rate }: RequestContext): boolean {
  if (code === 'REQ_008') return rate !== null && rate.hits === rate.policy.limit + 1;
  return suspect !== undefined || code.startsWith('AUTH_');
}

import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { EventType } from '../../kernel/events/event-types.js';
import type { Request } from 'express';
import type { AccessCheck } from '../../kernel/access/access-checks.js';
import type { SuspectCredential } from '../../kernel/access/suspect-credential.js';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../clock/index.js';
import type { RequestContext } from '../context/index.js';
import { LOG, type Log } from '../log/index.js';
import { PacedRounds } from '../work/index.js';
import type { AuditEntry } from './audit-entry.js';
import { AuditTrail } from './audit-trail.js';
import { refusalKindOf } from './refusal-kinds.js';
import { type RefusalWindow, RefusalWindows, type RefusedSubject } from './refusal-windows.js';

const PATH_LENGTH_MAX = 256;
/** How often windows that are over are looked for, in milliseconds. */
const CLOSING_INTERVAL_MS = 2_000;

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
 * A flood does not fill the trail: of each minute the first rows stand by themselves and the rest is one row with their
 * number. `kill -9` loses the numbers of the last minute.
 */
@Injectable()
export class Denials implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly windows = new RefusalWindows();
  private readonly rounds: PacedRounds;

  constructor(
    private readonly trail: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) log: Log,
  ) {
    this.rounds = new PacedRounds(
      CLOSING_INTERVAL_MS,
      () => this.close(this.clock.now()),
      (error) => log.error({ err: error }, 'the sum of some refusals is missing in the audit trail'),
    );
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
    await this.close(Infinity);
  }

  /** Resolves once the refusal is on record, or need not be. */
  async record(denial: Denial, request: Request): Promise<void> {
    const { code, detail, suspect } = denial;
    const { context } = request;
    const subject = subjectOf(context, suspect);
    const kind = refusalKindOf(code, suspect !== undefined, request);
    if (!subject || kind === null) return;
    const path = request.path.slice(0, PATH_LENGTH_MAX);
    const facts = { method: request.method, path, check: denial.check ?? context.check, code };
    const window = this.windows.count({ subject, kind, code, facts }, this.clock.now());
    if (kind.isSingly && window.count <= kind.threshold) {
      const data = { ...facts, detail: detail ?? null, reason: suspect?.reason ?? null };
      await this.trail.note(entryOf(subject, 'access.denied', data));
    } else if (!kind.isSingly && window.count === kind.threshold) await this.trail.note(summaryOf(window));
  }

  private async close(nowMs: number): Promise<void> {
    const closed = this.windows.takeClosed(nowMs).filter(({ kind, count }) => count > kind.threshold);
    await Promise.all(closed.map((window) => this.trail.note(summaryOf(window))));
  }
}

function subjectOf({ principal }: RequestContext, suspect: SuspectCredential | undefined): RefusedSubject | undefined {
  if (!principal) return suspect;
  return { ownerId: principal.userId, kind: principal.kind, credentialId: principal.credentialId };
}

function entryOf(
  { ownerId, kind, credentialId }: RefusedSubject,
  type: EventType,
  data: AuditEntry['data'],
): AuditEntry {
  return { type, ownerId, actor: { kind, credentialId, userId: ownerId }, data };
}

/** How many there were in a minute, and the last of them. */
function summaryOf({ subject, kind, facts, count, sinceMs, untilMs }: RefusalWindow): AuditEntry {
  const [since, until] = [new Date(sinceMs).toISOString(), new Date(untilMs).toISOString()];
  return entryOf(subject, kind.summaryType, { ...facts, count, since, until });
}

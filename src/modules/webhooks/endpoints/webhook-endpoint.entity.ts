import { defineEntity, p } from '@mikro-orm/core';
import type { SealContext } from '../../../kernel/crypto/seal.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import type { SealedColumn } from '../../../platform/sealing/index.js';

const SECRET = { purpose: 'webhook-secret', table: 'webhook_endpoints' } as const;

/** The columns that hold secrets of endpoints. */
export const WEBHOOK_SECRET_COLUMNS: readonly SealedColumn[] = ['secret_sealed', 'previous_secret_sealed'].map(
  (column) => ({ ...SECRET, column, rowColumn: 'id', ownerColumn: 'owner_id' }),
);

/** What the secrets of an endpoint are sealed for: the current and the previous one for the same, so a rotation moves it. */
export function secretContext(endpointId: string, ownerId: string): SealContext {
  return { ...SECRET, row: endpointId, owner: ownerId };
}

/** Why an endpoint gets nothing: its owner said so, it answered 410, or it failed for five days. */
export type DisabledReason = 'owner' | 'gone' | 'failing';

const WebhookEndpointSchema = defineEntity({
  name: 'WebhookEndpoint',
  tableName: 'webhook_endpoints',
  properties: {
    id: p.uuid().primary(),
    ownerId: p.uuid().index(),
    url: p.string().length(2048),
    description: p.string().length(200).nullable(),
    /** Event types and patterns such as `api_key.*`. */
    events: p.array(),
    /** Sealed for {@link secretContext}, and so is the previous one: a rotation moves it unopened. */
    secretSealed: p.text().hidden(),
    previousSecretSealed: p.text().hidden().nullable(),
    previousSecretExpiresAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    /** A deleted endpoint is also disabled; it stays for a while, so that deleting it again is no fault. */
    deletedAt: p.datetime().nullable(),
    disabledAt: p.datetime().nullable(),
    disabledReason: p.string().length(8).$type<DisabledReason>().nullable(),
    /** How many deliveries it has been given; each carries its number. */
    lastSequence: p.bigint('number').default(0),
    consecutiveFailures: p.integer().default(0),
    /** When the failures began that no success has ended yet. */
    failingSince: p.datetime().nullable(),
    /** Nothing is sent before, because it failed repeatedly or asked for a pause. */
    pausedUntil: p.datetime().nullable(),
    /** When there is something to send; null: nothing. */
    nextDueAt: p.datetime().nullable().index(),
    /** The process that sends to it, and until when it may count on being the only one. */
    leaseHolder: p.uuid().nullable(),
    leaseUntil: p.datetime().nullable(),
  },
});

/** Where an owner wants events to be sent, and how sending to it goes. */
export class WebhookEndpoint extends WebhookEndpointSchema.class {
  /** Whether events are sent to it. */
  isEnabled(): boolean {
    return !this.disabledAt;
  }

  /** @throws AppError REQ_006 unless it is enabled */
  assertEnabled(): void {
    if (!this.isEnabled()) throw new AppError('REQ_006', { detail: 'The webhook is disabled; enable it first.' });
  }

  /** Whether the secret before the current one is still valid. */
  isRotating(nowMs: number): boolean {
    return !!this.previousSecretExpiresAt && this.previousSecretExpiresAt.getTime() > nowMs;
  }

  /** Takes a new sealed secret; the current one stays valid for `graceMs`, and not at all with 0. */
  rotateSecret(sealed: string, graceMs: number, nowMs: number): void {
    this.previousSecretSealed = graceMs > 0 ? this.secretSealed : null;
    this.previousSecretExpiresAt = graceMs > 0 ? new Date(nowMs + graceMs) : null;
    this.secretSealed = sealed;
  }

  enable(): void {
    this.disabledAt = null;
    this.disabledReason = null;
    this.resetHealth();
  }

  disable(reason: DisabledReason, now: Date): void {
    this.disabledAt = now;
    this.disabledReason = reason;
    this.resetHealth();
  }

  /** Forgets how sending went. The lease goes too: what a process that is sending now finds out no longer counts. */
  private resetHealth(): void {
    this.consecutiveFailures = 0;
    this.failingSince = null;
    this.pausedUntil = null;
    this.nextDueAt = null;
    this.leaseHolder = null;
    this.leaseUntil = null;
  }
}
WebhookEndpointSchema.setClass(WebhookEndpoint);
export { WebhookEndpointSchema };

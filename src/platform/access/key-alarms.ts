import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { CLOCK } from '../clock/index.js';
import { Outbox } from '../events/index.js';
import './access.events.js';

/** What can be strange about the use of a key. */
export const USE_ALARM_KINDS = [
  'new_network',
  'rate_spike',
  'scope_probing',
  'denied_burst',
  'not_found_burst',
  'bomb_burst',
] as const;

/** Every reason to be alarmed about a key. */
export const KEY_ALARM_KINDS = [...USE_ALARM_KINDS, 'leaked'] as const;
export type KeyAlarmKind = (typeof KEY_ALARM_KINDS)[number];

/** Something strange about the use of a key. */
export interface KeyAlarm {
  readonly keyId: string;
  readonly ownerId: string;
  readonly kind: KeyAlarmKind;
  /** What it is about, up to 64 characters. */
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** An alarm as it was raised. */
export interface RaisedAlarm extends KeyAlarm {
  readonly id: string;
  readonly raisedAt: Date;
}

/** Remembers what has been told: the same subject of the same kind and key is told once. */
export interface KeyAlarmRegister {
  /** Puts an alarm down. @returns false if it was there before */
  add(em: EntityManager, alarm: RaisedAlarm): Promise<boolean>;
}

/** Who does something about an alarm, in the transaction in which it is raised. */
export interface KeyAlarmListener {
  alarmed(em: EntityManager, alarm: RaisedAlarm): Promise<void>;
}

/** Tells owners that something is strange about a key, and lets those act who know what to do. */
@Injectable()
export class KeyAlarms {
  private readonly listeners: KeyAlarmListener[] = [];
  private kept: KeyAlarmRegister = { add: () => Promise.resolve(true) };

  constructor(
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Keeps alarms in a register. */
  keepIn(register: KeyAlarmRegister): void {
    this.kept = register;
  }

  listen(listener: KeyAlarmListener): void {
    this.listeners.push(listener);
  }

  /** Records the event for the owner, once; it and whatever the listeners do commit together. */
  async raise(em: EntityManager, alarm: KeyAlarm): Promise<void> {
    const now = this.clock.now();
    const raised = { ...alarm, id: newId(now), raisedAt: new Date(now) };
    if (!(await this.kept.add(em, raised))) return;
    this.outbox.record(em, {
      type: 'api_key.anomaly',
      ownerId: alarm.ownerId,
      data: { key_id: alarm.keyId, anomaly_id: raised.id, kind: alarm.kind, ...alarm.details },
    });
    for (const listener of this.listeners) await listener.alarmed(em, raised);
  }
}

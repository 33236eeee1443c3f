import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type KeyAlarmRegister, KeyAlarms, type RaisedAlarm } from '../../../platform/access/index.js';
import { addAnomaly } from './anomaly.queries.js';

/** Keeps every alarm for the list of anomalies, whoever raised it; its unique key is what tells each of them once. */
@Injectable()
export class AnomalyLog implements KeyAlarmRegister {
  constructor(alarms: KeyAlarms) {
    alarms.keepIn(this);
  }

  add(em: EntityManager, alarm: RaisedAlarm): Promise<boolean> {
    return addAnomaly(em, alarm);
  }
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type KeyAlarmListener, KeyAlarms, type RaisedAlarm } from '../../../platform/access/index.js';
import { KeyContainment } from './key-containment.js';
import { protectionOf } from './key-protection.repository.js';

/** Quarantines a key for the alarms for which its owner wants that. */
@Injectable()
export class AlarmResponse implements KeyAlarmListener {
  constructor(
    alarms: KeyAlarms,
    private readonly containment: KeyContainment,
  ) {
    alarms.listen(this);
  }

  async alarmed(em: EntityManager, { keyId: id, ownerId, kind }: RaisedAlarm): Promise<void> {
    const { quarantineOn } = await protectionOf(em, ownerId);
    if (quarantineOn.some((guarded) => guarded === kind)) {
      await this.containment.contain(em, { id, ownerId }, 'quarantine', kind);
    }
  }
}

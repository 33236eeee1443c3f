import { Injectable } from '@nestjs/common';
import { Administrators, type SecondFactorHolders } from '../../platform/access/index.js';
import { Database } from '../../platform/database/index.js';

const HAS_FACTOR = {
  name: 'has-second-factor',
  text: 'select 1 from mfa_factors where user_id = $1 and activated_at is not null',
};

/** Tells who has a second factor. */
@Injectable()
export class ActiveFactors implements SecondFactorHolders {
  constructor(
    administrators: Administrators,
    private readonly database: Database,
  ) {
    administrators.register(this);
  }

  async includes(userId: string): Promise<boolean> {
    return (await this.database.query(HAS_FACTOR, [userId])).rowCount === 1;
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../database/index.js';

/** Knows which sessions have lately shown their second factor. */
export interface StepUpStamps {
  isFresh(sessionId: string): Promise<boolean>;
}

const READ_POLICY = {
  name: 'read-step-up-policy',
  text: "select step_up_before_minting as demanded from access_policies where id = 'installation'",
};

/** Joins what administrators demand with what a session has shown; the module of the factors brings the stamps. */
@Injectable()
export class StepUps {
  private stamps: StepUpStamps = { isFresh: () => Promise.resolve(false) };

  constructor(private readonly database: Database) {}

  register(stamps: StepUpStamps): void {
    this.stamps = stamps;
  }

  /** Whether this session has to show its second factor first. Read each time: a policy holds at once, everywhere. */
  async isDue(sessionId: string): Promise<boolean> {
    const { rows } = await this.database.query<{ demanded: boolean }>(READ_POLICY);
    return rows[0]?.demanded === true && !(await this.stamps.isFresh(sessionId));
  }
}

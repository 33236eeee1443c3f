import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/index.js';
import { CredentialNetworkRegistry } from './credential-network-registry.js';
import type { RequestTally } from './request-tally.js';
import { writeRequestUsage } from './request-usage.queries.js';

/** Writes what a process has counted. */
@Injectable()
export class RequestUsageWriter {
  constructor(
    private readonly database: Database,
    private readonly networks: CredentialNetworkRegistry,
  ) {}

  /** Writes tallies: the counts of all of them, or none. */
  async write(tallies: readonly RequestTally[]): Promise<void> {
    // first what may be written twice: after the counts nothing may fail, or they would be kept and written again
    await this.networks.record(tallies);
    await writeRequestUsage(this.database, tallies);
  }
}

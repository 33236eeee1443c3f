import { ENTITIES } from '../entities.js';
import { readConfig } from '../platform/config/index.js';
import { openDatabaseConnections } from '../platform/database/index.js';
import { prepareDatabase } from '../platform/schema/index.js';
import { createLog } from '../platform/log/index.js';
import { endWithoutDatabase } from '../process-end.js';

/** Brings the schema up to date and says what was done. */
export async function migrate(): Promise<number> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const connections = await openDatabaseConnections(config, { log, lost: endWithoutDatabase });
  try {
    const applied = await prepareDatabase(connections.ownerUrl, ENTITIES);
    const done = applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to do';
    process.stdout.write(`${connections.description}: ${done}\n`);
    return 0;
  } finally {
    await connections.close();
  }
}

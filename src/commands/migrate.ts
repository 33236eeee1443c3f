import { ENTITIES } from '../entities.js';
import { readConfig } from '../platform/config/index.js';
import { openDatabaseConnections } from '../platform/database/index.js';
import { prepareDatabase } from '../platform/schema/index.js';

/** Brings the schema up to date and says what was done. */
export async function migrate(): Promise<number> {
  const connections = await openDatabaseConnections(readConfig(process.env));
  try {
    const applied = await prepareDatabase(connections.ownerUrl, ENTITIES);
    const done = applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to do';
    process.stdout.write(`${connections.description}: ${done}\n`);
    return 0;
  } finally {
    await connections.close();
  }
}

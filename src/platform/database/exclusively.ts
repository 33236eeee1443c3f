import { Client } from 'pg';

/**
 * Runs work while no other process runs work of the same name on this database; undefined if one does. The lock ends
 * with the process, however that ends.
 */
export async function exclusively<T>(url: string, name: string, work: () => Promise<T>): Promise<T | undefined> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('select pg_try_advisory_lock(hashtext($1)) as taken', [name]);
    return rows[0].taken ? await work() : undefined;
  } finally {
    await client.end();
  }
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { existingDatabase } from '../support/database.ts';
import { describeWith } from '../support/installed.ts';
import { type MintedKey, newKey, newPerson } from '../support/people.ts';
import { world } from '../support/world.ts';
import { documentedCode } from './documented-code.ts';

const PROGRAM = `${documentedCode('api-keys.md', 'rotation.py')}
import sys
base_url, access_token, key_id = sys.argv[1:]
new_key = Rotation(KindlyClient(base_url, access_token)).rotate_if_due(key_id)
print(json.dumps({"new": new_key, "configured": os.environ.get("KINDLY_API_KEY")}))`;

interface Outcome {
  readonly new: MintedKey | null;
  readonly configured: string | null;
}

const database = existingDatabase(world().sharedDatabase);

describeWith(['python3'], "the guide's KeyRotationManager", () => {
  it('replaces a key that is older than 90 days and gives the old one 24 hours', async () => {
    const person = await newPerson();
    const key = await newKey(person.client, { name: 'Old' });
    const [baseUrl] = world().servers;
    const run = async (): Promise<Outcome> => {
      const words = ['-W', 'ignore', '-c', PROGRAM, baseUrl, person.session.access_token, key.id];
      const { stdout } = await promisify(execFile)('python3', words, { env: { PATH: process.env.PATH } });
      return JSON.parse(stdout) as Outcome;
    };

    expect(await run()).toEqual({ new: null, configured: null });

    await database.query("update api_keys set created_at = created_at - interval '91 days' where id = $1", [key.id]);
    const { new: made, configured } = await run();
    expect(made?.key).toMatch(/^kapi_prod_[0-9A-Za-z]{32}$/);
    expect(configured).toBe(made?.key);

    const { body: old } = await person.client.get<{ status: string; revoke_at: string }>(`/api/keys/${key.id}`);
    expect(old.status).toBe('scheduled');
    expect(Math.abs(Date.parse(old.revoke_at) - (Date.now() + 24 * 3_600_000))).toBeLessThan(60_000);
    for (const apiKey of [key.key, String(configured)]) {
      expect((await person.client.with({ apiKey }).get('/api/compression/stats')).status).toBe(200);
    }
  });
});

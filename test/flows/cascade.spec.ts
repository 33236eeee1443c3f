import { describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.ts';
import { existingDatabase } from '../support/database.ts';
import { clientCredentialsToken, newOAuthClient } from '../support/oauth.ts';
import { expectStatus, newKey, newPerson, type MintedKey, type Person } from '../support/people.ts';
import { assertionOf, clientOf, JWT_BEARER, newServiceAccount, requestToken } from '../support/service-accounts.ts';
import { until } from '../support/until.ts';
import { world } from '../support/world.ts';

const [baseUrl] = world().servers;
/** An invalidation takes a moment to reach another process, and no more. */
const SOON_MS = 5_000;
const MINTING = ['*', 'write:keys', 'write:service_accounts'];

/** Whether the token endpoint gives an account a token. */
async function grantOf(account: { id: string; private_key: string }): Promise<string> {
  const { status, body } = await requestToken(baseUrl, { grant_type: JWT_BEARER, assertion: assertionOf(account) });
  return status === 200 ? 'granted' : String(body.error);
}

/** A key that minted an account, whose token minted a key, which minted a key and added a key pair to another account. */
async function lineOf(owner: Person) {
  const anonymous = new Client(baseUrl);
  const asKey = (key: MintedKey): Client => anonymous.with({ apiKey: key.key });
  const root = await newKey(owner.client, { permissions: MINTING });
  const account = await newServiceAccount(asKey(root), { permissions: MINTING });
  const robot = await clientOf(baseUrl, account);
  const child = await newKey(robot, { permissions: MINTING });
  const grandchild = await newKey(asKey(child), { permissions: ['*'] });
  const bystander = await newServiceAccount(owner.client);
  const planted = expectStatus(
    await asKey(child).post<{ private_key: string }>(`/api/service-accounts/${bystander.id}/keys`, {}),
    201,
  ).body;
  return { root, account, robot, child, grandchild, bystander, planted, asKey };
}

describe('revoking a key with cascade', () => {
  // a leaked key must not live on in what it has made, through however many hands and kinds
  it('ends what it minted, and what that minted, of every kind, and nothing else', async () => {
    const owner = await newPerson();
    const other = await newKey(owner.client);
    const line = await lineOf(owner);
    expect((await line.robot.get('/api/compression/stats')).status).toBe(200);

    expectStatus(await owner.client.delete(`/api/keys/${line.root.id}?cascade=true`), 204);

    for (const key of [line.root, line.child, line.grandchild]) {
      expect((await line.asKey(key).get('/api/compression/stats')).body.code).toBe('AUTH_004');
    }
    expect((await line.robot.get('/api/compression/stats')).status).toBe(401);
    expect(await grantOf(line.account)).toBe('invalid_grant');
    expect(await grantOf({ id: line.bystander.id, private_key: line.planted.private_key })).toBe('invalid_grant');
    // what others made stays
    expect((await line.asKey(other).get('/api/compression/stats')).status).toBe(200);
    expect(await grantOf(line.bystander)).toBe('granted');
    const events = await existingDatabase(world().sharedDatabase).query<{ type: string }>(
      "select type from outbox_events where owner_id = $1 and (data->>'cascade_from' = $2 or data->>'key_id' = $2)",
      [owner.id, line.root.id],
    );
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type === 'api_key.revoked')).toHaveLength(3);
    expect(types.filter((type) => type === 'service_account.revoked')).toHaveLength(1);
  });

  it('without cascade leaves what it minted alone', async () => {
    const owner = await newPerson();
    const line = await lineOf(owner);
    expectStatus(await owner.client.delete(`/api/keys/${line.root.id}`), 204);
    expect((await line.asKey(line.child).get('/api/compression/stats')).status).toBe(200);
    expect((await line.robot.get('/api/compression/stats')).status).toBe(200);
  });

  // two processes: the cascade holds the owner's lock, so nothing slips out from under it
  it('leaves nothing alive that was being minted at the same time', async () => {
    const owner = await newPerson();
    const root = await newKey(owner.client, { permissions: MINTING });
    const attempts = world().servers.flatMap((url) =>
      Array.from({ length: 8 }, (_, index) => {
        const client = new Client(url).with({ apiKey: root.key });
        return index % 2 === 0
          ? client.post<{ id: string }>('/api/keys', { name: 'late', permissions: ['*'] })
          : client.post<{ id: string }>('/api/service-accounts', { name: 'late', permissions: ['*'] });
      }),
    );
    const revocation = owner.client.at(world().servers[1]).delete(`/api/keys/${root.id}?cascade=true`);
    await Promise.all([...attempts, revocation]);
    const database = existingDatabase(world().sharedDatabase);
    const alive = await database.query(
      `select id from api_keys where minted_by = $1 and revoked_at is null
       union all select id from service_accounts where minted_by = $1 and deleted_at is null`,
      [root.id],
    );
    expect(alive).toEqual([]);
  });
});

/** What a robot or an application has minted: a key, which has minted an account, an application and a key in its turn. */
async function offspringOf(minter: Client) {
  const permissions = [...MINTING, 'write:oauth_clients'];
  const child = await newKey(minter, {
    permissions: permissions.filter((name) => name !== '*').concat('read:compression'),
  });
  const asChild = new Client(baseUrl).with({ apiKey: child.key });
  const account = await newServiceAccount(asChild, { permissions: ['read:compression'] });
  const application = await newOAuthClient(asChild, { scopes: ['read:compression'] });
  const grandchild = await newKey(asChild, { permissions: ['read:compression'] });
  const bearer = await clientCredentialsToken(baseUrl, application);
  const keys = [child, grandchild].map(({ key }) => new Client(baseUrl).with({ apiKey: key }));
  const holders = [...keys, await clientOf(baseUrl, account), new Client(baseUrl).with({ bearer })];
  return { child, account, application, grandchild, holders };
}

/** Whether each holder of a credential is let in, on each process. */
async function entriesOf(holders: readonly Client[]): Promise<boolean[]> {
  const asked = holders.flatMap((holder) => world().servers.map((url) => holder.at(url).get('/api/compression/stats')));
  return (await Promise.all(asked)).map(({ status }) => status === 200);
}

const ROBOT = {
  what: 'a service account',
  make: async (owner: Person) => {
    const permissions = ['read:compression', 'write:keys', 'write:service_accounts', 'write:oauth_clients'];
    const account = await newServiceAccount(owner.client, { permissions });
    return { id: account.id, path: `/api/service-accounts/${account.id}`, minter: await clientOf(baseUrl, account) };
  },
};
const APPLICATION = {
  what: 'an OAuth client',
  make: async (owner: Person) => {
    const scopes = ['read:compression', 'write:keys', 'write:service_accounts', 'write:oauth_clients'];
    const application = await newOAuthClient(owner.client, { scopes });
    const bearer = await clientCredentialsToken(baseUrl, application);
    const path = `/api/oauth/clients/${application.id}`;
    return { id: application.id, path, minter: new Client(baseUrl).with({ bearer }) };
  },
};

describe.each([ROBOT, APPLICATION])('deleting $what', ({ make }) => {
  it('with cascade=true ends all that it minted, on every process at once, each with its event and audit row', async () => {
    const owner = await newPerson();
    const { id, path, minter } = await make(owner);
    const line = await offspringOf(minter);
    const other = new Client(baseUrl).with({ apiKey: (await newKey(owner.client)).key });
    expect(await entriesOf(line.holders)).toEqual(line.holders.flatMap(() => [true, true]));

    expectStatus(await owner.client.delete(`${path}?cascade=true`), 204);

    await until(async () => !(await entriesOf(line.holders)).includes(true), SOON_MS);
    expect(await entriesOf([other])).toEqual([true, true]);
    const database = existingDatabase(world().sharedDatabase);
    for (const table of ['outbox_events', 'audit.events']) {
      const rows = await database.query<{ type: string }>(
        `select type from ${table} where owner_id = $1 and data->>'cascade_from' = $2 order by type`,
        [owner.id, id],
      );
      expect(rows.map(({ type }) => type)).toEqual([
        'api_key.revoked',
        'api_key.revoked',
        'oauth.client.deleted',
        'service_account.revoked',
      ]);
    }
  });

  it('with cascade=false leaves what it minted alone, and a second time with cascade=true does not', async () => {
    const owner = await newPerson();
    const { path, minter } = await make(owner);
    const { holders } = await offspringOf(minter);
    expectStatus(await owner.client.delete(`${path}?cascade=false`), 204);
    expect((await minter.get('/api/compression/stats')).status).toBe(401);
    expect(await entriesOf(holders)).toEqual(holders.flatMap(() => [true, true]));
    expectStatus(await owner.client.delete(`${path}?cascade=true`), 204);
    await until(async () => !(await entriesOf(holders)).includes(true), SOON_MS);
  });

  it('400 for another cascade, and nothing ends', async () => {
    const owner = await newPerson();
    const { path, minter } = await make(owner);
    const answer = await owner.client.delete(`${path}?cascade=yes`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'cascade' }] } });
    expect((await minter.get('/api/compression/stats')).status).toBe(200);
  });

  it('leaves nothing alive that it was minting at the same time', async () => {
    const owner = await newPerson();
    const { id, path, minter } = await make(owner);
    const minting = world().servers.flatMap((url) =>
      Array.from({ length: 6 }, () =>
        minter.at(url).post<{ id: string }>('/api/keys', { name: 'late', permissions: ['read:compression'] }),
      ),
    );
    await Promise.all([...minting, owner.client.at(world().servers[1]).delete(`${path}?cascade=true`)]);
    const alive = await existingDatabase(world().sharedDatabase).query(
      'select id from api_keys where minted_by = $1 and revoked_at is null',
      [id],
    );
    expect(alive).toEqual([]);
  });
});

describe('deleting a service account', () => {
  it('without a word about it leaves what it minted alone, as with keys', async () => {
    const owner = await newPerson();
    const { path, minter } = await ROBOT.make(owner);
    const { holders } = await offspringOf(minter);
    expectStatus(await owner.client.delete(path), 204);
    expect(await entriesOf(holders)).toEqual(holders.flatMap(() => [true, true]));
  });
});

import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { plantTree, removeTrees } from './plant-tree.ts';
import { sourceFiles } from './source-tree.ts';
import { foreignTables, tableOwners } from './tables.ts';

const FILES = sourceFiles(join(import.meta.dirname, '../..'));

/**
 * Where a folder still names a table or manages an entity of another. A line that is no longer needed fails the test: a
 * file leaves the list when it asks the owner through its index.ts.
 */
const EXCEPTIONS: readonly string[] = [
  // who owns a credential, and whether that user may still act, is read in the one statement that verifies the credential
  'src/modules/api-keys/stored-keys.ts users',
  'src/modules/auth/rotate-refresh-token.sql.ts users',
  'src/modules/oauth/clients/client-directory.ts users',
  'src/modules/api-keys/crowded-owners.queries.ts users',
  'src/modules/oauth/tokens/authorizations.queries.ts users',
  'src/modules/oauth/tokens/known-tokens.ts users',
  'src/modules/service-accounts/account-signers.ts users',
  'src/modules/service-accounts/account-suspects.ts users',
  'src/modules/service-accounts/service-account.strategy.ts users',
  // endpoints are chosen and their events taken in one statement
  'src/modules/webhooks/sending/webhook-delivery-claims.queries.ts outbox_events',
  'src/modules/webhooks/sending/webhook-delivery-receipts.queries.ts outbox_events',
  // to be asked of the owner
  'src/modules/analytics/anomalies/anomaly-rules.queries.ts credential_usage',
  'src/modules/api-keys/api-key.repository.ts CredentialLastUse',
  'src/modules/api-keys/issue-api-key.ts User',
  'src/modules/api-keys/key-administration.ts User',
  'src/modules/api-keys/rotation-progress.service.ts CredentialOrigin',
  'src/modules/auth/sessions.service.ts User',
  'src/modules/oauth/authorize/authorization-facts.service.ts Session',
  'src/modules/oauth/clients/oauth-clients.service.ts User',
  'src/modules/service-accounts/service-accounts.service.ts User',
];

const ENTITY = `
const UserSchema = defineEntity({ name: 'User', tableName: 'users' });
export class User extends UserSchema.class {}
`;

/** What a file of the module admin does to the tables of others, in a tree where users owns `users`. */
function foundIn(text: string, path = 'src/modules/admin/a.service.ts'): string[] {
  return foreignTables(sourceFiles(plantTree({ 'src/modules/users/user.entity.ts': ENTITY, [path]: text })));
}

afterAll(removeTrees);

describe('a table', () => {
  it('belongs to the folder of its entity and is named by no other', () => {
    expect(tableOwners(FILES).get('users')).toEqual(['src/modules/users']);
    expect(tableOwners(FILES).size).toBeGreaterThan(35);
    expect(foreignTables(FILES).toSorted()).toEqual(EXCEPTIONS.toSorted());
  });

  it.each([
    ['in a template', 'users', 'const a = `select * from users u where id = ${id}`;'],
    ['in a join of a fragment', 'users', "const a = 'join users u on u.id = k.owner_id';"],
    ['after a name that is inserted', 'users', 'const a = `with a as (select ${b} from c) update "users" set d = 1`;'],
    ['as a list to delete from', 'users', "const a = ['delete from users'].join();"],
    ['in the schema of the trail', 'audit.events', "const a = 'select id from audit.events';"],
    ['through its entity', 'User', 'function a(em) { return em.findOne(User, { id }); }'],
    ['through its entity, of a field', 'User', 'class A { b() { return this.em.createQueryBuilder(User); } }'],
  ])('that another folder names %s is found', (_, table, text) => {
    expect(foundIn(text)).toEqual([`src/modules/admin/a.service.ts ${table}`]);
  });

  it('is not found where its own module, a migration or plain English names it', () => {
    expect(foundIn('const a = `select * from users`;', 'src/modules/users/users.queries.ts')).toEqual([]);
    expect(foundIn('const a = `update users set a = 1`;', 'src/platform/database/migrations/20260101-a.ts')).toEqual(
      [],
    );
    expect(foundIn("const a = { path: 'users', note: 'Users are asked.' };")).toEqual([]);
  });
});

import type { TestDatabase } from './database.ts';
import { newPerson, type Person } from './people.ts';

/** Registers an administrator. Made one before any request, so that nobody has seen the account as another. */
export async function newAdministrator(database: TestDatabase, baseUrl: string): Promise<Person> {
  const person = await newPerson(baseUrl);
  await database.query("update users set role = 'admin' where id = $1", [person.id]);
  return person;
}

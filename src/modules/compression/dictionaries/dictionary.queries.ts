import type { EntityManager, FilterQuery } from '@mikro-orm/postgresql';
import { AppError } from '../../../kernel/errors/app-error.js';
import { isUuid } from '../../../kernel/ids.js';
import type { Database } from '../../../platform/database/index.js';
import { Dictionary } from './dictionary.entity.js';

/** The refusal of an id that is not that of a live dictionary of the caller. */
export function unknownDictionary(): AppError {
  return new AppError('COMP_003', { detail: 'You have no dictionary with this id.' });
}

/** An owner's dictionary, deleted or not. @throws AppError COMP_003, the same for another owner's and for none */
export async function getDictionary(em: EntityManager, ownerId: string, id: string): Promise<Dictionary> {
  const dictionary = isUuid(id) ? await em.findOne(Dictionary, { ownerId, id }) : null;
  if (!dictionary) throw unknownDictionary();
  return dictionary;
}

/** An owner's live dictionaries, newest first, after the position of the cursor; one more than `limit`. */
export function listDictionaries(
  em: EntityManager,
  ownerId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Dictionary[]> {
  const where: FilterQuery<Dictionary> = {
    ownerId,
    deletedAt: null,
    ...(page.cursor && { id: { $lt: page.cursor } }),
  };
  return em.find(Dictionary, where, { orderBy: { id: 'desc' }, limit: page.limit + 1 });
}

/** How many live dictionaries an owner has, and the last version of a name; of deleted ones too. */
export async function countDictionaries(
  em: EntityManager,
  ownerId: string,
  name: string,
): Promise<{ live: number; lastVersion: number }> {
  const [live, [last]] = [
    await em.count(Dictionary, { ownerId, deletedAt: null }),
    await em.find(Dictionary, { ownerId, name }, { orderBy: { version: 'desc' }, limit: 1 }),
  ];
  return { live, lastVersion: last?.version ?? 0 };
}

/** Lets one transaction of the owner at a time pass, until it ends. */
export async function lockDictionaries(em: EntityManager, ownerId: string): Promise<void> {
  await em.execute(`select pg_advisory_xact_lock(hashtextextended('compression_dictionaries:' || ?, 0))`, [ownerId]);
}

/** Deletes a dictionary with its content. @returns whether it was still there: of several requests one hears that it was */
export async function deleteDictionaryOnce(em: EntityManager, id: string, now: Date): Promise<boolean> {
  const deleted = await em.nativeUpdate(Dictionary, { id, deletedAt: null }, { deletedAt: now, content: null });
  return deleted === 1;
}

/** What the codec needs of a dictionary. */
export interface ContentRow {
  readonly owner_id: string;
  readonly content: Buffer;
}

const FIND_CONTENT = {
  name: 'find-dictionary',
  text: 'select owner_id, content from compression_dictionaries where id = $1 and deleted_at is null',
};

/** The content of a live dictionary, whoever owns it; undefined if there is none. */
export async function findDictionaryContent(database: Database, id: string): Promise<ContentRow | undefined> {
  const { rows } = await database.query<ContentRow & Record<string, unknown>>(FIND_CONTENT, [id]);
  return rows[0];
}

import type { EntityManager, FilterQuery } from '@mikro-orm/postgresql';
import { hintsEndingWith } from '../../kernel/crypto/api-key-format.js';
import { isUuid } from '../../kernel/ids.js';
import { findUserIdByEmail } from '../users/index.js';
import type { ApiKey } from './api-key.entity.js';

/** Shorter parts of a name have no trigram: among everybody's keys they are looked for at the beginning of words only. */
const PART_LENGTH_MIN = 3;

/** Among whose keys is searched. */
export type SearchScope = 'owner' | 'everybody';

/**
 * Which keys a search finds: by part of the name in any case, by the end of the key or its hint, by id, or by the id or
 * e-mail address of the owner. Each is a condition that an index answers, whatever the number of keys.
 */
export async function searchCondition(
  em: EntityManager,
  text: string,
  scope: SearchScope,
): Promise<FilterQuery<ApiKey>> {
  const hint = { $in: [text, ...hintsEndingWith(text)] };
  const ways: FilterQuery<ApiKey>[] = [...byName(text, scope), { hint }];
  if (isUuid(text)) ways.push({ id: text.toLowerCase() }, { owner: text.toLowerCase() });
  const ownerId = scope === 'everybody' && text.includes('@') ? await findUserIdByEmail(em, text) : null;
  if (ownerId !== null) ways.push({ owner: ownerId });
  return { $or: ways };
}

function byName(text: string, scope: SearchScope): FilterQuery<ApiKey>[] {
  const literal = text.replaceAll(/[\\%_]/g, String.raw`\$&`);
  if (scope === 'owner' || text.length >= PART_LENGTH_MIN) return [{ name: { $ilike: `%${literal}%` } }];
  return [{ name: { $ilike: `${literal}%` } }, { name: { $ilike: `% ${literal}%` } }];
}

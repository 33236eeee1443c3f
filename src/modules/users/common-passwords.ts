import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Injectable } from '@nestjs/common';

/** A plain list of the most used passwords in lower case, the commonest first (half a megabyte). */
const LIST = '@zxcvbn-ts/language-common/src/passwords.json';

/** What people put around a word to satisfy composition rules. */
const DECORATION = /^[\d\W_]+|[\d\W_]+$/g;

/** Twelve characters that repeat no more than this are one keystroke: `1111…`, `abab…`. */
const MONOTONOUS_LENGTH_MAX = 4;

/** Knows the passwords that everybody tries first. The list is read when the first password is to be judged. */
@Injectable()
export class CommonPasswords {
  private list: Promise<ReadonlySet<string>> | undefined;

  /**
   * Whether a password is on the list, or little more than something on it: `password1234`, `dragondragon`. Without
   * that, a minimum of twelve characters would make the list pointless: most common passwords are shorter.
   */
  async includes(password: string): Promise<boolean> {
    if (repeatedPart(password).length <= MONOTONOUS_LENGTH_MAX) return true;
    this.list ??= readList();
    const common = await this.list;
    return variants(password.toLowerCase()).some((variant) => common.has(variant));
  }
}

async function readList(): Promise<ReadonlySet<string>> {
  const path = createRequire(import.meta.url).resolve(LIST);
  return new Set(JSON.parse(await readFile(path, 'utf8')) as string[]);
}

function variants(password: string): string[] {
  const bare = password.replaceAll(DECORATION, '');
  const isMostlyBare = bare.length * 2 > password.length;
  return [password, repeatedPart(password), ...(isMostlyBare ? [bare, repeatedPart(bare)] : [])];
}

/** The shortest text that the password repeats: `dragon` of `dragondragon`; the password itself if it repeats none. */
function repeatedPart(password: string): string {
  const period = `${password}${password}`.indexOf(password, 1);
  return password.slice(0, period === -1 ? password.length : period);
}

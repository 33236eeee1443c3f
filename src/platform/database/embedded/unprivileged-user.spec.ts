import { describe, expect, it } from '@jest/globals';
import { findUnprivilegedUser } from './unprivileged-user.js';

const root = 'root:x:0:0:root:/root:/bin/bash';
const node = 'node:x:1000:1000::/home/node:/bin/bash';
const nobody = 'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin';
const postgres = 'postgres:x:101:104::/var/lib/postgresql:/bin/bash';

describe('findUnprivilegedUser', () => {
  it.each([
    ['postgres before all others', [nobody, node, postgres], { uid: 101, gid: 104 }],
    ['the user of the Node images when there is no postgres', [root, nobody, node], { uid: 1000, gid: 1000 }],
    ['nobody when there is nobody else', [root, nobody], { uid: 65_534, gid: 65_533 }],
  ])('takes %s', (_what, lines, expected) => {
    expect(findUnprivilegedUser(lines.join('\n'))).toEqual(expected);
  });

  it.each([
    ['root under another name', 'postgres:x:0:0::/:/bin/sh'],
    ['a negative id, as macOS gives nobody', 'nobody:*:-2:-2::/:/usr/bin/false'],
    ['a line without ids', 'nobody'],
    ['nothing', ''],
  ])('never takes %s', (_what, passwd) => {
    expect(findUnprivilegedUser(passwd)).toBeUndefined();
  });
});

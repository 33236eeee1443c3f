import { readFileSync } from 'node:fs';

/** A system user as /etc/passwd gives it. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

// PostgreSQL's own user (macOS prefixes it), the one of the official Node images, and the one every system has.
const CANDIDATES = ['postgres', '_postgres', 'node', 'nobody'];

/** The user to run PostgreSQL as when we are root, or undefined when the system knows none of the candidates. */
export function findUnprivilegedUser(passwd = readFileSync('/etc/passwd', 'utf8')): SystemUser | undefined {
  const users = new Map(passwd.split('\n').map(parseLine));
  return CANDIDATES.map((name) => users.get(name)).find((user) => user !== undefined && user.uid > 0);
}

function parseLine(line: string): [string, SystemUser] {
  const [name = '', , uid, gid] = line.split(':');
  return [name, { uid: Number(uid), gid: Number(gid) }];
}

/** Names the socket file only: nothing listens on TCP. */
export const PORT = 5432;
/** File name PostgreSQL gives its Unix socket. */
export const SOCKET_NAME = `.s.PGSQL.${PORT}`;
/** The database superuser. */
export const SUPERUSER = 'postgres';
/** A setting only our servers have: the pid of the process that started them. PostgreSQL carries it and ignores it. */
export const OWNER_SETTING = 'kindly_api.owner_pid';

// Sized for one small application on one machine. A caller's settings come later in the command line and win.
const DEFAULTS = [
  'max_connections=64',
  'shared_buffers=64MB',
  'max_wal_size=256MB',
  'io_method=sync',
  'log_checkpoints=off',
  // Statements and row contents hold personal data and digests of credentials: they stay out of the log.
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
];

// Connections need no password, so nobody may open the server to the network or to other users.
const FIXED = [
  'listen_addresses=',
  'unix_socket_permissions=0700',
  'cluster_name=kindly-api', // shown in the titles of the processes
  `${OWNER_SETTING}=${process.pid}`,
];

/** Arguments of `postgres`; `settings` are `name=value` entries as its `-c` option takes them. */
export function serverArguments(dataDirectory: string, socketDirectory: string, settings: readonly string[]): string[] {
  const all = [...DEFAULTS, ...settings, ...FIXED];
  return ['-D', dataDirectory, '-k', socketDirectory, '-p', String(PORT), ...all.flatMap((setting) => ['-c', setting])];
}

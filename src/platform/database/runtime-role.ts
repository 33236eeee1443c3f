/** The role under which every request runs: it can read and write rows, and has no DDL. */
export const RUNTIME_ROLE = 'kindly_runtime';

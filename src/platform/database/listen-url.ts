/** Injection token of the connection string for LISTEN: past any connection pooler, straight to the primary. */
export const LISTEN_URL = Symbol('LISTEN_URL');

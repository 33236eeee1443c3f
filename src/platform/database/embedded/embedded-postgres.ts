/** A running embedded PostgreSQL; connections need no password. */
export interface EmbeddedPostgres {
  /** Directory of the Unix socket; drivers take it as the host. */
  readonly host: string;
  /** Names the socket file; nothing listens on TCP. */
  readonly port: number;
  readonly user: string;
  /** Where the cluster is: the directory asked for, or a system directory when no unprivileged user can reach that. */
  readonly dataDirectory: string;
  /** False when another start, in this process or another, owns the server: it ends with its owner. */
  readonly owned: boolean;
  /** Shuts an owned server down (sessions are ended, data is flushed) and resolves after it has ended. */
  stop(): Promise<void>;
}

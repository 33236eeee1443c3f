import type { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** An embedded PostgreSQL that is kept running; connections need no password. */
export interface EmbeddedPostgres {
  /** Directory of the Unix socket; drivers take it as the host. */
  readonly host: string;
  /** Names the socket file; nothing listens on TCP. */
  readonly port: number;
  readonly user: string;
  /** Where the cluster is: the directory asked for, or a system directory when no unprivileged user can reach that. */
  readonly dataDirectory: string;
  /** False while another start, in this process or another, owns the server. When its owner ends, this one takes over. */
  readonly owned: boolean;
  /** Shuts an owned server down (sessions are ended, data is flushed) and resolves after it has ended. */
  stop(): Promise<void>;
}

/** One run of a server, from when it accepted connections. */
export interface ServerRun extends EmbeddedPostgres {
  /** Resolves when it has ended, asked for or not, with a sentence and the last lines of its log. Never rejects. */
  readonly ended: Promise<EmbeddedPostgresError>;
}

/** Who is told what becomes of a server after its start. */
export interface ServerWatch {
  /** It has ended by itself and is tried again after a pause; `attempt` counts since it last ran for long. */
  lost(reason: EmbeddedPostgresError, attempt: number, pauseMs: number): void;
  /** It runs again. */
  restored(): void;
  /** It does not come back: whoever uses it is to end as well. Nothing is tried after this. */
  givenUp(reason: EmbeddedPostgresError): void;
}

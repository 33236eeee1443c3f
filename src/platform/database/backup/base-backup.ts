import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Client, type Connection, type Submittable } from 'pg';

/** Kind of a message of the copy stream: a piece of the archive (PostgreSQL, "Streaming Replication Protocol"). */
const ARCHIVE_PIECE = 'd'.charCodeAt(0);

/** The archive ends with the log that makes it consistent, so it needs nothing beside itself. */
const COMMAND = "BASE_BACKUP (LABEL 'kindly-api', CHECKPOINT 'fast', WAL true, MANIFEST 'no')";

/** What the driver's connection has beyond its types. */
type CopyConnection = Connection & { readonly stream: Socket };

/** The command as the driver runs it, and what it sends as a stream that waits for its reader. */
class BaseBackup extends Readable implements Submittable {
  private connection: CopyConnection | null = null;

  submit(connection: Connection): void {
    this.connection = connection as CopyConnection;
    connection.query(COMMAND);
  }

  override _read(): void {
    this.connection?.stream.resume();
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (chunk[0] !== ARCHIVE_PIECE) return;
    // copied: the driver uses the memory again
    if (!this.push(Buffer.from(chunk.subarray(1)))) this.connection?.stream.pause();
  }

  handleError(error: Error): void {
    this.connection?.stream.resume();
    this.destroy(error);
  }

  handleReadyForQuery(): void {
    if (!this.destroyed) this.push(null);
  }

  // where the backup begins and ends, which the archive tells by itself
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
}

/**
 * Streams a base backup of a running server, a tar archive of its data directory, to `work`. It holds all that has been
 * committed before it began, and stays consistent while others write. `url` is that of a superuser.
 */
export async function streamBaseBackup(url: string, work: (archive: Readable) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: `${url}&replication=true` });
  // reaches whoever reads the stream
  client.on('error', () => undefined);
  await client.connect();
  try {
    // until the end of this connection the server keeps the log that the archive is to end with
    await client.query(`CREATE_REPLICATION_SLOT kindly_backup_${process.pid} TEMPORARY PHYSICAL RESERVE_WAL`);
    await work(client.query(new BaseBackup()));
  } finally {
    await client.end();
  }
}

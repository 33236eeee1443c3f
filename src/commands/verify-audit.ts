import { openContext } from '../bootstrap.js';
import { AuditVerification } from '../modules/audit/index.js';
import { readConfig } from '../platform/config/index.js';

/** Checks the audit trail; fails if a row is not as it was written. */
export async function verifyAudit(): Promise<number> {
  const context = await openContext(readConfig({ LOG_LEVEL: 'error', ...process.env }));
  try {
    const { firstBad, checked, end } = await context.app.get(AuditVerification).verify();
    if (!firstBad) {
      process.stdout.write(`The audit trail is intact: ${checked} rows, head ${end.sequence} ${end.hash}.\n`);
      return 0;
    }
    const { fault, sequence, eventId } = firstBad;
    process.stderr.write(
      `The audit trail is damaged (${fault}): row ${sequence ?? 'outside of the chain'}, event ${eventId ?? 'unknown'}. ` +
        `${checked} rows before it are as they were written.\n`,
    );
    return 1;
  } finally {
    await context.close();
  }
}

import { openContext } from '../bootstrap.js';
import { AuditRetention } from '../modules/audit/index.js';
import { readConfig } from '../platform/config/index.js';

/** Deletes the months of the audit trail that are no longer kept. */
export async function pruneAudit(): Promise<number> {
  const config = readConfig({ LOG_LEVEL: 'error', ...process.env });
  const context = await openContext(config);
  try {
    const { ownerUrl } = context.connections;
    const dropped = await context.app.get(AuditRetention).prune(ownerUrl, config.auditRetentionMonths);
    if (!dropped) {
      process.stderr.write('The audit trail is damaged, so nothing was deleted: see npm run kindly -- audit verify\n');
      return 1;
    }
    const what = dropped.length > 0 ? `deleted: ${dropped.join(', ')}` : 'no whole month has passed its time';
    process.stdout.write(`The audit trail keeps ${config.auditRetentionMonths} months; ${what}.\n`);
    return 0;
  } finally {
    await context.close();
  }
}

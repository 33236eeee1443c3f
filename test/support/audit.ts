import type { Client } from './client.ts';
import type { TestDatabase } from './database.ts';
import { eventually } from './eventually.ts';
import type { Page } from './pages.ts';

/** A row of the trail as the API shows it. */
export interface AuditEvent {
  readonly id: string;
  readonly type: string;
  readonly occurred_at: string;
  readonly owner_id: string | null;
  readonly actor: { readonly kind: string | null; readonly id: string | null; readonly user_id: string | null };
  readonly ip: string | null;
  readonly request_id: string | null;
  readonly data: Record<string, unknown>;
}

export type AuditPage = Page<AuditEvent>;

/** The outcome of `verifyAuditTrail`. */
export interface Verdict {
  readonly valid: boolean;
  readonly checked: number;
  readonly head: { readonly sequence: number; readonly hash: string };
  readonly first_bad: {
    readonly fault: string;
    readonly sequence: number | null;
    readonly event_id: string | null;
  } | null;
}

/** Waits until every row that has been written is in the chain. @returns how long the chain is */
export async function chained(database: TestDatabase): Promise<number> {
  return eventually(async () => {
    const [row] = await database.query<{ waiting: number; length: number }>(
      'select (select count(*) from audit.pending)::int as waiting, (select count(*) from audit.chain)::int as length',
    );
    return row?.waiting === 0 ? row.length : null;
  });
}

/** Waits until an owner's trail shows events of all these types about one OAuth client. @returns the client's events */
export function clientEvents(owner: Client, clientId: string, types: readonly string[]): Promise<AuditEvent[]> {
  return eventually(async () => {
    const { body } = await owner.get<AuditPage>('/api/audit/events?limit=100');
    const events = body.data.filter(({ data }) => data.client_id === clientId);
    return types.every((type) => events.some((event) => event.type === type)) ? events : null;
  });
}

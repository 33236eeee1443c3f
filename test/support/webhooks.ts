import type { Client } from './client.ts';
import { eventually } from './eventually.ts';
import { expectStatus } from './people.ts';

/** An endpoint as the API shows it. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  readonly disabled_at: string | null;
  readonly failing_since: string | null;
  readonly previous_secret_expires_at: string | null;
  /** Only from create and rotate-secret. */
  readonly secret: string;
}

/** A delivery as the API shows it. */
export interface Delivery {
  readonly id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly sequence: number;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly attempts: readonly {
    readonly number: number;
    readonly outcome: string | null;
    readonly status: number | null;
    readonly latency_ms: number | null;
    readonly error: string | null;
    readonly response_excerpt: string | null;
  }[];
  readonly next_attempt_at: string | null;
}

/** A page of a list. */
export interface Page<Entry> {
  readonly data: readonly Entry[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

export async function newWebhook(client: Client, url: string, events: readonly string[] = ['*']): Promise<Webhook> {
  return expectStatus(await client.post<Webhook>('/api/webhooks', { url, events }), 201).body;
}

/** Sends a test event. @returns its id */
export async function sendTest(client: Client, webhookId: string): Promise<string> {
  const answer = await client.post<{ event_id: string }>(`/api/webhooks/${webhookId}/test`);
  return expectStatus(answer, 202).body.event_id;
}

export async function deliveriesOf(client: Client, webhookId: string, query = ''): Promise<readonly Delivery[]> {
  const answer = await client.get<Page<Delivery>>(`/api/webhooks/${webhookId}/deliveries?limit=100${query}`);
  return expectStatus(answer, 200).body.data;
}

/** Waits until the delivery of an event is as it should be. */
export function deliveryOf(
  client: Client,
  webhookId: string,
  eventId: string,
  isRight: (delivery: Delivery) => boolean,
  deadlineMs?: number,
): Promise<Delivery> {
  return eventually(async () => {
    const [delivery] = await deliveriesOf(client, webhookId, `&event_id=${eventId}`);
    return delivery && isRight(delivery) ? delivery : null;
  }, deadlineMs);
}

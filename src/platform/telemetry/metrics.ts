import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../database/index.js';

/** Upper bounds of the duration buckets, in seconds: from a cached answer to a large compression. */
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Labels of a request: its route's template, never its path, so that the number of series is bounded. */
export type RequestLabels = Record<'method' | 'route' | 'status', string | number>;

/** The measurements of this process, for Prometheus: requests, the process and its event loop, the database pool. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;

  /** @param skewSeconds how far the clock of this process is ahead of the database's */
  constructor(database: Database, skewSeconds: () => number) {
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: DURATION_BUCKETS_SECONDS,
      registers: [this.registry],
    });
    measurePool(this.registry, database);
    measureSkew(this.registry, skewSeconds);
  }

  observeRequest(labels: RequestLabels, durationSeconds: number): void {
    this.requests.observe(labels, durationSeconds);
  }

  /** All measurements in the text format 0.0.4 of Prometheus, with its media type. */
  async print(): Promise<{ text: string; mediaType: string }> {
    return { text: await this.registry.metrics(), mediaType: this.registry.contentType };
  }
}

function measurePool(registry: Registry, database: Database): void {
  const connections = new Gauge({
    name: 'database_pool_connections',
    help: 'Connections to the database by state; waiting: requests that wait for one',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      for (const [state, count] of Object.entries(await database.poolCounts())) connections.set({ state }, count);
    },
  });
}

function measureSkew(registry: Registry, skewSeconds: () => number): void {
  const skew = new Gauge({
    name: 'clock_skew_seconds',
    help: "How far the clock of this process is ahead of the database's; negative: behind it",
    registers: [registry],
    collect() {
      skew.set(skewSeconds());
    },
  });
}

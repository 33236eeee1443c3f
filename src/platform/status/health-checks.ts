import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/** How long a component may take to show that it works. */
const DEADLINE_MS = 3_000;

/** Shows that a component works by letting it work; a rejection says that it does not. */
export type HealthCheck = () => Promise<unknown>;

/** The parts of the service that say of themselves whether they work; each module registers its own. */
@Injectable()
export class HealthChecks {
  private readonly checks = new Map<string, HealthCheck>();

  register(component: string, check: HealthCheck): void {
    this.checks.set(component, check);
  }

  /** Asks all of them at once. @returns component by component whether it works, in the order of registration */
  async run(): Promise<ReadonlyMap<string, boolean>> {
    const answers = [...this.checks].map(async ([name, check]): Promise<[string, boolean]> => [
      name,
      await works(check),
    ]);
    return new Map(await Promise.all(answers));
  }
}

async function works(check: HealthCheck): Promise<boolean> {
  const timeout = new AbortController();
  const tooLate = sleep(DEADLINE_MS, false, { ref: false, signal: timeout.signal }).catch(() => false);
  const answer = check().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    timeout.abort();
  }
}

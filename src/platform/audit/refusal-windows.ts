import type { SuspectCredential } from '../../kernel/access/suspect-credential.js';
import type { RefusalKind } from './refusal-kinds.js';

/** Length of a window, in milliseconds. */
const WINDOW_MS = 60_000;
/** Windows that are open at once; the oldest is closed early for another one. */
const WINDOWS_MAX = 10_000;

/** Whose credential was refused. */
export type RefusedSubject = Omit<SuspectCredential, 'reason'>;

/** A refusal that is counted. */
export interface CountedRefusal {
  readonly subject: RefusedSubject;
  readonly kind: RefusalKind;
  readonly code: string;
  /** What was asked for. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What is counted together: refusals of one credential with one code. It holds the last of them. */
export interface RefusalWindow extends CountedRefusal {
  /** When the first one came, epoch milliseconds. */
  readonly sinceMs: number;
  /** When the last one came, epoch milliseconds. */
  readonly untilMs: number;
  readonly count: number;
}

/** Counts refusals by credential and code, in windows of a minute that begin with the first one. */
export class RefusalWindows {
  private readonly open = new Map<string, RefusalWindow>();
  private overflow: RefusalWindow[] = [];

  constructor(private readonly windowsMax: number = WINDOWS_MAX) {}

  /** Counts one refusal. @returns its window, with it */
  count(refusal: CountedRefusal, nowMs: number): RefusalWindow {
    const key = `${refusal.subject.credentialId} ${refusal.code}`;
    const earlier = this.open.get(key);
    if (!earlier) this.makeRoom();
    const { sinceMs, count } = earlier ?? { sinceMs: nowMs, count: 0 };
    const window = { ...refusal, sinceMs, untilMs: nowMs, count: count + 1 };
    this.open.set(key, window);
    return window;
  }

  /** Closes the windows that are over at a moment (epoch milliseconds; Infinity: all of them). */
  takeClosed(nowMs: number): RefusalWindow[] {
    const closed = this.overflow;
    this.overflow = [];
    for (const [key, window] of this.open) {
      if (nowMs < window.sinceMs + WINDOW_MS) continue;
      this.open.delete(key);
      closed.push(window);
    }
    return closed;
  }

  private makeRoom(): void {
    const [oldest] = this.open.size >= this.windowsMax ? this.open : [];
    if (!oldest) return;
    this.open.delete(oldest[0]);
    this.overflow.push(oldest[1]);
  }
}

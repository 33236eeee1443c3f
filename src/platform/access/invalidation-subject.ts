/** What a change concerns; every cached principal that depends on it is dropped, on every process. */
export interface InvalidationSubject {
  readonly kind: 'key' | 'owner' | 'session' | 'service_account' | 'client' | 'grant' | 'policy' | 'dictionary';
  readonly id: string;
}

/** The subject as one text, `kind:id`: the payload of its notification and its name in the cache. */
export function printSubject({ kind, id }: InvalidationSubject): string {
  return `${kind}:${id}`;
}

/** Whether the printed subject is the policy, on which every principal depends. */
export function isPolicy(printed: string): boolean {
  return printed.startsWith('policy:');
}

/** Why a message is refused, as one public sentence: it names the offending part and holds no secret. */
export interface Fault {
  readonly fault: string;
}

/** Tells a refusal from a parsed result. */
export function isFault(result: object): result is Fault {
  return 'fault' in result;
}

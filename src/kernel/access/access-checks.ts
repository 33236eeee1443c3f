/** The checks that a request passes, in their order; the operation itself may refuse after all of them. */
export const ACCESS_CHECKS = [
  'credential',
  'rate_limit',
  'signature',
  'csrf',
  'network',
  'permission',
  'step_up',
  'quota',
  'operation',
] as const;
export type AccessCheck = (typeof ACCESS_CHECKS)[number];

/** What a check has said of a request. */
export type CheckVerdict = 'passed' | 'refused' | 'not_reached';

/** The verdict of each check on a request that one of them has refused, in their order. */
export function verdictsOf(refusedBy: AccessCheck): { check: AccessCheck; verdict: CheckVerdict }[] {
  const refused = ACCESS_CHECKS.indexOf(refusedBy);
  return ACCESS_CHECKS.map((check, position) => ({
    check,
    verdict: position < refused ? 'passed' : position === refused ? 'refused' : 'not_reached',
  }));
}

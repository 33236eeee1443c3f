/** Largest difference between a signer's clock and the server's, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 300;

/** Whether a signer's time is at most `toleranceSeconds` from the server's, both counted in whole seconds. */
export function isWithinClockWindow(
  timestampSeconds: number,
  nowMs: number,
  toleranceSeconds: number = CLOCK_TOLERANCE_SECONDS,
): boolean {
  return Math.abs(Math.floor(nowMs / 1000) - timestampSeconds) <= toleranceSeconds;
}

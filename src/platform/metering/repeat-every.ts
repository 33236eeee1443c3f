/** Runs work at an interval, without keeping the process alive; a failure is reported and the next run tries again. */
export function repeatEvery(
  intervalMs: number,
  work: () => Promise<void>,
  onFailure: (error: unknown) => void,
): () => void {
  const timer = setInterval(() => {
    work().catch(onFailure);
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

import { readFileSync, writeFileSync } from 'node:fs';

/** Memory of a process in MiB: what it has now, or its peak. */
export function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`${field}:\\s*(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Lets the kernel forget the peak so far (proc(5), clear_refs), where it knows how to. */
export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // the peak of earlier steps then counts too
  }
}

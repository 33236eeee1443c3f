import { loadavg } from 'node:os';
import { cpuOf, cpuOfChildren } from './cpu.ts';
import type { Generator } from './generator.ts';

/** One of the things compared. */
export interface Contender {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** The requests of a round, whole, taken in turn. */
  readonly requests: (round: number) => readonly string[];
  readonly count: number;
}

/** Its figures, one a round. */
export interface Figures {
  /** CPU microseconds of the server process a request. */
  readonly cpuUs: number[];
  /** CPU microseconds of PostgreSQL a request. */
  readonly postgresUs: number[];
  readonly perSecond: number[];
  readonly p99Ms: number[];
}

export const CONNECTIONS = 32;

/** Lets the contenders run in turn, round after round, after one round that does not count. All answers must be 200. */
export async function runRounds(
  generator: Generator,
  contenders: readonly Contender[],
  { rounds, postgresPid }: { rounds: number; postgresPid: number },
): Promise<Map<string, Figures>> {
  const figures = new Map<string, Figures>(
    contenders.map(({ name }) => [name, { cpuUs: [], postgresUs: [], perSecond: [], p99Ms: [] }]),
  );
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, port, pid, count, requests } of contenders) {
      const before = { cpu: cpuOf(pid), postgres: cpuOfChildren(postgresPid) };
      const result = await generator.run({ port, connections: CONNECTIONS, count, requests: requests(round) });
      const ofName = figures.get(name);
      if (result.statuses['200'] !== count) throw new Error(`${name}: ${JSON.stringify(result.statuses)}`);
      if (round < 0 || !ofName) continue;
      ofName.cpuUs.push((cpuOf(pid) - before.cpu) / count);
      ofName.postgresUs.push((cpuOfChildren(postgresPid) - before.postgres) / count);
      ofName.perSecond.push(count / result.seconds);
      ofName.p99Ms.push(result.p99Ms);
    }
  }
  return figures;
}

/** Middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** `min–median–max` with so many decimals. */
export function spread(values: readonly number[], decimals: number): string {
  return [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(decimals)).join('–');
}

/** Prints a line for each contender, and the load of the machine. */
export function printFigures(figures: ReadonlyMap<string, Figures>): void {
  const head = ['', 'CPU µs/request', 'PostgreSQL µs', 'requests/s', 'p99 ms'];
  const rows = [...figures].map(([name, { cpuUs, postgresUs, perSecond, p99Ms }]) => [
    name,
    spread(cpuUs, 1),
    spread(postgresUs, 1),
    spread(perSecond, 0),
    spread(p99Ms, 1),
  ]);
  for (const row of [head, ...rows]) print(row.map((cell, column) => cell.padEnd(column === 0 ? 34 : 22)).join(''));
  print(
    `load average ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}, each cell min–median–max of the rounds`,
  );
}

/** Prints a ratio of the best rounds' CPU time (the noise of other processes only ever adds), and its target. */
export function printRatio(label: string, ratio: number, target: string): void {
  print(`${label.padEnd(56)}${ratio.toFixed(2)}   target ${target}`);
}

/** CPU time a request in the best round, in microseconds. */
export function bestCpu(figures: ReadonlyMap<string, Figures>, name: string): number {
  return Math.min(...(figures.get(name)?.cpuUs ?? []));
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

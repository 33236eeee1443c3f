import { describe, expect, it } from '@jest/globals';
import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { tokenizeJson } from './tokenize-json.js';

const ORACLE = fileURLToPath(new URL('../../../test/vectors/signing/oracle.py', import.meta.url));
const SEED = 20_240_108;
const BODIES = 2500;
const MUTATIONS_PER_BODY = 4;

/** A body with its names as plain strings: V8's JSON.parse misreads some escaped names (nodejs/node#63785). */
type Tree = string | number | boolean | null | ObjectTree | ArrayTree;
interface ObjectTree {
  readonly members: readonly (readonly [name: string, value: Tree])[];
}
interface ArrayTree {
  readonly elements: readonly Tree[];
}

interface Sample {
  readonly canonical: string;
  readonly tree: Tree;
  readonly wires: readonly string[];
  readonly others: readonly string[];
  readonly isEmpty: boolean;
}

const hasPython = spawnSync('python3', ['--version']).status === 0;
const withPython = hasPython ? describe : describe.skip;

function askPython(argument: readonly string[], input = ''): readonly string[] {
  const run = spawnSync('python3', [ORACLE, ...argument], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.split('\n').slice(0, -1);
}

function valueOfTree(tree: Tree): unknown {
  if (tree === null || typeof tree !== 'object') return tree;
  if ('elements' in tree) return tree.elements.map(valueOfTree);
  const value: Record<string, unknown> = {};
  for (const [name, member] of tree.members) value[name] = valueOfTree(member);
  return value;
}

const tokenize = (wire: string): ReturnType<typeof tokenizeJson> => tokenizeJson(Buffer.from(wire, 'utf8'));
const canonicalOf = (bytes: Buffer): string | null => {
  const result = tokenizeJson(bytes);
  return 'fault' in result ? null : result.canonical;
};

/** Numerical Recipes' linear congruential generator: the same mutations in every run. */
function* randomIntegers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

const BYTES_OF_INTEREST = Buffer.from('"\\{}[],:0129.eE+-tfn u/\u0000\t\n\u007f', 'latin1');

/** Replaces, removes or inserts one byte; half of the new bytes are such as mean something to JSON. */
function mutate(bytes: Buffer, random: Generator<number, never>): Buffer {
  const next = (limit: number): number => random.next().value % limit;
  const at = next(bytes.length);
  const byte = next(2) === 0 ? next(256) : (BYTES_OF_INTEREST[next(BYTES_OF_INTEREST.length)] ?? 0);
  const removed = next(3) === 0 ? 0 : 1;
  const inserted = next(3) === 0 && removed === 1 ? [] : [byte];
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(inserted), bytes.subarray(at + removed)]);
}

withPython('canonical text against Python', () => {
  const samples = hasPython
    ? askPython(['generate', String(SEED), String(BODIES)]).map((line): Sample => JSON.parse(line))
    : [];

  it('is what json.dumps(body, sort_keys=True) prints, however the body was spelt on the wire', () => {
    expect(samples).toHaveLength(BODIES);
    for (const { canonical, wires, isEmpty } of samples) {
      expect(wires.length).toBeGreaterThanOrEqual(3);
      for (const wire of wires) expect(tokenize(wire)).toMatchObject({ canonical, isEmpty });
    }
  });

  it('comes with the value that Python sent, members in the order received', () => {
    for (const { tree, wires } of samples) {
      const expected = valueOfTree(tree);
      expect(tokenize(wires[0] ?? '')).toHaveProperty('value', expected);
      // As text all spellings are compared at little cost, the order of the members too.
      for (const wire of wires) {
        const result = tokenize(wire);
        expect('value' in result && JSON.stringify(result.value)).toBe(JSON.stringify(expected));
      }
    }
  });

  it('is its own canonical text', () => {
    for (const { canonical } of samples) expect(tokenize(canonical)).toMatchObject({ canonical });
  });

  it('differs for every body that Python tells apart', () => {
    for (const { canonical, others } of samples) {
      for (const other of others) expect(tokenize(other)).not.toMatchObject({ canonical });
    }
    expect(samples.flatMap((sample) => sample.others).length).toBeGreaterThan(BODIES);
  });

  it('of a body with a changed byte is what Python makes of that, or a fault where Python refuses it', () => {
    const random = randomIntegers(SEED);
    const mutants = samples.flatMap((sample) =>
      sample.wires
        .slice(-2)
        .flatMap((wire) => Array.from({ length: MUTATIONS_PER_BODY / 2 }, () => mutate(Buffer.from(wire), random))),
    );
    const lines = mutants.map((bytes) => `${bytes.toString('base64')}\n`).join('');
    const answers = askPython(['judge'], lines).map((line): string | null => JSON.parse(line));
    expect(answers).toHaveLength(mutants.length);
    const disagreements = mutants
      .map((bytes, index) => ({ wire: bytes.toString('latin1'), own: canonicalOf(bytes), python: answers[index] }))
      .filter(({ own, python }) => own !== python);
    expect(disagreements).toEqual([]);
    const refused = answers.filter((answer) => answer === null).length;
    expect(refused).toBeGreaterThan(mutants.length / 10);
    expect(refused).toBeLessThan(mutants.length);
  });
});

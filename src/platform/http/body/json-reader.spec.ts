import { afterAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { JsonReader } from './json-reader.js';

// The worker runs compiled code: `npm run build` comes before the specs.
const workerEntry = new URL('../../../../dist/platform/http/body/json.worker.js', import.meta.url);
const SMALL_BYTES_MAX = 40;
const MIB = 1024 * 1024;

const here = new JsonReader({ bodyLimitBytes: MIB, smallBytesMax: Infinity, workerEntry });
const across = new JsonReader({ bodyLimitBytes: MIB, smallBytesMax: SMALL_BYTES_MAX, workerEntry });
afterAll(() => across.onApplicationShutdown());

/** All that a reading gives: value (as text where -0 and order count), the members' characters, or the refusal. */
async function outcome(reader: JsonReader, form: 'read' | 'readSigned', wire: Buffer): Promise<unknown> {
  try {
    const answer = form === 'read' ? { body: await reader.read('a', Buffer.from(wire)) } : await signed(reader, wire);
    const sources = [...answer.body.members.keys()].map((name) => [name, String(answer.body.sourceOf(name))]);
    return { ...answer, body: answer.body.value, text: JSON.stringify(answer.body.value), sources };
  } catch (error) {
    const { code, detail } = error as { code: string; detail: string };
    return { code, detail };
  }
}

function signed(reader: JsonReader, wire: Buffer) {
  return reader.readSigned('a', Buffer.from(wire));
}

const names = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'data', '__proto__', 'é', '"', '\\'));
const values = fc.jsonValue({ stringUnit: 'binary' });
const wires = fc
  .tuple(
    fc.oneof(fc.dictionary(names, values), fc.array(values), values),
    fc.constantFrom(undefined, 1, '\t'),
    fc.constantFrom('', ' ', '\uFEFF'),
  )
  .map(([value, indentation, before]) => before + JSON.stringify(value, null, indentation));
/** Cut, doubled or with a byte changed: mostly no JSON any more, some with a member named twice. */
const broken = fc
  .tuple(wires, fc.nat(), fc.constantFrom('', ',', '}', '"', '\\', '\u0001', '{"a":1,"a":2}', '[{"b":{"c":0,"c":0}}]'))
  .map(
    ([wire, place, bit]) =>
      wire.slice(0, place % (wire.length + 1)) + bit + wire.slice((place % (wire.length + 1)) + 1),
  );
const bytes = fc.oneof(
  fc.oneof(wires, broken).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 2 * SMALL_BYTES_MAX }).map((array) => Buffer.from(array)),
);

describe('a JSON body', () => {
  it.each(['read', 'readSigned'] as const)(
    'is the same, or refused in the same words, on whichever thread it is read (%s)',
    async (form) => {
      let readAcross = 0;
      await fc.assert(
        fc.asyncProperty(bytes, async (wire) => {
          if (wire.length > SMALL_BYTES_MAX) readAcross += 1;
          expect(await outcome(across, form, wire)).toEqual(await outcome(here, form, wire));
        }),
        { numRuns: 400 },
      );
      expect(readAcross).toBeGreaterThan(50);
    },
  );

  it("comes back in its own memory, and a Buffer from the pool takes nobody else's along", async () => {
    const neighbour = Buffer.from('a neighbour in the pool');
    const wire = Buffer.from(JSON.stringify({ data: 'x'.repeat(SMALL_BYTES_MAX) }));
    const body = await across.read('a', wire);
    expect(String(body.bytes)).toBe(JSON.stringify({ data: 'x'.repeat(SMALL_BYTES_MAX) }));
    expect(String(neighbour)).toBe('a neighbour in the pool');
  });

  it('of more than 1,000 members is refused on either thread', async () => {
    const wire = (count: number): Buffer =>
      Buffer.from(JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, number) => [`m${number}`, 0]))));
    for (const reader of [here, across]) {
      for (const form of ['read', 'readSigned'] as const) {
        expect(await outcome(reader, form, wire(1_000))).not.toHaveProperty('code');
        expect(await outcome(reader, form, wire(1_001))).toEqual({
          code: 'REQ_002',
          detail: 'The body has more than 1000 members.',
        });
      }
    }
  });
});

describe('a large body of many values', () => {
  it('keeps each member in its exact characters, and of its value only the beginning', async () => {
    const data = `[${'{"a": [1.0]},'.repeat(30_000)}0]`;
    const body = await across.read('a', Buffer.from(`{"n":"x","data" : ${data} ,"o":{"p":[1]}}`));
    expect(String(body.sourceOf('data'))).toBe(data);
    expect(body.value).toMatchObject({ n: 'x', o: {} });
    const { data: first } = body.value as { data: unknown[] };
    expect(first.length).toBeLessThanOrEqual(20_000);
    expect(first[0]).toEqual({});
  });

  it('is whole while a handler may look into it: 10,000 samples, and the one too many is still seen', async () => {
    const samples = Array.from({ length: 10_001 }, (_, number) => `sample ${number}`);
    const { value } = await across.read('a', Buffer.from(JSON.stringify({ name: 'd', samples })));
    expect(value).toEqual({ name: 'd', samples });
    const many = await across.read('a', Buffer.from(JSON.stringify({ samples: Array(500_000).fill('s') })));
    expect((many.value as { samples: string[] }).samples.length).toBeGreaterThan(10_000);
  });

  it('waits its turn: one owner cannot keep another from being read', async () => {
    const wire = (): Buffer => Buffer.from(JSON.stringify(Array(200_000).fill(1)));
    const order: string[] = [];
    const read = async (owner: string): Promise<void> => {
      await across.read(owner, wire());
      order.push(owner);
    };
    await Promise.all([read('a'), read('a'), read('a'), read('a'), read('b')]);
    expect(order).toEqual(['a', 'a', 'b', 'a', 'a']);
  });

  it('is refused with 503 when too many of its owner wait, and the reader goes on', async () => {
    const wire = Buffer.from(JSON.stringify('x'.repeat(SMALL_BYTES_MAX)));
    const results = await Promise.allSettled(Array.from({ length: 70 }, () => across.read('a', Buffer.from(wire))));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(70 - 65);
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ code: 'SRV_002', headers: { 'Retry-After': '1' } });
    }
    expect((await across.read('a', Buffer.from(wire))).value).toBe('x'.repeat(SMALL_BYTES_MAX));
  });

  it('that ends its worker is answered with 503, and the next one is read', async () => {
    const dying = new JsonReader({
      bodyLimitBytes: MIB,
      smallBytesMax: 0,
      // as a worker ends that runs out of memory: by itself, in the middle of a body
      workerEntry: new URL('data:text/javascript,process.exit(1)'),
    });
    for (let turn = 0; turn < 2; turn += 1) {
      await expect(dying.read('a', Buffer.from('{}'))).rejects.toMatchObject({ code: 'SRV_002' });
    }
  });
});

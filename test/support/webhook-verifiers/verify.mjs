// The logic of the guide's Go handler for machines without Go: reads a body, prints whether it verifies.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [signature, secret] = process.argv.slice(2);
const expected = createHmac('sha256', secret).update(readFileSync(0)).digest('hex');
const isEqual = signature.length === expected.length && timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
process.stdout.write(String(isEqual));

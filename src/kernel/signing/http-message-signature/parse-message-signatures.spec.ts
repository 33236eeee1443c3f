import { describe, expect, it } from '@jest/globals';
import { parseMessageSignatures } from './parse-message-signatures.js';

const input =
  'sig1=("@method" "@path");created=1704715200;nonce="n";keyid="k";alg="hmac-sha256";tag="t";expires=1704715260';
const signature = 'sig1=:AAECAw==:';

describe('the signatures of a request', () => {
  it('are read with their components and parameters', () => {
    expect(parseMessageSignatures(input, signature)).toEqual([
      expect.objectContaining({
        label: 'sig1',
        components: [
          { value: '@method', parameters: new Map() },
          { value: '@path', parameters: new Map() },
        ],
        created: 1_704_715_200,
        expires: 1_704_715_260,
        nonce: 'n',
        keyid: 'k',
        alg: 'hmac-sha256',
        tag: 't',
        signature: expect.objectContaining({ length: 4 }),
      }),
    ]);
  });

  it('are told apart by label, in the order of Signature-Input', () => {
    const parsed = parseMessageSignatures('b=("@path"), a=("@method");created=1', 'a=:AA==:, b=:AQ==:');
    expect(parsed).toMatchObject([{ label: 'b' }, { label: 'a', created: 1 }]);
  });

  it.each([
    ['no signature', '', ''],
    ['a signature without its input', 'sig1=()', 'sig1=:AA==:, sig2=:AA==:'],
    ['an input without its signature', 'sig1=(), sig2=()', 'sig1=:AA==:'],
    ['another label', 'sig1=()', 'sig2=:AA==:'],
    ['a repeated label', 'sig1=(), sig1=("@method")', 'sig1=:AA==:'],
    ['a repeated signature', 'sig1=()', 'sig1=:AA==:, sig1=:AQ==:'],
    ['an input that is not a list', 'sig1="@method"', signature],
    ['an input without a value', 'sig1', signature],
    ['a signature that is a string', 'sig1=()', 'sig1="AA=="'],
    ['a signature that is a list', 'sig1=()', 'sig1=(:AA==:)'],
    ['base64 without padding', 'sig1=()', 'sig1=:AA:'],
    ['base64 with stray bits', 'sig1=()', 'sig1=:AB==:'],
    ['base64 for URLs', 'sig1=()', 'sig1=:_-8=:'],
    ['a component that is a token', 'sig1=(method)', signature],
    ['a component in capitals', 'sig1=("Date")', signature],
    ['an empty component', 'sig1=("")', signature],
    ['a component with a line break in it', 'sig1=("a\nb")', signature],
    ['a component with a space in it', 'sig1=("a b")', signature],
    ['a component twice', 'sig1=("date" "date")', signature],
    ['a component with parameters twice', 'sig1=("@query-param";name="a" "@query-param";name="a")', signature],
    ['components without a space between', 'sig1=("a""b")', signature],
    ['a list without its end', 'sig1=("a"', signature],
    ['a trailing comma', 'sig1=(),', signature],
    ['text after a list', 'sig1=()x', signature],
    ['a space before a parameter', 'sig1=() ;created=1', signature],
    ['created as a string', 'sig1=();created="1"', signature],
    ['created as a decimal', 'sig1=();created=1.0', signature],
    ['created without a value', 'sig1=();created', signature],
    ['created twice', 'sig1=();created=1;created=2', signature],
    ['created beyond 15 digits', 'sig1=();created=1234567890123456', signature],
    ['a nonce that is a token', 'sig1=();nonce=abc', signature],
    ['an algorithm that is a token', 'sig1=();alg=hmac-sha256', signature],
    ['an escape that strings do not have', String.raw`sig1=();nonce="\n"`, signature],
    ['a string beyond ASCII', 'sig1=();nonce="é"', signature],
    ['a label in capitals', 'Sig1=()', 'Sig1=:AA==:'],
  ])('are refused: %s', (_, badInput, badSignature) => {
    expect(parseMessageSignatures(badInput, badSignature)).toEqual({
      fault: expect.stringMatching(/^Signature(-Input)? ?.*\.$/),
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { EmailInput, NewEmailInput, normaliseEmail } from './email.js';

const LONGEST_LABEL = 'x'.repeat(63);

describe('a new e-mail address', () => {
  it.each([
    ["!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"],
    ["O'Neill+kindly@Example.COM", "O'Neill+kindly@example.com"],
    ['first.last@example.com', 'first.last@example.com'],
    ['1@2.example', '1@2.example'],
    ['ｕser＠example.com', 'user@example.com'],
    ['user@bücher.example', 'user@xn--bcher-kva.example'],
    ['user@BÜCHER.example', 'user@xn--bcher-kva.example'],
    ['user@bu\u0308cher.example', 'user@xn--bcher-kva.example'],
    ['user@XN--BCHER-KVA.example', 'user@xn--bcher-kva.example'],
    ['user@пример。испытание', 'user@xn--e1afmkfd.xn--80akhbyknj4f'],
    ['user@straße.example', 'user@xn--strae-oqa.example'],
    [`${'x'.repeat(64)}@example.com`, `${'x'.repeat(64)}@example.com`],
    [`a@${LONGEST_LABEL}.${LONGEST_LABEL}.${LONGEST_LABEL}.${'x'.repeat(56)}.com`, expect.any(String)],
  ])('may be %s, and is kept as %s', (text, kept) => {
    expect(NewEmailInput.parse(text)).toEqual(kept);
  });

  it.each([
    ['no @', 'example.com'],
    ['nothing before the @', '@example.com'],
    ['nothing after it', 'user@'],
    ['two @', 'user@@example.com'],
    ['an @ that a compatibility character folds into', 'user＠evil.example@example.com'],
    ['a dot first', '.user@example.com'],
    ['a dot last', 'user.@example.com'],
    ['two dots', 'us..er@example.com'],
    ['a blank', 'us er@example.com'],
    ['a comma', 'us,er@example.com'],
    ['angle brackets', '<user@example.com>'],
    ['a quoted local part', '"us er"@example.com'],
    ['a comment', 'user(me)@example.com'],
    ['a second header', 'user@example.com\nbcc: x@y.example'],
    ['NUL', 'us\0er@example.com'],
    ['letters beyond ASCII before the @', 'müller@example.com'],
    ['a letter that looks like one of ASCII before the @', 'аdmin@example.com'],
    ['65 octets before the @', `${'x'.repeat(65)}@example.com`],
    ['255 octets', `a@${LONGEST_LABEL}.${LONGEST_LABEL}.${LONGEST_LABEL}.${'x'.repeat(57)}.com`],
    ['a label of 64 octets', `user@x${LONGEST_LABEL}.com`],
    ['a label that is longer in its ASCII form', `user@${'ü'.repeat(60)}.com`],
    ['one label', 'user@localhost'],
    ['an address literal', 'user@[127.0.0.1]'],
    ['an address', 'user@127.0.0.1'],
    ['an address in hexadecimal', 'user@0x7f.1'],
    ['a trailing dot', 'user@example.com.'],
    ['an empty label', 'user@example..com'],
    ['a hyphen at the start of a label', 'user@-example.com'],
    ['a hyphen at the end of a label', 'user@example-.com'],
    ['an underscore in the domain', 'user@ex_ample.com'],
    ['an escape in the domain', 'user@ex%61mple.com'],
    ['a path after the domain', 'user@example.com/x'],
    ['a port', 'user@example.com:25'],
    ['a top-level domain of digits', 'user@example.123'],
    ['a wildcard', 'user@*.example.com'],
  ])('cannot have %s', (_name, text) => {
    expect(NewEmailInput.safeParse(text).success).toBe(false);
  });
});

describe('an e-mail address', () => {
  it('is the same in every spelling of it', () => {
    for (const spelling of ['User@Example.com', ' user@example.com ', 'ｕser@example.com', 'USER@EXAMPLE.COM']) {
      expect(normaliseEmail(spelling)).toBe('user@example.com');
    }
    for (const spelling of ['u@Bücher.example', 'U@xn--bcher-kva.example', 'u@bu\u0308cher.EXAMPLE']) {
      expect(normaliseEmail(spelling)).toBe('u@xn--bcher-kva.example');
    }
  });

  // accounts of the first release were found by these forms
  it.each([
    `${'x'.repeat(70)}@example.com`,
    'user@foo-.com',
    'user@ab--cd.com',
    `user@x${LONGEST_LABEL}.com`,
    'user@xn--zzzzzzzzzzzz.com',
  ])('that was taken once still names its account: %s', (text) => {
    expect(EmailInput.parse(text)).toBe(text);
    expect(normaliseEmail(text)).toBe(text);
  });

  it.each(['', 'user', '@', 'user@', '@example.com', 'a b@example.com', 'a\0b@example.com', 'a\ud800@example.com'])(
    'that nobody can have is refused at login: %j',
    (text) => {
      expect(EmailInput.safeParse(text).success).toBe(false);
    },
  );
});

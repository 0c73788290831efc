/** Text, numbers and bytes that nobody sends by accident. */
import { seededRng } from '../../../shared/base/rng.ts'
import { hostileCorpus } from '../hostile_corpus.ts'

/** Of the corpus of orders to a model; one of each shape. */
export const CORPUS_TEXTS = 5_000
const CORPUS_SEED = 20_261_122

/** What has broken others: ends of range, ends of text, other people's languages. */
const NAUGHTY: readonly string[] = [
  ...[
    '',
    ' ',
    '\u0000',
    '\u0000a',
    'a\u0000',
    '\t',
    '\r\n',
    '\u0085',
    '\u00a0',
    '\u200b',
    '\u2028',
    '\u2029',
    '\ufeff',
  ],
  ...['\ud800', '\udc00', 'a\udfffb', '\ufffd', '\uffff', '\u{10ffff}', '\u202eabc', '\u0301', 'Z\u0351\u036b\u0343'],
  ...['undefined', 'null', 'NULL', 'true', 'NaN', 'Infinity', '-0', '0', '1e309', '0x10', '1_000', '٣', '９'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'then'],
  ...["' OR 1=1 --", '"; DROP TABLE items; --', "x' UNION SELECT NULL--", '%', '_', '\\', "'", '"', '`', '??', '?1'],
  ...['* NEAR(', '"unbalanced', 'a AND', 'NOT', 'col:x', '^a', '{a b}', 'a*', '(((((', ')', '-', '+', ':', 'a"b*c'],
  ...['$.a', '$[0]', "$.'a'", '$gt', '{"$ne":null}', '*', '?', '[a-z]', '(a+)+$', '^(([a-z])+.)+[A-Z]([a-z])+$'],
  ...['../../etc/passwd', '..\\..\\win.ini', '/dev/null', 'file:///etc/passwd', 'http://127.0.0.1/', '//evil.example'],
  ...[
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '{{7*7}}',
    '$' + '{7*7}',
    '%{7*7}',
    '#{7*7}',
    '%n%s',
  ],
  ...[
    '\r\nset-cookie: a=b',
    '\r\n\r\nHTTP/1.1 200 OK',
    'a,b',
    'a;b',
    'a|b',
    'a&b=c',
    'a=b',
    'a#b',
    'a b',
    '%00',
    '%ff',
    '%',
  ],
  ...['ﬀ', 'ß', 'İ', 'ı', 'Ǆ', 'ςσ', '😀'.repeat(70), '👩‍👩‍👧‍👦', '🇩🇪', '田中さん', 'الكل', 'a\u0323\u0307', 'ｱｲｳ'],
  ...[
    '9007199254740993',
    '-9223372036854775809',
    '1'.repeat(400),
    '0.1'.repeat(50),
    'a'.repeat(129),
    'a'.repeat(5_000),
  ],
  ...['2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-01-01', '2026-01-01T24:00:00Z'],
  ...[
    '2026-06-30T23:59:60Z',
    '2026-01-01T00:00:00+25:00',
    `2026-01-01T00:00:00.${'1'.repeat(300)}Z`,
    '-000001-01-01T00:00:00Z',
  ],
  ...[
    'sk_shop-a_x',
    'pk_',
    'ak_',
    'Bearer',
    'a@b.example',
    '+49 30 1234567',
    '4111 1111 1111 1111',
    'DE89370400440532013000',
  ],
]

export const HOSTILE_TEXTS: readonly string[] = [
  ...NAUGHTY,
  ...hostileCorpus(seededRng(CORPUS_SEED), CORPUS_TEXTS).map(({ text }) => text),
]
/** Few, so that they are met often. */
export const NAUGHTY_TEXTS = NAUGHTY

export const HOSTILE_NUMBERS: readonly number[] = [
  ...[0, -0, -1, 1, 0.1, -0.5, 1e-320, 1e308, -1e308, 2 ** 31, 2 ** 31 - 1, -(2 ** 31), 2 ** 32, 2 ** 53, 2 ** 53 - 1],
  ...[
    -(2 ** 53),
    2 ** 63,
    2 ** 64,
    8.64e15,
    8.64e15 + 1,
    -8.64e15,
    253_402_300_800,
    253_402_300_800_000,
    1e12,
    1e12 + 1,
  ],
]

/** Values of every type, small. */
export const OTHER_VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    '',
    'x',
    [],
    {},
    [[]],
    [null],
    [{}],
    { a: 1 },
    { length: 1 },
    ['x', 'x'],
  ],
]

/** Names that an object may be given beside its own. */
export const FOREIGN_NAMES: readonly string[] = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'toJSON',
    'then',
    '__defineSetter__',
  ],
  ...[
    '',
    ' ',
    'x',
    'id',
    'shop',
    'key',
    'role',
    'admin',
    'deleted',
    '$ref',
    '0',
    '-1',
    'a.b',
    'a/b',
    'a~b',
    'é',
    '\u0000',
    '\ud800',
  ],
]

/** Hostile input on every route, a small part of it; `npm run check:input` asks a hundred times as much, and workerd too. */
import { expect, test } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import { CORPUS_SHAPE, hostileCorpus } from './hostile_corpus.ts'
import { CHECKS } from './input/checks.ts'
import { CONTROLS } from './input/controls.ts'
import { readDocument } from './input/document.ts'
import { openInProcess } from './input/doors.ts'
import { CORPUS_TEXTS, HOSTILE_TEXTS } from './input/hostile.ts'
import { linesOf } from './input/report.ts'
import { createRequests } from './input/requests.ts'
import { runInput } from './input/run.ts'
import { assertUnderstood, misfit, type Schema } from './input/schema.ts'

const SEED = 20_261_122
const CASES = 1_200
const CONTROL_CASES = 150

const document = readDocument()

test(`no route answers hostile input otherwise than it is documented (seed ${SEED})`, async () => {
  const door = await openInProcess()
  try {
    const report = await runInput(document, door, { seed: SEED, cases: CASES })
    expect(report.found.flatMap((one) => linesOf(one, SEED, 'process'))).toEqual([])
    expect(report.routes).toBe(document.operations.length)
    expect(CHECKS.filter((check) => report.applied[check] === 0)).toEqual([])
    // Good requests that nobody takes would test refusals alone.
    expect(report.taken).toBeGreaterThan(report.ruled / 2)
  } finally {
    await door.close()
  }
})

test('every check has a door that it is to find', () => {
  expect(CHECKS.filter((check) => !CONTROLS.some((one) => one.check === check))).toEqual([])
})

test.each(CONTROLS.map((control) => [control.fault, control] as const))(
  'control: a door that %s is found',
  async (_fault, { check, route, door: broken, cases = CONTROL_CASES, deadlineMs }) => {
    const options = {
      seed: SEED,
      cases,
      only: route,
      until: check,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    }
    const door = await openInProcess(broken)
    try {
      const { found } = await runInput(document, door, options)
      expect(found.map(({ fault }) => fault.check)).toContain(check)
    } finally {
      await door.close()
    }
  },
)

test('the corpus has at least 5,000 different texts of 40 templates, 10 encodings and 6 placements', () => {
  const corpus = hostileCorpus(seededRng(SEED), CORPUS_TEXTS)
  const distinct = (values: readonly string[]) => new Set(values).size
  expect(distinct(corpus.map(({ text }) => text))).toBeGreaterThanOrEqual(5_000)
  expect(distinct(corpus.map(({ template }) => template))).toBeGreaterThanOrEqual(40)
  expect(distinct(corpus.map(({ encoding }) => encoding))).toBeGreaterThanOrEqual(10)
  expect(distinct(corpus.map(({ placement }) => placement))).toBeGreaterThanOrEqual(6)
  // Every template in every disguise at every place, and not some of them many times.
  const shapes = distinct(corpus.map(({ template, encoding, placement }) => `${template} ${encoding} ${placement}`))
  expect(shapes).toBe(CORPUS_SHAPE.templates * CORPUS_SHAPE.encodings * CORPUS_SHAPE.placements)
  expect(new Set(HOSTILE_TEXTS).size).toBeGreaterThan(5_000)
  // Control: the same text twice would be one.
  expect(distinct([...corpus, ...corpus].map(({ text }) => text))).toBe(corpus.length)
})

test('every schema of the document is understood whole, and every text of it is a field', () => {
  const { schemas, operations } = document
  const all = operations.flatMap(({ parameters, bodies, answers }) => [
    ...parameters.map(({ schema }) => schema),
    ...bodies.values(),
    ...[...answers.values()].flatMap(({ types, headers }) => [...types.values(), ...headers.values()]),
  ])
  for (const schema of [...all, ...Object.values(schemas)]) assertUnderstood(schema)
  expect(() => assertUnderstood({ items: { unevaluatedProperties: false } as Schema })).toThrow('unevaluatedProperties')
  const { fieldsOf } = createRequests(document)
  const fields = operations.flatMap(fieldsOf)
  expect(new Set(fields).size).toBe(fields.length)
  expect(fields).toEqual(
    expect.arrayContaining([
      'PUT /v1/items/{id} body /offers/*/variants/*/id',
      'PUT /v1/items/{id} body /attributes/*name',
      'POST /v1/recommendations body /filter/value',
      'GET /v1/recommendations query placement',
      'DELETE /v1/webhooks/{source} path source',
    ]),
  )
})

test.each<[Schema, unknown, boolean]>([
  [{ type: 'string', maxLength: 2 }, '😀😀', true],
  [{ type: 'string', maxLength: 2 }, '😀😀😀', false],
  [{ type: 'string', pattern: '^[^\\p{Cc}]*$' }, 'a\u0000', false],
  [{ type: 'integer', minimum: 1 }, 1.5, false],
  [{ type: 'integer' }, 2 ** 53, false],
  [{ type: 'number', exclusiveMinimum: 0 }, 0, false],
  [{ type: ['string', 'null'] }, null, true],
  [{ type: 'object', properties: { a: {} }, additionalProperties: false }, { a: 1, b: 1 }, false],
  [{ type: 'object', additionalProperties: false }, JSON.parse('{"__proto__":1}'), false],
  [{ type: 'object', required: ['toString'] }, {}, false],
  [{ type: 'object', propertyNames: { maxLength: 1 }, additionalProperties: { type: 'string' } }, { ab: 'x' }, false],
  [{ type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] }, ['a', 'b'], false],
  [{ anyOf: [{ type: 'string' }, { $ref: '#/components/schemas/N' }] }, 3, true],
  [{ const: 'a' }, 'b', false],
  [{ enum: ['a', 1] }, '1', false],
])('%j of %j: %s', (schema, value, isFit) => {
  expect(misfit(schema, value, { N: { type: 'number' } }) === null).toBe(isFit)
})

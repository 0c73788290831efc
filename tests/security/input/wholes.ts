/** Everything that a good request to an operation is made of, and the request made of it. */
import fc from 'fast-check'
import { KEYS } from '../credentials/keys.ts'
import { feedTexts } from './bytes.ts'
import type { Sent } from './case.ts'
import type { KeyNeeded, Operation, Parameter } from './document.ts'
import { RARE } from './known.ts'
import type { Schema } from './schema.ts'
import type { ValueOf } from './values.ts'

export const NDJSON = 'application/x-ndjson'

/** The last of them may do most. */
export const KEYS_OF: Record<KeyNeeded, readonly string[]> = {
  none: [''],
  pk_or_sk: [KEYS.pk, KEYS.sk],
  sk: [KEYS.sk],
  sk_or_admin: [KEYS.sk, KEYS.admin],
  admin: [KEYS.admin],
}

export interface Body {
  type: string
  schema: Schema
  /** One, or with NDJSON one a line. */
  values: readonly unknown[]
  /** Of a feed; then there are no values. */
  text: string | null
}

export interface Whole {
  inPath: ReadonlyMap<string, string>
  query: ReadonlyMap<string, string>
  body: Body | null
  key: string
}

export const utf8 = (text: string) => new Uint8Array(Buffer.from(text, 'utf8'))
export const authorised = (key: string): [string, string][] => (key === '' ? [] : [['authorization', `Bearer ${key}`]])
export const typed = (body: Body | null): [string, string][] => (body === null ? [] : [['content-type', body.type]])
/** Half a character cannot be written in an address. */
export const inAddress = (text: string) => encodeURIComponent(text.toWellFormed())

export const bodyText = ({ values, text, type }: Body): string =>
  text ?? values.map((value) => `${JSON.stringify(value)}${type === NDJSON ? '\n' : ''}`).join('')

/** Whether an address with this in it is the operation's own: without a character, or of dots alone, it is another. */
export const isElsewhere = ({ inPath }: Whole): boolean => [...inPath.values()].some((text) => /^\.{0,2}$/.test(text))

export function built(
  operation: Operation,
  { inPath, query, body, key }: Whole,
  change: Partial<Sent> = {},
  headers: readonly (readonly [string, string])[] = [],
): Sent {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => inAddress(inPath.get(name) ?? ''))
  const search = [...query].map(([name, value]) => `${inAddress(name)}=${inAddress(value)}`).join('&')
  return {
    method: operation.method,
    target: search === '' ? path : `${path}?${search}`,
    body: body === null ? null : utf8(bodyText(body)),
    headers: [...authorised(key), ...typed(body), ...headers],
    ...change,
  }
}

const written = ({ writing }: Parameter, value: unknown): string =>
  writing === 'json' ? JSON.stringify(value) : Array.isArray(value) ? value.join(',') : String(value)

/** @param drawn values that fit a schema */
export function createWholes(drawn: ValueOf): (operation: Operation) => fc.Arbitrary<Whole> {
  // Of a list that repeats its name one entry is sent: which names are repeated is a matter of oddness.
  const schemaOf = ({ schema, writing }: Parameter) => (writing === 'repeated' ? schema.items! : schema)
  const textOf = (one: Parameter) => drawn(schemaOf(one), one.name).map((value) => written(one, value))
  const sometimes = (one: Parameter) =>
    fc.oneof(
      { weight: RARE.has(one.name) ? 9 : 1, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: textOf(one) },
    )

  function textsOf(all: readonly Parameter[], place: Parameter['in']): fc.Arbitrary<Map<string, string>> {
    const own = all.filter((one) => one.in === place)
    return fc
      .tuple(...own.map((one) => (one.required ? textOf(one) : sometimes(one))))
      .map((texts) => new Map(own.flatMap(({ name }, at) => (texts[at] == null ? [] : [[name, texts[at]!] as const]))))
  }

  function bodyOf({ bodies }: Operation): fc.Arbitrary<Body | null> {
    const kinds = [...bodies].map(([type, schema]) => {
      if (schema.type === 'string') return feedTexts.map((text): Body => ({ type, schema, values: [], text }))
      const value = drawn(schema)
      const lines = type === NDJSON ? fc.array(value, { minLength: 1, maxLength: 4 }) : fc.tuple(value)
      return lines.map((values): Body => ({ type, schema, values, text: null }))
    })
    // The first is the API's own form.
    return kinds.length === 0 ? fc.constant(null) : fc.oneof({ weight: 6, arbitrary: kinds[0]! }, ...kinds.slice(1))
  }

  return (operation) =>
    fc.record({
      inPath: textsOf(operation.parameters, 'path'),
      query: textsOf(operation.parameters, 'query'),
      body: bodyOf(operation),
      key: fc.constantFrom(...KEYS_OF[operation.key]),
    })
}

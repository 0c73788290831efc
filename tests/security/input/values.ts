/** Values that fit a schema of the document: what a well-meaning sender might send, drawn by fast-check. */
import fc from 'fast-check'
import { HOSTILE_TEXTS, NAUGHTY_TEXTS } from './hostile.ts'
import { KNOWN, RARE } from './known.ts'
import { misfit, resolved, type Schema, type Schemas } from './schema.ts'

/** Entries of lists and of free-form objects; longer ones are a matter of disturbance. */
const ENTRIES_MAX = 3
/** Choices that refer to named schemas are left out below this level: a tree has to end. */
const LEVELS_MAX = 4

export type ValueOf = (schema: Schema, name?: string) => fc.Arbitrary<unknown>

/** @param schemas those that references name */
export function createValues(schemas: Schemas): ValueOf {
  const made = new Map<Schema, Map<string, fc.Arbitrary<unknown>>>()
  const of = (given: Schema, name: string, level: number): fc.Arbitrary<unknown> => {
    const key = `${name} ${level}`
    const held = made.get(given)?.get(key)
    if (held !== undefined) return held
    const arbitrary = build(given, name, level)
    made.set(given, (made.get(given) ?? new Map()).set(key, arbitrary))
    return arbitrary
  }

  function build(given: Schema, name: string, level: number): fc.Arbitrary<unknown> {
    const schema = resolved(given, schemas)
    if (schema.const !== undefined) return fc.constant(schema.const)
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
    const choices = schema.anyOf ?? schema.oneOf
    if (choices !== undefined) {
      const ending = choices.filter((part) => !JSON.stringify(part).includes('"$ref"'))
      const open = level < LEVELS_MAX || ending.length === 0 ? choices : ending
      return fc.oneof(...open.map((part) => of(part, name, level + 1)))
    }
    const { type } = schema
    if (Array.isArray(type)) return fc.oneof(...type.map((one) => of({ ...schema, type: one }, name, level)))
    switch (type) {
      case 'string':
        return textOf(schema, name, schemas)
      case 'integer':
      case 'number':
        return numberOf(schema, name)
      case 'boolean':
        return fc.boolean()
      case 'null':
        return fc.constant(null)
      case 'array':
        return listOf(schema, name, level)
      case 'object':
        return objectOf(schema, level)
      default:
        return fc.jsonValue({ maxDepth: 2 })
    }
  }

  function listOf(
    { prefixItems, items = {}, minItems = 0, maxItems = ENTRIES_MAX }: Schema,
    name: string,
    level: number,
  ) {
    if (prefixItems !== undefined) return fc.tuple(...prefixItems.map((part) => of(part, name, level)))
    // A list's entries are named as the list is: `item_ids` holds ids of items.
    return fc.array(of(items, name, level), {
      minLength: minItems,
      maxLength: Math.min(maxItems, minItems + ENTRIES_MAX),
    })
  }

  function objectOf({ properties = {}, required = [], additionalProperties, propertyNames }: Schema, level: number) {
    const drawn = (name: string, part: Schema) =>
      RARE.has(name) && !required.includes(name) ? seldom(of(part, name, level)) : of(part, name, level)
    const own = fc
      .record(Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, drawn(name, part)])), {
        ...{ requiredKeys: [...required] as never[], noNullPrototype: true },
      })
      .map(saidOnly)
    if (additionalProperties === undefined || typeof additionalProperties === 'boolean') return own
    const names = of(propertyNames ?? { type: 'string', minLength: 1 }, '', level) as fc.Arbitrary<string>
    const free = fc.dictionary(names, of(additionalProperties, '', level), {
      maxKeys: ENTRIES_MAX,
      noNullPrototype: true,
    })
    return fc.tuple(own, free).map(([mine, others]) => ({ ...others, ...(mine as object) }))
  }
  return (schema, name = '') => of(schema, name, 0)
}

/** Mostly nothing. */
const seldom = (arbitrary: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const saidOnly = (object: object): object =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))

const fits = (schema: Schema, schemas: Schemas) => (value: unknown) =>
  misfit(schema, value, schemas) === null && misfit(schema, value, schemas, 'units') === null

interface Weighed {
  weight: number
  arbitrary: fc.Arbitrary<string>
}
/** By what a schema says of texts: sifting all that is ready takes as long as a hundred requests. */
const texts = new Map<string, Weighed[]>()

function textOf(schema: Schema, name: string, schemas: Schemas): fc.Arbitrary<string> {
  const { minLength, maxLength, pattern, format } = schema
  const told: Schema = Object.fromEntries(
    Object.entries({ type: 'string', minLength, maxLength, pattern, format }).filter(
      ([, value]) => value !== undefined,
    ),
  )
  const isFit = fits(told, schemas)
  const key = JSON.stringify(told)
  const unnamed = texts.get(key) ?? unnamedTexts(told, isFit)
  texts.set(key, unnamed)
  const known = (KNOWN[name] ?? []).filter((value) => typeof value === 'string').filter(isFit)
  return fc.oneof(...(known.length === 0 ? [] : [{ weight: 6, arbitrary: fc.constantFrom(...known) }]), ...unnamed)
}

function unnamedTexts(schema: Schema, isFit: (text: string) => boolean): Weighed[] {
  const ready = [HOSTILE_TEXTS, NAUGHTY_TEXTS].flatMap((all) => {
    const fitting = all.filter(isFit)
    return fitting.length === 0 ? [] : [{ weight: 1, arbitrary: fc.constantFrom(...fitting) }]
  })
  // Nothing here can draw by a pattern that looks ahead: then what is ready has to do.
  const isDrawn = schema.pattern?.includes('(?!') !== true
  return isDrawn ? [...ready, { weight: 2, arbitrary: freeText(schema, isFit) }] : ready
}

const MOMENT = { min: new Date('1970-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true }
/** One for all: making it takes a table of all characters. */
const GRAPHEMES = fc.string({ unit: 'grapheme', maxLength: 40 })
const MANY_GRAPHEMES = fc.string({ unit: 'grapheme', minLength: 32, maxLength: 64 })

function freeText({ minLength = 0, pattern, format }: Schema, isFit: (text: string) => boolean): fc.Arbitrary<string> {
  if (format === 'date-time' || pattern?.includes('[02468][048]00') === true)
    return fc.date(MOMENT).map((date) => date.toISOString())
  if (format === 'uri') return fc.webUrl({ validSchemes: ['https'] }).filter(isFit)
  const plain = (minLength > 20 ? MANY_GRAPHEMES : GRAPHEMES).filter(isFit)
  if (pattern === undefined) return plain
  try {
    return fc.stringMatching(new RegExp(pattern, 'u'), { size: 'small' }).filter(isFit)
  } catch {
    // It draws none of the classes of characters that most patterns here only forbid.
    return plain
  }
}

function numberOf(schema: Schema, name: string): fc.Arbitrary<number> {
  const { minimum = -1e9, maximum = 1e9, exclusiveMinimum } = schema
  const known = (KNOWN[name] ?? []).filter((value) => typeof value === 'number')
  const [min, max] = [exclusiveMinimum ?? minimum, maximum]
  const drawn =
    schema.type === 'integer'
      ? fc.integer({ min: Math.ceil(min), max: Math.floor(max) })
      : fc.double({ min, max, noNaN: true, minExcluded: exclusiveMinimum !== undefined }).map((value) => value + 0)
  return known.length === 0 ? drawn : fc.oneof(fc.constantFrom(...known), drawn)
}

/** Every place of a body that holds text, by its schema, and bodies that have it there. */
import fc from 'fast-check'
import { resolved, type Schema, type Schemas } from './schema.ts'
import type { ValueOf } from './values.ts'

/** A way down a schema: to a property, an entry, a choice, the value of any name, or that name itself. */
type Step =
  | { to: 'property'; name: string }
  | { to: 'entry'; at: number }
  | { to: 'choice'; at: number }
  | { to: 'value' }
  | { to: 'name' }

export interface TextField {
  /** As a JSON pointer, with `*` for any entry and any name. */
  name: string
  steps: readonly Step[]
}

/** A schema that refers to itself is gone into so often. */
const SAME_MAX = 2

/** The text fields of a schema. Texts of which only a few are allowed are fields too. */
export function textFieldsOf(whole: Schema, schemas: Schemas): TextField[] {
  const found = new Map<string, TextField>()
  const walk = (given: Schema, name: string, steps: readonly Step[], seen: readonly Schema[]): void => {
    const schema = resolved(given, schemas)
    if (seen.filter((one) => one === schema).length >= SAME_MAX) return
    const into = (part: Schema, step: Step, more = '') =>
      walk(part, `${name}${more}`, [...steps, step], given.$ref === undefined ? seen : [...seen, schema])
    const types = [schema.type ?? []].flat()
    if (types.includes('string') && !found.has(name)) found.set(name, { name: name || '/', steps })
    for (const [at, part] of (schema.anyOf ?? schema.oneOf ?? []).entries()) into(part, { to: 'choice', at })
    for (const [at, part] of (schema.prefixItems ?? []).entries()) into(part, { to: 'entry', at }, `/${at}`)
    if (schema.items !== undefined) into(schema.items, { to: 'entry', at: 0 }, '/*')
    for (const [own, part] of Object.entries(schema.properties ?? {}))
      into(part, { to: 'property', name: own }, `/${own}`)
    if (typeof schema.additionalProperties !== 'object') return
    found.set(`${name}/*name`, { name: `${name}/*name`, steps: [...steps, { to: 'name' }] })
    into(schema.additionalProperties, { to: 'value' }, '/*')
  }
  walk(whole, '', [], [])
  return [...found.values()]
}

/** Values of a schema that have this text in that field, and are good otherwise. */
export function withText(
  given: Schema,
  { steps }: Pick<TextField, 'steps'>,
  text: string,
  drawn: ValueOf,
  schemas: Schemas,
): fc.Arbitrary<unknown> {
  const [step, ...rest] = steps
  if (step === undefined) return fc.constant(text)
  const schema = resolved(given, schemas)
  const below = (part: Schema) => withText(part, { steps: rest }, text, drawn, schemas)
  const own = (name: string, value: unknown) =>
    Object.defineProperty({}, name, { value, enumerable: true, configurable: true, writable: true }) as object
  switch (step.to) {
    case 'choice':
      return below((schema.anyOf ?? schema.oneOf)![step.at]!)
    case 'entry': {
      const { prefixItems, items } = schema
      if (prefixItems === undefined) return below(items!).map((value) => [value])
      return fc.tuple(...prefixItems.map((part, at) => (at === step.at ? below(part) : drawn(part))))
    }
    case 'property':
      return fc
        .tuple(drawn(schema), below(schema.properties![step.name]!))
        .map(([object, value]) => ({ ...(object as object), ...own(step.name, value) }))
    case 'value':
      return below(schema.additionalProperties as Schema).map((value) => own('a', value))
    case 'name':
      return drawn(schema.additionalProperties as Schema).map((value) => own(text, value))
  }
}

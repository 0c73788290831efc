/** One thing changed in a value: another type, something missing, something foreign, too much of something. */
import fc from 'fast-check'
import { FOREIGN_NAMES, HOSTILE_NUMBERS, HOSTILE_TEXTS, NAUGHTY_TEXTS, OTHER_VALUES } from './hostile.ts'

/** Stands where nesting goes that no recursive writer survives; it is put into the text. */
export const DEEP = '@deep@'
const DEPTHS = [10, 100, 5_000, 60_000] as const
const NESTS = [
  ['[', ']'],
  ['{"a":', '}'],
  ['{"not":', '}'],
  ['{"all":[', ']}'],
] as const

export interface Disturbance {
  about: string
  /** Where, among the places of a value. */
  place: number
  change(entry: Entry): void
  /** Text in the place of the marker. */
  deep?: string
}

/** A place in a value, and what may be done there. */
interface Entry {
  value: unknown
  put(value: unknown): void
  drop(): void
}

export interface Disturbed {
  value: unknown
  /** What the marker stands for; null: there is none. */
  deep: string | null
}

/** The value with one place of it changed; the value itself is left as it was. */
export function disturbed(value: unknown, { place, change, deep }: Disturbance): Disturbed {
  const root = { value: structuredClone(value) }
  const entries: Entry[] = [entryOf(root, 'value')]
  for (let at = 0; at < entries.length && entries.length < 500; at++) {
    const inner = entries[at]!.value
    if (typeof inner !== 'object' || inner === null) continue
    for (const name of Object.keys(inner)) entries.push(entryOf(inner as Record<string, unknown>, name))
  }
  change(entries[place % entries.length]!)
  return { value: root.value, deep: deep ?? null }
}

function entryOf(holder: Record<string, unknown>, name: string): Entry {
  return {
    value: holder[name],
    put(value) {
      // Assigning to `__proto__` would change what the object is, and not what it holds.
      Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })
    },
    drop() {
      if (Array.isArray(holder)) holder.splice(Number(name), 1)
      else delete holder[name]
    },
  }
}

const put = (about: string, values: fc.Arbitrary<unknown>) =>
  values.map((value) => ({ about, change: (entry: Entry) => entry.put(value) }))

const foreign = fc.tuple(fc.constantFrom(...FOREIGN_NAMES), fc.constantFrom(...OTHER_VALUES)).map(([name, value]) => ({
  about: `has ${JSON.stringify(name)} beside its own`,
  change: ({ value: inner }: Entry) => {
    if (typeof inner !== 'object' || inner === null) return
    Object.defineProperty(inner, name, { value, enumerable: true, configurable: true, writable: true })
  },
}))

const longer = fc.constantFrom(2, 130, 1_100, 6_000).map((times) => ({
  about: `is ${times} times as long`,
  change: ({ value, put: replace }: Entry) => {
    if (typeof value === 'string')
      replace(value === '' ? 'x'.repeat(times) : value.repeat(Math.min(times, 20_000 / value.length + 1)))
    else if (Array.isArray(value))
      replace(Array.from({ length: times }, (_, at) => value[at % Math.max(1, value.length)] ?? 'x'))
    else if (typeof value === 'number') replace(value * 10 ** Math.min(300, times))
  },
}))

const crowded = fc.constantFrom(100, 3_000).map((count) => ({
  about: `has ${count} more names`,
  change: ({ value: inner }: Entry) => {
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner))
      Object.assign(inner, Object.fromEntries(Array.from({ length: count }, (_, at) => [`x${at}`, 'y'])))
  },
}))

const deep = fc.tuple(fc.constantFrom(...DEPTHS), fc.constantFrom(...NESTS)).map(([depth, [open, close]]) => ({
  about: `is ${depth} levels of ${open}`,
  change: (entry: Entry) => entry.put(DEEP),
  deep: `${open.repeat(depth)}1${close.repeat(depth)}`,
}))

/** Deep and long ones cost a hundred times as much as others. */
export const disturbances: fc.Arbitrary<Disturbance> = fc
  .tuple(
    fc.nat({ max: 400 }),
    fc.oneof(
      { weight: 40, arbitrary: put('is a hostile text', fc.constantFrom(...HOSTILE_TEXTS)) },
      { weight: 25, arbitrary: put('is an odd text', fc.constantFrom(...NAUGHTY_TEXTS)) },
      { weight: 25, arbitrary: put('is of another type', fc.constantFrom(...OTHER_VALUES)) },
      { weight: 15, arbitrary: put('is an odd number', fc.constantFrom(...HOSTILE_NUMBERS)) },
      { weight: 15, arbitrary: fc.constant({ about: 'is missing', change: (entry: Entry) => entry.drop() }) },
      { weight: 20, arbitrary: foreign },
      { weight: 4, arbitrary: longer },
      { weight: 1, arbitrary: crowded },
      { weight: 3, arbitrary: deep },
    ),
  )
  .map(([place, one]) => ({ place, ...one }))

/** JSON text, with what the marker stands for in its place. */
export function jsonOf({ value, deep: nest }: Disturbed): string {
  const text = JSON.stringify(value) ?? 'null'
  return nest === null ? text : text.replace(JSON.stringify(DEEP), () => nest)
}

import type { Rng } from '../../../shared/base/rng.ts'

/** What stands in the place of a part: of another kind, or of the same kind and without meaning. */
const NONSENSE: readonly unknown[] = [null, '', 'garbage', -1, Number.NaN, true, [], {}, { not: 'ours' }, [null]]
/** Chance that a part is replaced as a whole; else it is entered. */
const WHOLE = 0.3

/**
 * A copy of an answer that is wrong in at least one place: a part is lost or has another kind, as deep as chance takes it.
 * Equal seeds spoil equally. Maps stay Maps, for their readers call their methods.
 */
export function garble(value: unknown, rng: Rng): unknown {
  const enters = !(value instanceof Uint8Array || value instanceof Float32Array) && isContainer(value)
  if (!enters || sizeOf(value) === 0 || (rng.next() < WHOLE && !(value instanceof Map))) return other(value, rng)
  if (value instanceof Map) {
    const key = rng.pick([...value.keys()])
    return new Map([...value].map(([name, part]) => [name, name === key ? garble(part, rng) : part]))
  }
  if (Array.isArray(value)) {
    const at = rng.int(value.length)
    return value.map((part, index) => (index === at ? garble(part, rng) : part))
  }
  const name = rng.pick(Object.keys(value))
  if (rng.next() < WHOLE) return Object.fromEntries(Object.entries(value).filter(([own]) => own !== name))
  return { ...value, [name]: garble((value as Record<string, unknown>)[name], rng) }
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

const sizeOf = (value: object): number => (value instanceof Map ? value.size : Object.keys(value).length)

/** Nonsense that differs from what it replaces. */
function other(value: unknown, rng: Rng): unknown {
  const same = (one: unknown) =>
    Object.is(one, value) || (isContainer(one) && JSON.stringify(one) === JSON.stringify(value))
  return rng.pick(NONSENSE.filter((one) => !same(one)))
}

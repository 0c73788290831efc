import type { Clock } from '../../../shared/base/clock.ts'
import { RedisError } from './engine.ts'

export type Scores = Map<string, number>
interface Entry {
  value: string | Scores
  expiresAtMs: number | null
}

/** Keys with their values and ends, as one Redis holds them. */
export interface MemoryValues {
  text(key: string): string | null
  scores(key: string): Scores | null
  kind(key: string): 'none' | 'string' | 'zset'
  put(key: string, value: string | Scores, expiresAtMs?: number | null): void
  remove(key: string): boolean
  expiresAtMs(key: string): number | null
  expire(key: string, atMs: number): void
  /** Those that have not ended, in the order of their making. */
  keys(): string[]
  clear(): void
  copy(): MemoryValues
}

const wrongType = () => new RedisError('WRONGTYPE Operation against a key holding the wrong kind of value')

export function createMemoryValues(clock: Clock, held = new Map<string, Entry>()): MemoryValues {
  const live = (key: string): Entry | null => {
    const entry = held.get(key)
    if (entry === undefined) return null
    if (entry.expiresAtMs === null || entry.expiresAtMs > clock.now()) return entry
    held.delete(key)
    return null
  }
  const values: MemoryValues = {
    text(key) {
      const entry = live(key)
      if (entry !== null && typeof entry.value !== 'string') throw wrongType()
      return entry === null ? null : (entry.value as string)
    },
    scores(key) {
      const entry = live(key)
      if (entry !== null && typeof entry.value === 'string') throw wrongType()
      return entry === null ? null : (entry.value as Scores)
    },
    kind(key) {
      const entry = live(key)
      return entry === null ? 'none' : typeof entry.value === 'string' ? 'string' : 'zset'
    },
    put: (key, value, expiresAtMs = null) => void held.set(key, { value, expiresAtMs }),
    remove(key) {
      const was = live(key) !== null
      held.delete(key)
      return was
    },
    expiresAtMs: (key) => live(key)?.expiresAtMs ?? null,
    expire(key, atMs) {
      const entry = live(key)
      if (entry !== null) entry.expiresAtMs = atMs
    },
    keys: () => [...held.keys()].filter((key) => live(key) !== null),
    clear: () => held.clear(),
    copy: () =>
      createMemoryValues(
        clock,
        new Map(
          [...held].map(([key, { value, expiresAtMs }]) => [
            key,
            { value: typeof value === 'string' ? value : new Map(value), expiresAtMs },
          ]),
        ),
      ),
  }
  return values
}

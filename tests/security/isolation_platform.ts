/**
 * The platform's globals for the time of a run: a clock that moves only when somebody waits, chance that follows from a
 * seed, a console that is looked at, and a network of which one provider is all there is.
 */
import { createHash } from 'node:crypto'
import { seededRng } from '../../shared/base/rng.ts'

export interface Platform {
  now(): number
  set(ms: number): void
  /** From now on all chance follows from this. */
  seed(seed: number): void
  /** What a worker logged. */
  onLine(line: string): void
  fetch: typeof fetch
}

/** 2026-10-01T10:00:00Z, a Thursday. */
export const START_MS = Date.UTC(2026, 9, 1, 10)

export function createPlatform(): Platform {
  let nowMs = START_MS
  const platform: Platform & { rng: ReturnType<typeof seededRng> } = {
    rng: seededRng(1),
    now: () => nowMs,
    set: (ms) => {
      nowMs = ms
    },
    seed: (seed) => {
      platform.rng = seededRng(seed)
    },
    onLine: () => {},
    fetch: () => Promise.reject(new TypeError('fetch failed')),
  }
  return platform
}

type Owned = Platform & { rng: ReturnType<typeof seededRng> }

/** Does work with the platform in the place of Node's own globals, which are put back whatever happens. */
export async function onPlatform<T>(given: Platform, work: () => Promise<T>): Promise<T> {
  const platform = given as Owned
  const byte = () => platform.rng.int(256)
  const own = [
    [Date, 'now', () => platform.now()],
    [console, 'log', (line: unknown) => platform.onLine(String(line))],
    [globalThis, 'fetch', (...asked: Parameters<typeof fetch>) => platform.fetch(...asked)],
    [globalThis, 'scheduler', { wait: async (ms: number) => platform.set(platform.now() + ms) }],
    [crypto, 'randomUUID', () => uuid(byte)],
    // Nobody waits for another thread: thousands of digests would.
    [crypto.subtle, 'digest', async (name: string, data: BufferSource) => digest(name, data)],
    [crypto, 'getRandomValues', (array: Uint8Array) => fill(array, byte)],
  ] as const
  const before = own.map(([target, name]) => Object.getOwnPropertyDescriptor(target, name))
  for (const [target, name, value] of own)
    Object.defineProperty(target, name, { value, configurable: true, writable: true })
  try {
    return await work()
  } finally {
    for (const [at, [target, name]] of own.entries()) {
      const descriptor = before[at]
      if (descriptor === undefined) delete (target as unknown as Record<string, unknown>)[name]
      else Object.defineProperty(target, name, descriptor)
    }
  }
}

const digest = (name: string, data: BufferSource): ArrayBuffer => {
  const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : data
  const made = createHash(name.replace('-', '').toLowerCase())
    .update(new Uint8Array(bytes as ArrayBuffer))
    .digest()
  return Uint8Array.from(made).buffer
}

function fill<A extends Uint8Array>(array: A, byte: () => number): A {
  for (let at = 0; at < array.length; at++) array[at] = byte()
  return array
}

function uuid(byte: () => number): ReturnType<Crypto['randomUUID']> {
  const hex = Array.from({ length: 16 }, () => byte().toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** When attempts arrive: duplicated, shuffled within a window that may be the whole run, some of them days later. */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/base/clock.ts'
import type { Rng } from '../../shared/base/rng.ts'
import { type Message, RETRY_MS, STALE_RETRY_MS } from './messages.ts'

export interface Attempt {
  message: Message
  atMs: number
  /** Counts the attempts of a message, copies included. */
  number: number
  /** How often it was sent in vain in this line of attempts. */
  failures: number
}

/** One in so many messages comes once more when the longest schedule ends. */
const STALE_SHARE = 0.06
const COPIES = [1, 1, 1, 2, 2, 3, 4] as const
const WINDOWS_MS = [10 * SECOND_MS, 20 * MINUTE_MS, 6 * HOUR_MS] as const

/** How a world shuffles: a window in each of three worlds of four, everything in the fourth. */
export function windowOf(rng: Rng, lastsMs: number): number {
  const choice = rng.int(WINDOWS_MS.length + 1)
  return WINDOWS_MS[choice] ?? lastsMs
}

export interface Schedule {
  /** The next attempt; null when nobody has anything to send. */
  next(): Attempt | null
  /** The sender got no answer, or one that asks it to come again. */
  again(attempt: Attempt, nowMs: number): void
  /** One more copy at this moment. */
  copy(attempt: Attempt): Attempt
  readonly waiting: number
}

export function createSchedule(rng: Rng, messages: readonly Message[], windowMs: number): Schedule {
  const attempts = messages.flatMap((message) => {
    const moments = Array.from({ length: rng.pick(COPIES) }, () => message.atMs + 50 + rng.int(windowMs))
    if (rng.next() < STALE_SHARE) moments.push(message.atMs + STALE_RETRY_MS)
    return moments.map((atMs, number): Attempt => ({ message, atMs, number, failures: 0 }))
  })
  const heap = createHeap(attempts)
  const counts = new Map<Message, number>()
  const nextNumber = (message: Message) => {
    // Above the copies' own numbers.
    const number = (counts.get(message) ?? 10) + 1
    counts.set(message, number)
    return number
  }
  return {
    next: heap.pop,
    again(attempt, nowMs) {
      const pauses = RETRY_MS[attempt.message.shop.platform]
      const pauseMs = pauses[Math.min(attempt.failures, pauses.length - 1)]!
      const { message } = attempt
      heap.push({ message, atMs: nowMs + pauseMs, number: nextNumber(message), failures: attempt.failures + 1 })
    },
    copy: ({ message, atMs }) => ({ message, atMs, number: nextNumber(message), failures: 0 }),
    get waiting() {
      return heap.size()
    },
  }
}

/** A binary heap by moment; equal moments in the order of message and number, so that a run repeats. */
function createHeap(initial: readonly Attempt[]) {
  const before = (a: Attempt, b: Attempt) =>
    a.atMs - b.atMs || a.message.number - b.message.number || a.number - b.number
  // A sorted list is a heap.
  const heap = [...initial].sort(before)
  const swap = (a: number, b: number) => {
    const held = heap[a]!
    heap[a] = heap[b]!
    heap[b] = held
  }
  return {
    size: () => heap.length,
    push(attempt: Attempt): void {
      heap.push(attempt)
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1
        if (before(heap[at]!, heap[parent]!) >= 0) return
        swap(at, parent)
        at = parent
      }
    },
    pop(): Attempt | null {
      const first = heap[0]
      if (first === undefined) return null
      const last = heap.pop()!
      if (heap.length === 0) return first
      heap[0] = last
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2]
        let least = at
        if (left < heap.length && before(heap[left]!, heap[least]!) < 0) least = left
        if (right < heap.length && before(heap[right]!, heap[least]!) < 0) least = right
        if (least === at) return first
        swap(at, least)
        at = least
      }
    },
  }
}

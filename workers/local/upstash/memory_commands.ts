import type { Clock } from '../../../shared/base/clock.ts'
import { type Command, RedisError, type Reply } from './engine.ts'
import type { MemoryValues, Scores } from './memory_values.ts'

type Run = (args: readonly string[], values: MemoryValues, clock: Clock) => Reply

interface Spec {
  /** Arguments without the name, at least and at most. */
  arity: readonly [number, number]
  run: Run
}

const MANY = Number.POSITIVE_INFINITY
const MAX_INTEGER = 2n ** 63n - 1n
const notInteger = () => new RedisError('ERR value is not an integer or out of range')
const syntaxError = () => new RedisError('ERR syntax error')

function integer(text: string): number {
  if (!/^(?:0|-?[1-9]\d*)$/.test(text)) throw notInteger()
  const value = BigInt(text)
  if (value > MAX_INTEGER || value < -MAX_INTEGER - 1n) throw notInteger()
  return Number(value)
}

function score(text: string): number {
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text)
  if (infinite !== null) return infinite[1] === '-' ? -MANY : MANY
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) throw new RedisError('ERR value is not a valid float')
  return Number(text)
}

/** An end of a range of scores, itself included. */
function bound(text: string): number {
  // As Redis reads it.
  if (text === '') return 0
  try {
    return score(text)
  } catch {
    throw new RedisError('ERR min or max is not a float')
  }
}

/** Whole numbers alone are written as Redis writes them; its 17 digits of others are not rebuilt here. */
function scoreText(value: number): string {
  if (value === MANY) return 'inf'
  if (value === -MANY) return '-inf'
  if (Number.isSafeInteger(value)) return String(value)
  throw new Error('this stand-in tells whole scores alone')
}

const encoder = new TextEncoder()
/** By score, then by the members' bytes. */
const ordered = (scores: Scores): Array<[string, number]> =>
  [...scores].sort((a, b) => a[1] - b[1] || Buffer.compare(encoder.encode(a[0]), encoder.encode(b[0])))

/** Positions from and to of a list of so many, negative ones from its end; null when nothing lies between. */
function slice(count: number, first: number, last: number): [number, number] | null {
  const from = Math.max(0, first < 0 ? count + first : first)
  const to = Math.min(count - 1, last < 0 ? count + last : last)
  return from > to ? null : [from, to]
}

const increased = (key: string, by: bigint, values: MemoryValues): Reply => {
  const was = values.text(key) ?? '0'
  if (!/^(?:0|-?[1-9]\d*)$/.test(was) || BigInt(was) > MAX_INTEGER) throw notInteger()
  const now = BigInt(was) + by
  if (now > MAX_INTEGER || now < -MAX_INTEGER - 1n) throw new RedisError('ERR increment or decrement would overflow')
  values.put(key, String(now), values.expiresAtMs(key))
  return Number.isSafeInteger(Number(now)) ? Number(now) : now
}

/** A shell pattern as SCAN takes it; sets of letters are not known here. */
function matcher(pattern: string): RegExp {
  if (/[[\]\\]/.test(pattern)) throw new Error('this stand-in knows * and ? of patterns alone')
  return new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'su',
  )
}

/** Real cursors are any 64 bits: these lie where a number would lose some. */
const CURSOR_BASE = 2n ** 62n + 1n

const SPECS: Readonly<Record<string, Spec>> = {
  PING: { arity: [0, 1], run: ([text]) => text ?? 'PONG' },
  GET: { arity: [1, 1], run: ([key], values) => values.text(key!) },
  SET: {
    arity: [2, MANY],
    run([key, value, unit, amount, ...others], values, clock) {
      if (unit === undefined) values.put(key!, value!)
      else if (/^(?:nx|xx|get|keepttl|exat|pxat)$/i.test(unit))
        throw new Error('this stand-in knows EX and PX of SET alone')
      else if (amount === undefined || others.length > 0 || !/^(?:ex|px)$/i.test(unit)) throw syntaxError()
      else {
        const life = integer(amount)
        if (life <= 0) throw new RedisError("ERR invalid expire time in 'set' command")
        values.put(key!, value!, clock.now() + life * (unit.toLowerCase() === 'ex' ? 1_000 : 1))
      }
      return 'OK'
    },
  },
  DEL: { arity: [1, MANY], run: (keys, values) => keys.filter((key) => values.remove(key)).length },
  EXISTS: { arity: [1, MANY], run: (keys, values) => keys.filter((key) => values.kind(key) !== 'none').length },
  TYPE: { arity: [1, 1], run: ([key], values) => values.kind(key!) },
  EXPIRE: {
    arity: [2, MANY],
    run([key, seconds, option], values, clock) {
      if (option !== undefined && /^(?:nx|xx|gt|lt)$/i.test(option))
        throw new Error('this stand-in knows no conditions of EXPIRE')
      if (option !== undefined) throw new RedisError(`ERR Unsupported option ${option}`)
      const life = integer(seconds!)
      if (values.kind(key!) === 'none') return 0
      if (life <= 0) values.remove(key!)
      else values.expire(key!, clock.now() + life * 1_000)
      return 1
    },
  },
  TTL: {
    arity: [1, 1],
    run([key], values, clock) {
      if (values.kind(key!) === 'none') return -2
      const atMs = values.expiresAtMs(key!)
      return atMs === null ? -1 : Math.round((atMs - clock.now()) / 1_000)
    },
  },
  INCR: { arity: [1, 1], run: ([key], values) => increased(key!, 1n, values) },
  INCRBY: {
    arity: [2, 2],
    run([key, by], values) {
      integer(by!)
      return increased(key!, BigInt(by!), values)
    },
  },
  ZADD: {
    arity: [3, MANY],
    run([key, ...pairs], values) {
      if (pairs.length % 2 !== 0) throw syntaxError()
      // All scores are read before anything is written.
      const read = pairs.flatMap((text, index) => (index % 2 === 0 ? [score(text)] : []))
      const scores = values.scores(key!) ?? new Map<string, number>()
      const before = scores.size
      for (const [index, value] of read.entries()) scores.set(pairs[2 * index + 1]!, value)
      if (before === 0) values.put(key!, scores)
      return scores.size - before
    },
  },
  ZCARD: { arity: [1, 1], run: ([key], values) => values.scores(key!)?.size ?? 0 },
  ZSCORE: {
    arity: [2, 2],
    run([key, member], values) {
      const found = values.scores(key!)?.get(member!)
      return found === undefined ? null : scoreText(found)
    },
  },
  ZRANGE: {
    arity: [3, 5],
    run([key, first, last, ...options], values) {
      const names = options.map((option) => option.toUpperCase())
      if (names.some((name) => name !== 'REV' && name !== 'WITHSCORES')) throw syntaxError()
      const [from, to] = [integer(first!), integer(last!)]
      const list = ordered(values.scores(key!) ?? new Map())
      if (names.includes('REV')) list.reverse()
      const range = slice(list.length, from, to)
      const shown = range === null ? [] : list.slice(range[0], range[1] + 1)
      return shown.flatMap(([member, own]) => (names.includes('WITHSCORES') ? [member, scoreText(own)] : [member]))
    },
  },
  ZREMRANGEBYRANK: {
    arity: [3, 3],
    run([key, first, last], values) {
      const [from, to] = [integer(first!), integer(last!)]
      const scores = values.scores(key!)
      const range = scores === null ? null : slice(scores.size, from, to)
      if (scores === null || range === null) return 0
      const gone = ordered(scores).slice(range[0], range[1] + 1)
      for (const [member] of gone) scores.delete(member)
      if (scores.size === 0) values.remove(key!)
      return gone.length
    },
  },
  ZREMRANGEBYSCORE: {
    arity: [3, 3],
    run([key, first, last], values) {
      const [from, to] = [bound(first!), bound(last!)]
      const scores = values.scores(key!)
      const gone = [...(scores ?? [])].filter(([, own]) => own >= from && own <= to)
      for (const [member] of gone) scores!.delete(member)
      if (scores?.size === 0) values.remove(key!)
      return gone.length
    },
  },
  SCAN: {
    arity: [1, 5],
    run([cursor, ...options], values) {
      if (!/^\d{1,20}$/.test(cursor!)) throw new RedisError('ERR invalid cursor')
      let [pattern, count] = ['*', 10]
      for (let at = 0; at < options.length; at += 2) {
        const [name, value] = [options[at]!.toUpperCase(), options[at + 1]]
        if (value === undefined || (name !== 'MATCH' && name !== 'COUNT')) throw syntaxError()
        if (name === 'MATCH') pattern = value
        else count = integer(value)
      }
      if (count < 1) throw syntaxError()
      const wanted = matcher(pattern)
      return scanned(values.keys(), cursor!, count, wanted)
    },
  },
  DBSIZE: { arity: [0, 0], run: (_, values) => values.keys().length },
  FLUSHALL: {
    arity: [0, 0],
    run(_, values) {
      values.clear()
      return 'OK'
    },
  },
}

/** Keys are walked by the order of their hashes' stand-in, their names: what is removed meanwhile moves no other. */
function scanned(keys: readonly string[], cursor: string, count: number, wanted: RegExp): Reply {
  const names = keys.map((key) => ({ key, place: placeOf(key) })).sort((a, b) => (a.place < b.place ? -1 : 1))
  const rest = cursor === '0' ? names : names.filter(({ place }) => place >= BigInt(cursor))
  let end = Math.min(count, rest.length)
  // Keys of one place come together, as those of one bucket do.
  while (end < rest.length && rest[end]!.place === rest[end - 1]!.place) end += 1
  const page = rest.slice(0, end)
  const next = rest[end]
  return [next === undefined ? '0' : String(next.place), page.map(({ key }) => key).filter((key) => wanted.test(key))]
}

function placeOf(key: string): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of encoder.encode(key)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
  return (hash % 2n ** 61n) + CURSOR_BASE
}

/** @throws RedisError on a name that Redis does not know, or a wrong number of arguments */
function specOf(command: Command): Spec {
  const [name = '', ...args] = command
  const spec = Object.hasOwn(SPECS, name.toUpperCase()) ? SPECS[name.toUpperCase()]! : null
  if (spec === null)
    throw new RedisError(
      `ERR unknown command '${name}', with args beginning with: ${args.map((arg) => `'${arg}' `).join('')}`,
    )
  if (args.length < spec.arity[0] || args.length > spec.arity[1])
    throw new RedisError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`)
  return spec
}

/** Whether it may stand in a transaction at all. @throws RedisError */
export const checkCommand = (command: Command): void => void specOf(command)

/** What Redis would answer; a refusal is an answer. */
export function runCommand(command: Command, values: MemoryValues, clock: Clock): Reply {
  try {
    return specOf(command).run(command.slice(1), values, clock)
  } catch (error) {
    if (error instanceof RedisError) return error
    throw error
  }
}

import { expect, test } from 'vitest'
import { type Rng, seededRng } from '../base/rng.ts'
import { type ReadOrder, readOrder } from './read_order.ts'

type Reader = (text: string, presentation: readonly number[]) => Pick<ReadOrder, 'order'>

const SEED = 20_261_121
const ANSWERS = 100_000
const POISON = [
  'null', '-1', '0', '1e400', '-0', '1.5', '99999999999999999999', '"2"', '"__proto__"', '[]', '[1]', '{}', 'true', 'NaN',
  '{"order":[1]}', '1e0', '0x2', '"\\u202e3"', '"\\ud800"', '2.0000000000000001', 'Infinity', '18446744073709551617',
] // biome-ignore format: a list
const KEYS = ['order', 'Order', '__proto__', 'constructor', 'toString', 'order ', 'ranking', 'hasOwnProperty']

/** What a model, or what sits between it and us, may write: right, nearly right, or nothing of the kind. */
function answer(n: number, rng: Rng): string {
  const numbers = rng.shuffle(Array.from({ length: n }, (_, index) => String(index + 1)))
  const entries = numbers.flatMap((number) => {
    const roll = rng.next()
    if (roll < 0.05) return []
    if (roll < 0.1) return [number, number]
    return roll < 0.2 ? [rng.pick(POISON), number] : [number]
  })
  const own = `{"order":[${entries.join(rng.pick([',', ', ', ',\n']))}]}`
  switch (rng.int(12)) {
    case 0:
      return own
    case 1:
      return own.slice(0, rng.int(own.length + 1))
    case 2:
      return mutated(own, rng)
    case 3:
      return String.fromCharCode(...Array.from({ length: rng.int(80) }, () => rng.int(0x1_0000)))
    case 4:
      return `{"${rng.pick(KEYS)}":${rng.pick([`[${entries}]`, ...POISON])},"${rng.pick(KEYS)}":[${entries}]}`
    case 5:
      return `\`\`\`json\n${own}\n\`\`\``
    case 6:
      return `{"__proto__":${own}}`
    case 7: {
      const depth = rng.int(2_000)
      return `{"order":${'['.repeat(depth)}${entries}${']'.repeat(rng.next() < 0.8 ? depth : rng.int(depth + 1))}}`
    }
    case 8:
      return rng.pick(['', ' ', 'null', '[]', '{}', '[1,2,3]', '"order"', '{"order":{"length":3,"0":1}}', ...POISON])
    case 9:
      return `{"order":[${Array.from({ length: rng.int(400) }, () => rng.int(3 * n + 2) - 1)}]}`
    case 10:
      return `{"order":[${entries}],"order":[${rng.pick(POISON)}]}`
    default:
      return mutated(mutated(own, rng), rng)
  }
}

/** With some characters changed, lost, doubled or put elsewhere. */
function mutated(text: string, rng: Rng): string {
  let now = text
  for (let change = rng.int(4); change >= 0; change--) {
    const at = rng.int(now.length + 1)
    const rest = now.slice(at + rng.int(3))
    now =
      now.slice(0, at) +
      rng.pick(['', '\u0000', '"', ',', '[', '}', '-', '.', 'e9', '\u202e', '１', now.slice(at)]) +
      rest
  }
  return now
}

/** Answers whose reading is no permutation of the candidates, or throws. */
function wrongReadings(read: Reader, answers: number): string[] {
  const rng = seededRng(SEED)
  const wrong: string[] = []
  for (let round = 0; round < answers; round++) {
    const n = rng.int(25)
    const presentation = rng.shuffle([...Array(n).keys()])
    const text = answer(n, rng)
    try {
      const { order } = read(text, presentation)
      const seen = new Uint8Array(n)
      for (const place of order) seen[place] = 1
      const whole = order.length === n && order.every((place) => Number.isInteger(place) && place >= 0 && place < n)
      if (!whole || seen.includes(0)) wrong.push(text)
    } catch {
      wrong.push(text)
    }
  }
  return wrong
}

test('100,000 answers of any kind: always a permutation, never a foreign item, nothing thrown', () => {
  let counted = 0
  const wrong = wrongReadings((text, presentation) => {
    const read = readOrder(text, presentation)
    counted += Number(read.counts)
    return read
  }, ANSWERS)
  console.log(`answers ${ANSWERS}, heard ${counted}, wrong ${wrong.length} (seed ${SEED})`)
  expect(wrong).toEqual([])
  // The answers are not all of them nonsense, nor all well formed.
  expect(counted).toBeGreaterThan(ANSWERS * 0.05)
  expect(counted).toBeLessThan(ANSWERS * 0.7)
}, 20_000)

test('the check sees a reader that believes a model', () => {
  const believing: Record<string, Reader> = {
    'no range': (text, shown) => ({
      order: (JSON.parse(text) as { order: number[] }).order.map((one) => shown[one - 1]!),
    }),
    'no duplicates removed': (text, shown) => {
      const { order } = readOrder(text, shown)
      const told = /\d+/.exec(text)
      return { order: told === null ? order : [order[0] ?? 0, ...order] }
    },
    'missing ones left out': (text, shown) => {
      const { order, faults } = readOrder(text, shown)
      return { order: order.slice(0, order.length - faults.missing) }
    },
  }
  for (const [name, read] of Object.entries(believing))
    expect(wrongReadings(read, 2_000).length, name).toBeGreaterThan(100)
})

test('what is wrong is dropped and counted; what is missing follows in base order', () => {
  const read = readOrder('{"order":[3,9,3,1.5,"2",null,1],"note":1}', [3, 2, 1, 0])
  expect(read.order).toEqual([1, 3, 0, 2])
  expect(read.faults).toEqual({ unreadable: false, notWhole: 3, foreign: 1, duplicate: 1, missing: 2, extraFields: 1 })
  expect(read.validShare).toBeCloseTo(2 / 7)
  expect(read.counts).toBe(false)
})

test('an answer counts while most of it is right', () => {
  const shown = [0, 1, 2, 3, 4, 5, 6, 7]
  const told = (order: unknown) => readOrder(JSON.stringify({ order }), shown)
  expect(told([8, 7, 6, 5, 4, 3, 2, 1])).toMatchObject({ counts: true, validShare: 1, order: shown.toReversed() })
  expect(told([8, 7, 6, 5, 4, 3])).toMatchObject({ counts: true, order: [7, 6, 5, 4, 3, 2, 0, 1] })
  expect(told([8, 7, 6, 5]).counts).toBe(false)
  // Every number there is, in the hope that some are right.
  expect(told([...Array(40).keys()]).counts).toBe(false)
  expect(readOrder('{"order":[]}', [])).toMatchObject({ order: [], counts: false })
})

test('a text too long to be an order is not read', () => {
  expect(readOrder(`{"order":[2,1]${' '.repeat(30_000)}}`, [0, 1])).toMatchObject({ order: [0, 1], counts: false })
})

import { expect, test } from 'vitest'
import { hash64 } from '../base/hash.ts'
import { askReasons } from './ask_reasons.ts'
import { REASON_ITEMS_MAX, reasonAnswerSchema, reasonPrompt } from './reason.ts'
import { askShelf, TASKS } from './tasks.ts'
import type { ShelfQuestion } from './verbaliser.ts'

/** A changed text fails here until its version is raised and the line renewed: kept reasons are keyed by the version. */
const RECORDED: readonly [version: number, hash: string] = [2, '2751b3f7fe85b94d']

const ITEM = { number: 1, title: 'Kettle', evidence: [{ id: 'e1', kind: 'popular', effect: true }] }

test('the prompt does not change without its version', () => {
  expect([reasonPrompt.version, hash64(reasonPrompt.instruction)]).toEqual(RECORDED)
})

test('the question of one item, word for word', () => {
  expect(askReasons([ITEM], 'en-GB')).toMatchSnapshot()
})

test('asked about a ranked shelf it begins as the ranking did, up to the task', () => {
  const thing = { title: 'Alto mug', brand: null, categories: [], attributes: {}, price: null }
  const shelf: ShelfQuestion = {
    locale: 'en-GB',
    topics: ['mugs'],
    representatives: [],
    history: [{ ...thing, did: ['view'] }],
    cart: [],
    placement: 'home',
    seeds: [],
    query: null,
    candidates: [thing, thing],
  }
  const [rank, explain] = [askShelf(TASKS.rank, shelf), askReasons([ITEM], 'en-GB', shelf)]
  expect(explain.system).toBe(rank.system)
  const common = rank.user.indexOf('"task":')
  expect(common).toBeGreaterThan(100)
  expect(explain.user.slice(0, common)).toBe(rank.user.slice(0, common))
  expect(explain.maxOutputTokens).toBe(askReasons([ITEM], 'en-GB').maxOutputTokens)
})

test('an answer has items by number, and every sentence cites', () => {
  const items = [{ number: 1, sentences: [{ text: 'Popular.', cites: ['e1'] }] }]
  expect(reasonAnswerSchema.safeParse({ items }).success).toBe(true)
  for (const spoilt of [
    { items: [{ number: REASON_ITEMS_MAX + 1, sentences: [] }] },
    { items: [{ number: 1, sentences: [{ text: 'Popular.', cites: [] }] }] },
    { items: [{ number: 1, id: 'x', sentences: [] }] },
    { items, note: 'x' },
  ])
    expect(reasonAnswerSchema.safeParse(spoilt).success).toBe(false)
})

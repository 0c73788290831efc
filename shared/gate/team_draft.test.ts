import { expect, test } from 'vitest'
import { seededRng } from '../base/rng.ts'
import { teamDraft } from './team_draft.ts'
import { draftRng, useOf } from './use.ts'

const ids = (text: string) => [...text]

test('a draft holds each item once, both teams in turns, and says whose each is', () => {
  const rng = seededRng(3)
  for (let round = 0; round < 500; round++) {
    const all = ids('abcdefghij')
    const draft = teamDraft(rng.shuffle(all), rng.shuffle(all), 8, rng)
    expect(new Set(draft.ids).size).toBe(8)
    expect(draft.teams).toHaveLength(8)
    const count = (team: string) => [...draft.teams].filter((one) => one === team).length
    expect(Math.abs(count('b') - count('l'))).toBeLessThanOrEqual(1)
  }
})

test('who clicks on anything at all prefers neither, whatever the orders are', () => {
  const [base, llm] = [ids('abcdef'), ids('badcfe')]
  let wins = 0
  let losses = 0
  for (let seed = 0; seed < 4_000; seed++) {
    const { teams } = teamDraft(base, llm, 6, seededRng(seed))
    // A click on the first place, of shoppers who look at nothing else.
    if (teams[0] === 'l') wins += 1
    if (teams[0] === 'b') losses += 1
  }
  expect(Math.abs(wins - losses)).toBeLessThan(3 * Math.sqrt(4_000))
  expect(wins + losses).toBe(4_000)
})

test('what both would name is nobodys, and pinned items stay where they are', () => {
  expect(teamDraft(ids('abc'), ids('abc'), 3, seededRng(1))).toEqual({ ids: ids('abc'), teams: '---' })
  const draft = teamDraft(ids('abcd'), ids('dcba'), 4, seededRng(1), new Map([[1, 'p']]))
  expect([draft.ids[1], draft.teams[1], draft.ids.length]).toEqual(['p', '-', 4])
  expect(teamDraft(ids('ab'), ids('b'), 9, seededRng(1)).ids.sort()).toEqual(['a', 'b'])
})

test('the same shelf has the same draft, and the share of drafts among live shelves is a twentieth', () => {
  const draw = () => teamDraft(ids('abcdef'), ids('fedcba'), 6, draftRng('rec-1'))
  expect(draw()).toEqual(draw())
  const live = { mode: 'live', crossing: 5 } as const
  const uses = Array.from({ length: 20_000 }, (_, at) => useOf(live, 5, `rec-${at}`))
  expect(uses.filter((use) => use === 'draft').length / uses.length).toBeCloseTo(0.05, 2)
  expect(new Set(uses)).toEqual(new Set(['draft', 'serve']))
})

test('longer histories than the crossing keep the learned order, and an absent gate is off', () => {
  expect(useOf({ mode: 'live', crossing: 2 }, 3, 'x')).toBe('none')
  expect(useOf({ mode: 'live', crossing: null }, 6, 'x')).toBe('none')
  expect(useOf({ mode: 'trial', crossing: null }, 90, 'x')).toBe('draft')
  expect([useOf(undefined, 0, 'x'), useOf({ mode: 'shadow', crossing: null }, 0, 'x')]).toEqual(['none', 'shadow'])
})

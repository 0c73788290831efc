import { expect, test } from 'vitest'
import { audienceText } from './audience.ts'

const taste = {
  name: 'Garden, rake',
  shoppers: 40,
  share_of_shoppers: 0.2,
  lift: 2.34,
  top_items: [{ id: 'a', title: 'Rake', shoppers: 9 }],
}

test('an audience for people: what it rests on, then tastes by lift', () => {
  const text = audienceText({ item_id: 'new', basis: 'text', shoppers: 0, own_share: 0, tastes: [taste] }, 100)
  expect(text).toContain('new: by its text alone')
  expect(text).toMatch(/2\.3x +20\.0 % +Garden, rake +Rake/)
  const both = { item_id: 'x', basis: 'both', shoppers: 8, own_share: 0.3333, tastes: [] }
  expect(audienceText(both, 100)).toMatch(/33 % of it theirs.*\nno taste stands out/)
  expect(audienceText({ ...both, basis: 'none' }, 100)).toContain('nothing is known')
})

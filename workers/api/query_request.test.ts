import { expect, test } from 'vitest'
import * as z from 'zod'
import { recommendationRequestSchema } from '../../shared/domain/recommendation.ts'
import { bodyFromQuery } from './query_request.ts'

type Property = { type?: string; anyOf?: unknown; $ref?: string }
const { properties } = z.toJSONSchema(recommendationRequestSchema, { io: 'input', unrepresentable: 'any' }) as {
  properties: Record<string, Property>
}
const read = (query: string) => bodyFromQuery(new URLSearchParams(query))
const named = (...types: string[]) =>
  Object.entries(properties).flatMap(([name, { type }]) => (type !== undefined && types.includes(type) ? [name] : []))

test('whatever is a number in the body is one in the query string, and text stays text', () => {
  expect(named('number', 'integer')).toEqual(expect.arrayContaining(['limit', 'diversity', 'wait_ms']))
  for (const name of named('number', 'integer')) expect(read(`${name}=1`)).toEqual({ [name]: 1 })
  for (const name of named('string')) expect(read(`${name}=1`)).toEqual({ [name]: '1' })
})

test('a number that is none is left to the schema, which refuses it', () => {
  for (const value of ['', 'soon', '1s']) {
    const parsed = recommendationRequestSchema.safeParse(read(`placement=home&wait_ms=${value}`))
    expect([value, parsed.success]).toEqual([value, false])
  }
  expect(recommendationRequestSchema.parse(read('placement=home&wait_ms=250'))).toMatchObject({ wait_ms: 250 })
})

test('what is a list or a tree in the body is one in the query string', () => {
  const body = read('item_ids=a,b&filter={"field":"price","op":"lte","value":3}&recent=[{"item_id":"c"}]&key=pk_a_b')
  expect(body).toMatchObject({ item_ids: ['a', 'b'], filter: { value: 3 }, recent: [{ item_id: 'c' }] })
  expect(body).not.toHaveProperty('key')
  expect(() => read('limit=1&limit=2')).toThrow()
  expect(() => read('filter={')).toThrow()
})

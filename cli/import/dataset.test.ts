import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import { eventSchema } from '../../shared/domain/event.ts'
import { itemLineSchema } from '../../shared/domain/item.ts'
import { cutChunks } from './chunks.ts'
import { datasetEvent, datasetItem } from './dataset.ts'
import { shopSettings } from './settings.ts'
import { openSource, type Source } from './source.ts'
import { type Survey, surveySource } from './survey.ts'

describe('a dataset item', () => {
  it('gets one offer for every market', () => {
    const raw = { id: '1', title: 'Globe', price: { amount: 85, currency: 'GBP' }, stock: 3, categories: ['Toys'] }
    expect(datasetItem(raw, 'USD')).toEqual({
      ok: true,
      value: {
        id: '1',
        title: 'Globe',
        categories: ['Toys'],
        offers: [{ market: '*', currency: 'GBP', price: 85, stock: 3 }],
      },
    })
  })

  it('costs nothing when it has no price', () => {
    const mapped = datasetItem({ id: 1, title: 'Heat' }, 'EUR')
    expect(mapped.ok && mapped.value.offers).toEqual([{ market: '*', currency: 'EUR', price: 0 }])
  })

  it('is refused by name of what is missing', () => {
    expect(datasetItem({ id: '1' }, 'EUR')).toMatchObject({ ok: false, errors: [{ pointer: '/title' }] })
  })
})

describe('a dataset event', () => {
  const base = { user: 'u', item: 'i', ts: 1_291_191_960 }
  const value = (raw: object) => {
    const mapped = datasetEvent({ ...base, ...raw })
    return mapped.ok ? mapped.value : mapped.errors
  }

  it('keeps who, where and when', () => {
    expect(value({ type: 'view', session: '5', country: 'EIRE' })).toEqual({
      type: 'view',
      user_id: 'u',
      item_id: 'i',
      session_id: '5',
      market: 'EIRE',
      occurred_at: '2010-12-01T08:26:00.000Z',
    })
  })

  it('counts whole pieces of a purchase and nothing else', () => {
    expect(value({ type: 'purchase', value: 6 })).toMatchObject({ quantity: 6 })
    for (const wrong of [0, 1.5, -2]) expect(value({ type: 'purchase', value: wrong })).not.toHaveProperty('quantity')
    expect(value({ type: 'view', value: 6 })).not.toHaveProperty('quantity')
  })

  it('turns a rating into feedback', () => {
    expect(value({ type: 'rating', value: 4.5 })).toMatchObject({ type: 'feedback', value: 4.5 })
    expect(value({ type: 'rating' })).toEqual([{ pointer: '/value', detail: 'a rating has a value' }])
  })
})

const SOURCE: Source = { path: '/feed.csv', name: 'feed.csv', form: 'api', files: [], shop: null, fingerprint: '' }
const NONE = new Map<string, number>()
const EMPTY: Survey = {
  ...{ lines: {}, groups: {}, sorted: {}, markets: NONE, currencies: NONE, marketCurrencies: new Map() },
  ...{ itemsWithoutPrice: 0, newestEventMs: null, newestItemMs: null },
}

test.each([
  ['EUR', 'EU'],
  ['GBP', 'GB'],
])('what names no market is sold where its currency is: %s', (currency, market) => {
  const survey = { ...EMPTY, currencies: new Map([[currency, 3]]) }
  expect(shopSettings('feed', SOURCE, survey, {})).toMatchObject({
    market,
    markets: [{ market, currency, locale: 'en' }],
  })
  expect(shopSettings('feed', SOURCE, survey, { market: 'AT' }).market).toBe('AT')
})

test('a currency of several countries names no market', () => {
  const survey = { ...EMPTY, currencies: new Map([['XAF', 3]]) }
  expect(() => shopSettings('feed', SOURCE, survey, {})).toThrow(/--market/)
  expect(shopSettings('feed', SOURCE, survey, { market: 'CM' }).market).toBe('CM')
})

const retail = fileURLToPath(new URL('../../../shared/data/online-retail', import.meta.url))

describe('the online-retail dataset', () => {
  it('becomes lines that the API takes', async (context) => {
    if (!existsSync(retail)) return context.skip('../shared/data/online-retail is not here')
    const source = await openSource(retail, '/')
    const survey = await surveySource(source)
    expect(survey.lines).toEqual({ 'items.jsonl.gz': 3_659, 'events.jsonl.gz': 322_737 })
    const shop = shopSettings('retail', source, survey, {})
    expect(shop).toMatchObject({ market: 'United Kingdom', locale: 'en' })
    expect(shop.markets).toHaveLength(survey.markets.size)
    expect(shop.markets[0]).toEqual({ market: 'United Kingdom', currency: 'GBP', locale: 'en' })

    const ids = new Set<string>()
    const wrong: unknown[] = []
    for (const file of source.files) {
      const options = { form: source.form, currency: 'GBP', offsetMs: 0, sorted: survey.sorted[file.name]! }
      for await (const chunk of cutChunks(file, options, 0)) {
        wrong.push(...chunk.rejects)
        for (const text of chunk.texts) {
          const line = JSON.parse(text) as { event_id?: string }
          if (line.event_id !== undefined) ids.add(line.event_id)
          const parsed = (file.kind === 'items' ? itemLineSchema : eventSchema).safeParse(line)
          if (!parsed.success) wrong.push(line)
        }
      }
    }
    expect(wrong).toEqual([])
    expect(ids.size).toBe(322_737)
  }, 120_000)
})

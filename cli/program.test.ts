import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from './program.ts'
import { apiEvent, apiItem, recordedTerminal, temporaryFolder, writeLines } from './testing/folder.ts'
import { idleJobs, problemBody, STUB_ADMIN_KEY, type StubApi, sendJson, startStubApi } from './testing/stub_api.ts'

let stub: StubApi
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeEach(async () => {
  stub = await startStubApi()
  folder = await temporaryFolder()
})
afterEach(async () => {
  await stub.close()
  await folder.remove()
})

async function shelfwise(args: string[], env: Record<string, string> = {}) {
  const terminal = recordedTerminal(folder.path, { SHELFWISE_URL: stub.url, ...env })
  const code = await run(args, terminal)
  return { code, out: terminal.outLines.join('\n'), notes: terminal.noteLines.join('\n') }
}
const admin = { SHELFWISE_ADMIN_KEY: STUB_ADMIN_KEY }
const writeItems = (...items: unknown[]) => writeLines(join(folder.path, 'items.jsonl'), items)
const credentials = join('.shelfwise', 'credentials.json')

const shelf = {
  recommendation_id: 'r',
  placement: 'home',
  title: 'Picked for you',
  market: 'JP',
  locale: 'ja-JP',
  items: [
    {
      id: 'fp-001',
      rank: 1,
      title: '木軸万年筆「欅」',
      price: { amount: 18_000, currency: 'JPY' },
      list_price: null,
      sources: ['popular'],
      reason: { text: '人気の商品', evidence: [{ id: 'e1', kind: 'popular', count: 12 }] },
    },
  ],
  served: {
    rung: 'L2',
    degraded: [],
    strategy: 'home',
    cache: 'none',
    holdout: false,
    ms: 12,
    availability_as_of: null,
  },
  next_cursor: null,
  missing_item_ids: [],
}
const NOTHING_WAITS = {
  ...{ done: 2, by_rules: 0, missing: 0, in_doubt: 0, quarantined: 0, rejected: 0, flagged: 0, kept: 9, dropped: {} },
  ...{ budget: { daily: null, spent_today: 0, reserved_today: 0 }, quarantine: [] },
}
const trace = {
  stages: [{ stage: 'gather', ms: 3, outcome: 'ok' }],
  sources: { popular: 3 },
  candidates: [
    { id: 'fp-001', score: 0.8, sources: { popular: 0.6, new: 0.2 }, outcome: 'shown_at_1' },
    { id: 'fp-002', score: 0.3, sources: { popular: 0.3 }, outcome: 'not_shown' },
  ],
  storage: { waves: 1, calls: 3 },
}

describe('exit codes', () => {
  it('0: creates the shop and its keys, keeps them to itself, and imports', async () => {
    await writeItems(apiItem(1), apiItem(2))
    const first = await shelfwise(['import', 'items.jsonl', '--shop', 'demo'], admin)
    expect(first).toMatchObject({ code: 0 })
    expect(first.out).toMatch(/items {3}2 created\nimported .* into shop "demo"/)
    expect(first.notes).toContain('created shop "demo" (market GB)')
    expect(stub.shops.get('demo')).toMatchObject({ market: 'GB', markets: [{ market: 'GB', currency: 'GBP' }] })
    expect((await stat(join(folder.path, credentials))).mode & 0o777).toBe(0o600)
    // From now on the kept key will do.
    expect((await shelfwise(['import', 'items.jsonl', '--shop', 'demo'])).out).toContain('2 unchanged')
  })

  it('makes the same keys again for a service that forgot them', async () => {
    await writeItems(apiItem(1))
    await shelfwise(['import', 'items.jsonl', '--shop', 'demo'], admin)
    const before = [...stub.keys]
    // The stub makes a key without a secret out of how many there are: these would come out differently.
    stub.keys = new Set(['x', 'y', 'z'])
    stub.shops.clear()
    expect((await shelfwise(['import', 'items.jsonl', '--shop', 'demo'], admin)).code).toBe(0)
    expect([...stub.keys]).toEqual(['x', 'y', 'z', ...before])
  })

  it('1: some lines were rejected', async () => {
    await writeItems(apiItem(1), { id: 'bad', title: 'x' })
    const result = await shelfwise(['import', 'items.jsonl', '--shop', 'demo', '--json'], admin)
    expect(result.code).toBe(1)
    expect(JSON.parse(result.out)).toMatchObject({ items: { created: 1, rejected: 1 }, rejects: [{ line: 2 }] })
  })

  it('2: the command line is wrong', async () => {
    await writeItems(apiItem(1))
    const wrong = [
      [],
      ['nonsense'],
      ['import'],
      ['import', 'missing', '--shop', 'demo'],
      ['import', 'items.jsonl'],
      ['import', 'items.jsonl', '--shop', 'No Name'],
      ['import', 'items.jsonl', '--shop', 'demo', '--currency', 'pounds'],
      ['import', '.', '--shop', 'demo'],
      ['recommend', '--shop', 'demo'],
      ['recommend', '--limit', '51'],
      ['recommend', '--shop', 'a', '--key', 'sk_b_0'],
      ['explain', '--shop', 'demo'],
      ['events', '--shop', 'demo'],
      ['ps', '--url', 'ftp://x'],
    ]
    for (const args of wrong) expect([args, (await shelfwise(args)).code]).toEqual([args, 2])
    expect(stub.seen).toEqual([])
  })

  it('0: help and version', async () => {
    expect((await shelfwise(['--help'])).code).toBe(0)
    expect((await shelfwise(['import', '--help'])).out).toContain('--shift-to')
    expect(await shelfwise(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+$/) })
  })

  it('3: the service refuses, or is not there; one line, no stack', async () => {
    const refused = await shelfwise(['recommend', '--shop', 'demo', '--key', 'pk_demo_1'])
    expect(refused.code).toBe(3)
    expect(refused.notes).toMatch(/^shelfwise: POST \/v1\/recommendations answered 401 unauthorized.*$/)
    const gone = await shelfwise(['recommend', '--key', 'pk_demo_1', '--url', 'http://127.0.0.1:9'])
    expect(gone.code).toBe(3)
    expect(gone.notes).toMatch(/shelfwise: http:\/\/127.0.0.1:9 cannot be reached \(.*\).*$/)
  })
})

describe('credentials', () => {
  it('are never shown to another service', async () => {
    await mkdir(join(folder.path, '.shelfwise'))
    const kept = { url: 'http://127.0.0.1:1', admin_key: STUB_ADMIN_KEY, shops: { demo: { sk: 'sk_demo_1' } } }
    await writeFile(join(folder.path, credentials), JSON.stringify(kept))
    const result = await shelfwise(['recommend', '--shop', 'demo'])
    expect(result).toMatchObject({ code: 2, notes: expect.stringContaining('belong to http://127.0.0.1:1') })
    await writeItems(apiItem(1))
    expect((await shelfwise(['import', 'items.jsonl', '--shop', 'demo'], admin)).code).toBe(2)
    expect(JSON.parse(await readFile(join(folder.path, credentials), 'utf8'))).toEqual(kept)
    expect(stub.seen).toEqual([])
  })

  it('come from the flag before the environment', async () => {
    stub.keys.add('pk_a_1')
    stub.shelf = shelf
    expect((await shelfwise(['recommend', '--key', 'pk_a_1'], { SHELFWISE_KEY: 'pk_b_1' })).code).toBe(0)
    expect(stub.seen.at(-1)!.key).toBe('pk_a_1')
  })
})

describe('recommend and explain', () => {
  beforeEach(() => {
    stub.keys.add('sk_demo_1')
    stub.shelf = { ...shelf, trace }
  })
  const key = { SHELFWISE_KEY: 'sk_demo_1' }

  it('shows a table with the currency’s own decimals', async () => {
    const { out } = await shelfwise(
      ['recommend', '--user', 'u', '--item', 'a', 'b', '--filter', '{"field":"price","op":"lt","value":5}'],
      key,
    )
    expect(out).toContain('木軸万年筆「欅」  ￥18,000  人気の商品')
    expect(out).toContain('rung L2 · 12 ms · nothing degraded')
    expect(JSON.parse(stub.seen.at(-1)!.body)).toEqual({
      user_id: 'u',
      item_ids: ['a', 'b'],
      filter: { field: 'price', op: 'lt', value: 5 },
    })
  })

  it('prints the answer as it came with --json', async () => {
    expect(JSON.parse((await shelfwise(['recommend', '--json'], key)).out)).toEqual(stub.shelf)
  })

  const beside = {
    item_id: 'fp-002',
    by: 'order',
    log_odds: 1.25,
    features: [{ feature: 'wanted_7d', log_odds: 0.75 }],
  }
  const explanation = {
    ...{ item_id: 'fp-001', placement: 'home', market: 'JP', locale: 'ja-JP', shown: 1, of: 6, why_not: null },
    why: {
      evidence: [
        { source: 'popular', share: 0.75, text: '人気の商品', fact: { id: 'popular:fp-001', kind: 'popular' } },
        { source: 'new', share: 0.25, text: null, fact: null },
      ],
      features: [{ feature: 'wanted_7d', log_odds: 1.5 }],
      rules: [{ rule: 'launch', effect: 'boosted' }],
    },
    here: { above: null, below: beside },
    ...{ instead_of: { ...beside, shown: 2, higher: 'fp-001' }, smallest_change: null, no_change: null },
    served: { rung: 'L2', degraded: [], order: 'learned-x', ms: 9, shelves: 1 },
  }

  it('tells why an item is where it is', async () => {
    stub.explanation = explanation
    const args = ['explain', 'fp-001', '--placement', 'home', '--seed', 'a,b', '--instead-of', 'fp-002', '--limit', '6']
    const { out } = await shelfwise([...args, '--filter', '{"field":"price","op":"gt","value":1}'], key)
    expect(out.split('\n')).toEqual([
      '"fp-001": place 1 of 6 (home shelf, market JP)',
      'rule     boosted by launch',
      'why      popular 75 %: 人気の商品',
      '         {"id":"popular:fp-001","kind":"popular"}',
      'why      new 25 %',
      'features wanted_7d +1.5',
      'below    "fp-002": +1.25 log odds to it; by the order; wanted_7d +0.75',
      'instead  "fp-002": +1.25 log odds to it; by the order; wanted_7d +0.75 (place 2, stands lower)',
      'rung L2 · order learned-x · 9 ms · 1 shelf asked · nothing degraded',
    ])
    const asked = new URLSearchParams(stub.seen.at(-1)!.query)
    expect([asked.get('item_id'), asked.getAll('item_ids'), asked.get('instead_of')]).toEqual([
      ...['fp-001', ['a,b', 'a,b'], 'fp-002'],
    ])
    expect(asked.get('filter')).toBe('{"field":"price","op":"gt","value":1}')
    expect(JSON.parse((await shelfwise(['explain', '--item', 'fp-001', '--json'], key)).out)).toEqual(explanation)
  })

  it('tells why an item is not shown, and what would show it', async () => {
    const absent = { ...explanation, shown: null, why: null, here: null, instead_of: null }
    const why = async (why_not: object, more: object = {}) => {
      stub.explanation = { ...absent, why_not, ...more }
      return (await shelfwise(['explain', 'fp-001'], key)).out
    }
    expect(await why({ cause: 'not_sellable', lacks: 'stock' })).toContain('not shown: it is out of stock')
    const change = { change: { kind: 'larger_limit', limit: 9 }, shown: 9 }
    const below = await why({ cause: 'ranked_below', rank: 9, of: 60, gap: 0.31 }, { smallest_change: change })
    expect(below).toContain('others score higher; number 9 of 60, 0.31 log odds short')
    expect(below).toContain('change   larger limit: limit 9 (then place 9)')
    expect(await why({ cause: 'deleted' }, { no_change: 'The item is deleted' })).toContain(
      'change   none: The item is deleted',
    )
    // What a browser key is not told is not made up, and a later release's cause is told by its name.
    expect(await why({ cause: 'not_chosen' }, { smallest_change: undefined, no_change: undefined })).not.toContain(
      'change',
    )
    expect(await why({ cause: 'of_later' })).toContain('not shown: of_later')
  })
})

describe('events', () => {
  const key = { SHELFWISE_KEY: 'sk_demo_1' }
  beforeEach(() => void stub.keys.add('sk_demo_1'))

  it('sends one, and the same one only once', async () => {
    const args = ['events', '--type', 'purchase', '--user', 'u', '--item', 'a', 'b', '--id', 'e-1']
    expect((await shelfwise(args, key)).out).toContain('1 accepted, 0 duplicates')
    expect(JSON.parse(stub.seen.at(-1)!.body)).toEqual({
      events: [{ event_id: 'e-1', type: 'purchase', user_id: 'u', items: [{ item_id: 'a' }, { item_id: 'b' }] }],
    })
    expect((await shelfwise(args, key)).out).toContain('0 accepted, 1 duplicates')
  })

  it('says what is wrong with one', async () => {
    const result = await shelfwise(['events', '--type', 'view', '--item', 'a'], key)
    expect(result).toMatchObject({ code: 1, out: expect.stringContaining('rejected: /user_id') })
  })

  it('sends a file', async () => {
    const at = '2026-01-01T00:00:00Z'
    await writeLines(join(folder.path, 'events.ndjson'), [apiEvent(1, at), apiEvent(1, at), apiEvent(2, at)])
    expect((await shelfwise(['events', '--file', 'events.ndjson'], key)).out).toContain('events  3 accepted')
    expect((await shelfwise(['events', '--file', 'events.ndjson'], key)).out).toContain('events  3 duplicates')
  })
})

describe('ps and doctor', () => {
  it('shows jobs', async () => {
    stub.keys.add('sk_demo_1')
    const { out } = await shelfwise(['ps'], { SHELFWISE_KEY: 'sk_demo_1' })
    expect(out).toContain('shop demo: 2 items live · nothing waits')
    expect(out).toMatch(/learn +idle +5\/5/)
  })

  it('finds all well, and fails with advice when a shelf does not answer', async () => {
    await writeItems(apiItem(1))
    stub.shelf = shelf
    await shelfwise(['import', 'items.jsonl', '--shop', 'demo'], admin)
    const well = await shelfwise(['doctor'], admin)
    expect(well.out).not.toMatch(/^(fail|warn)/m)
    expect(well).toMatchObject({ code: 0 })
    stub.intercept = (seen, response) => {
      if (!seen.body.includes('"cart"')) return false
      sendJson(response, 404, problemBody(404, 'unknown_placement'))
      return true
    }
    const ill = await shelfwise(['doctor'], admin)
    expect(ill.code).toBe(3)
    expect(ill.out).toMatch(/^fail {2}demo cart: .*unknown_placement.*\n +-> /m)
  })

  it('tells why enrichment waits and for whom, and what to do', async () => {
    stub.keys.add('sk_demo_1')
    stub.shelf = shelf
    const key = { SHELFWISE_KEY: 'sk_demo_1' }
    const idle = idleJobs()
    const [job] = idle.jobs
    const waits = (error: string | null, in_doubt: number) => ({
      ...idle,
      jobs: [{ ...job!, job: 'enrich', error }],
      enrichment: { ...NOTHING_WAITS, in_doubt },
    })
    stub.jobs = waits(null, 0)
    expect((await shelfwise(['doctor'], key)).out).not.toContain('enrich')
    stub.jobs = waits('unavailable', 2)
    const { out } = await shelfwise(['doctor'], key)
    expect(out).toMatch(/^warn {2}demo job enrich: the provider does not answer.*\n +-> .*PROVIDER_KEY_/m)
    expect(out).toMatch(/^warn {2}demo enrichment: 2 in doubt\n +-> "shelfwise enrich --shop demo"/m)
    stub.jobs = waits('budget', 0)
    expect((await shelfwise(['doctor'], key)).out).toMatch(/job enrich: today's budget is spent\n +-> .*--retry/)
  })

  it('says what to do when there is no service', async () => {
    const { code, out } = await shelfwise(['doctor', '--url', 'http://127.0.0.1:9'])
    expect(code).toBe(3)
    expect(out).toContain('-> start it with "shelfwise up"')
  })
})

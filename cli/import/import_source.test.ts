import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from '../client.ts'
import { CliFailure, Interrupted } from '../failure.ts'
import { apiEvent, apiItem, temporaryFolder, writeLines } from '../testing/folder.ts'
import { idleJobs, problemBody, type StubApi, sendJson, startStubApi } from '../testing/stub_api.ts'
import { type ImportOptions, importSource } from './import_source.ts'

const KEY = 'sk_demo_00000000000000000000000000000000'
let stub: StubApi
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let notes: string[]

beforeEach(async () => {
  stub = await startStubApi()
  stub.keys.add(KEY)
  folder = await temporaryFolder()
  notes = []
})
afterEach(async () => {
  await stub.close()
  await folder.remove()
})

const moment = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString()

async function writeShop(items: number, events: number): Promise<void> {
  const markets = [{ market: 'GB', currency: 'GBP', locale: 'en' }]
  await writeLines(join(folder.path, 'shop.json'), [{ name: 'Demo', locale: 'en', market: 'GB', markets }])
  await writeLines(
    join(folder.path, 'items.jsonl'),
    Array.from({ length: items }, (_, at) => apiItem(at)),
  )
  const lines = Array.from({ length: events }, (_, at) => apiEvent(at, moment(at)))
  await writeLines(join(folder.path, 'events.jsonl'), lines)
}

function run(more: Partial<ImportOptions> = {}) {
  const report = { note: (line: string) => void notes.push(line), progress: () => {} }
  const client = createClient({ url: stub.url, key: KEY, attempts: 1, signal: more.signal })
  return importSource({ client, source: folder.path, shop: 'demo', directory: folder.path, report, ...more })
}

const checkpoints = () => readdir(join(folder.path, '.shelfwise', 'imports')).catch(() => [])

describe('importSource', () => {
  it('sends items before events, in chunks, and proves on repetition that nothing changes', async () => {
    await writeShop(1_200, 4_500)
    const first = await run()
    expect(first).toMatchObject({ items: { created: 1_200 }, events: { accepted: 4_500 }, rejected: 0 })
    const sizes = stub.seen.map((seen) => [seen.path, seen.body.trimEnd().split('\n').length])
    expect(sizes.slice(0, 3)).toEqual([
      ['/v1/items:bulk', 500],
      ['/v1/items:bulk', 500],
      ['/v1/items:bulk', 200],
    ])
    expect(
      sizes
        .slice(3)
        .map(([, lines]) => lines)
        .sort(),
    ).toEqual([2_000, 2_000, 500])
    const again = await run()
    expect(again).toMatchObject({ items: { unchanged: 1_200 }, events: { accepted: 0, duplicates: 4_500 } })
    expect(await checkpoints()).toEqual([])
  })

  it('goes on after a failure with what was not sent, and counts the whole', async () => {
    await writeShop(1_300, 5_000)
    stub.intercept = (seen, response) => {
      if (seen.path !== '/v1/events:bulk' || stub.lines('events').length < 2_000) return false
      sendJson(response, 500, problemBody(500, 'internal'))
      return true
    }
    await expect(run()).rejects.toBeInstanceOf(CliFailure)
    expect(notes.at(-1)).toMatch(/^stopped after 3,300 lines; the same command goes on/)
    expect(await checkpoints()).toHaveLength(1)
    stub.intercept = () => false
    stub.seen.length = 0
    const result = await run()
    expect(stub.lines('items')).toEqual([])
    expect(stub.lines('events')).toHaveLength(3_000)
    expect(result).toMatchObject({
      resumed: true,
      items: { created: 1_300 },
      events: { accepted: 5_000, duplicates: 0 },
    })
    expect(await checkpoints()).toEqual([])
  })

  it('stops when asked to, and starts over with resume off', async () => {
    await writeShop(1_300, 10)
    const controller = new AbortController()
    stub.intercept = () => {
      if (stub.lines('items').length >= 500) controller.abort()
      return false
    }
    await expect(run({ signal: controller.signal })).rejects.toBeInstanceOf(Interrupted)
    stub.intercept = () => false
    stub.seen.length = 0
    const result = await run({ resume: false })
    expect(result.resumed).toBe(false)
    expect(stub.lines('items')).toHaveLength(1_300)
  })

  it('starts over when the source has changed', async () => {
    await writeShop(600, 10)
    stub.intercept = (seen, response) => {
      if (seen.path !== '/v1/events:bulk') return false
      sendJson(response, 500, problemBody(500, 'internal'))
      return true
    }
    await expect(run()).rejects.toBeInstanceOf(CliFailure)
    stub.intercept = () => false
    await writeShop(601, 10)
    expect((await run()).resumed).toBe(false)
  })

  it('gives the line numbers of the file, and all rejects to the file', async () => {
    const items: unknown[] = Array.from({ length: 1_000 }, (_, at) => apiItem(at))
    items[2] = ''
    items[3] = 'not json'
    items[749] = { id: 'bad', title: '', offers: [] }
    for (let at = 900; at < 930; at++) items[at] = { id: `no-offer-${at}`, title: 'x' }
    await writeLines(join(folder.path, 'items.ndjson.gz'), items)
    const result = await run({ source: 'items.ndjson.gz', rejectsFile: 'rejects.jsonl' })
    expect(result).toMatchObject({ items: { created: 967, rejected: 32 }, rejected: 32, events: null })
    expect(result.rejects.map((reject) => reject.line).slice(0, 4)).toEqual([4, 750, 901, 902])
    expect(result.rejects[0]).toMatchObject({ file: 'items.ndjson.gz', errors: [{ detail: 'not a JSON object' }] })
    expect(result.rejects[2]!.errors[0]!.pointer).toBe('/offers')
    expect(result.rejects).toHaveLength(20)
    const written = (await readFile(join(folder.path, 'rejects.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(written.map((line) => (JSON.parse(line) as { line: number }).line)).toHaveLength(32)
    expect(await checkpoints()).toEqual([])
  })

  it('asks for a dry run, writes nothing, and keeps no checkpoint', async () => {
    await writeShop(3, 3)
    const result = await run({ dryRun: true })
    expect(result).toMatchObject({ dry_run: true, items: { created: 3 }, events: { accepted: 3 } })
    expect(stub.seen.every((seen) => seen.query === '?dry_run=true')).toBe(true)
    expect(stub.items.size).toBe(0)
  })

  it('checks the lines itself when there is no shop to ask', async () => {
    await writeShop(3, 3)
    await writeLines(join(folder.path, 'items.jsonl'), [apiItem(1), { id: 'x' }, { id: 'gone', deleted: true }])
    const result = await run({ client: null, dryRun: true })
    expect(result).toMatchObject({ items: { created: 2, rejected: 1 }, events: { accepted: 3 } })
    expect(result.rejects[0]).toMatchObject({ line: 2, id: 'x' })
    expect(stub.seen).toEqual([])
  })

  it('moves every moment by one offset and no event to another identity', async () => {
    await writeShop(0, 3)
    await writeLines(join(folder.path, 'items.jsonl'), [{ ...apiItem(1), created_at: moment(-100) }])
    await run({ shiftTo: '2026-06-01T00:00:00Z' })
    const events = stub.lines('events').map((line) => JSON.parse(line) as { occurred_at: string })
    expect(events.map((event) => event.occurred_at)).toEqual([
      '2026-05-31T23:59:58.000Z',
      '2026-05-31T23:59:59.000Z',
      '2026-06-01T00:00:00.000Z',
    ])
    const item = JSON.parse(stub.lines('items')[0]!) as { created_at: string }
    expect(Date.parse(events[2]!.occurred_at) - Date.parse(item.created_at)).toBe(102_000)
    expect(await run({ shiftTo: '2026-07-01T00:00:00Z' })).toMatchObject({ events: { duplicates: 3 } })
    await expect(run({ shiftTo: 'soon' })).rejects.toThrow('--shift-to')
  })

  it('waits until nothing waits and no job is due', async () => {
    await writeShop(2, 2)
    const quiet = idleJobs()
    const due = { ...quiet, jobs: quiet.jobs.map((job) => ({ ...job, due: true })) }
    const answers = [{ ...quiet, waiting: { outbox: 1, events: 2, dead_letters: 0 } }, due, quiet]
    let at = 0
    const sleep = async () => {
      stub.jobs = answers[Math.min(++at, answers.length - 1)]
    }
    stub.jobs = answers[0]
    const result = await run({ wait: true, waiting: { sleep, now: () => at * 1_000 } })
    expect(result.waited).toMatchObject({ settled: true, failed: [] })
    expect(at).toBe(5)
  })

  it('does not wait forever', async () => {
    await writeShop(2, 2)
    stub.jobs = { ...idleJobs(), items: { live: 2, waiting: 2 } }
    let at = 0
    const sleep = async () => {
      at += 60_000
    }
    const result = await run({ wait: true, waiting: { sleep, now: () => at } })
    expect(result.waited).toMatchObject({ settled: false })
  })
})

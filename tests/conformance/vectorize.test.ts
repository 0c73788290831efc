/** The Vectorize stand-in keeps the contract through every door, and the contract catches a stand-in that does not. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agreesAtSize } from './vectorize/at_size.ts'
import { CONTRACT, tryCase, tryContract } from './vectorize/contract.ts'
import { DELAY_MS, type Door } from './vectorize/door.ts'
import { engineDoor } from './vectorize/engine_door.ts'
import { brokenEngine, MUTANTS } from './vectorize/mutants.ts'
import { restDoor } from './vectorize/rest_door.ts'
import { type RestService, restService } from './vectorize/rest_service.ts'
import { type RuntimeDoors, type SeenError, startRuntimeDoors } from './vectorize/runtime_doors.ts'
import { at } from './vectorize/try.ts'

/** Indexes of each metric and door: one a case, and some for the tests below. */
const PER_METRIC = CONTRACT.length + 2
const SPARE = `cosine-${PER_METRIC - 1}`

let folder: string
let doors: RuntimeDoors
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'))
  doors = await startRuntimeDoors(folder, PER_METRIC)
})
afterAll(async () => {
  await doors.stop()
  await rm(folder, { recursive: true, force: true })
})

const DOORS: ReadonlyArray<[string, () => Door]> = [
  ['the engine in process', engineDoor],
  ['RPC', () => doors.rpc],
  ['the runtime’s own client', () => doors.wire],
]

describe.each(DOORS)('through %s', (_name, door) => {
  test.each(CONTRACT.map((one, index) => [one.rule, one, index] as const))('%s', async (_rule, one, index) => {
    const verdict = await tryCase(door(), one, `c${index}`)
    if (verdict.error !== undefined) throw verdict.error
    expect(verdict.outcome).toBe('kept')
  })
})

describe('negative controls', () => {
  test.each(MUTANTS.map((mutant) => [mutant.what, mutant] as const))('caught: %s', async (_what, mutant) => {
    const one = CONTRACT.find(({ rule }) => rule === mutant.rule)!
    const verdict = await tryCase(engineDoor(await brokenEngine(mutant)), one, 'c0')
    expect(verdict.outcome).toBe('broken')
  })

  test('every case catches a mutant, and the engine that is built the same way keeps all', async () => {
    const caught = new Set(MUTANTS.map(({ rule }) => rule))
    expect(CONTRACT.map(({ rule }) => rule).filter((rule) => !caught.has(rule))).toEqual([])
    const verdicts = await tryContract(engineDoor(await brokenEngine(null)))
    expect(verdicts.filter(({ outcome }) => outcome !== 'kept')).toEqual([])
  })

  test('a search that passes over rows misses none, and one that passes over too many does', async () => {
    agreesAtSize()
    for (const mutant of [
      { file: 'sketch.ts', from: '+ length * residuals[row]!', to: '' },
      { file: 'search.ts', from: 'this.#read(others)', to: '' },
      {
        file: 'rows.ts',
        from: 'squaredNorm(values)\n    this.#sketches[Math.floor(slot / BLOCK_ROWS)] = 0',
        to: 'squaredNorm(values)\n    this.#sketches[Math.floor(slot / BLOCK_ROWS)] ??= 0',
      },
    ]) {
      const Engine = await brokenEngine(mutant)
      expect(() => agreesAtSize(Engine), mutant.from).toThrow()
    }
  })

  test('a mutant that changes nothing is an error', async () => {
    await expect(brokenEngine({ file: 'engine.ts', from: 'not in there', to: '' })).rejects.toThrow('stands 0 times')
    await expect(brokenEngine({ file: 'engine.ts', from: 'this.#settle()', to: '' })).rejects.toThrow(
      'times in engine.ts',
    )
  })
})

describe('the door to a real index', () => {
  const open = (prefix: string, service: RestService) =>
    restDoor({ baseUrl: 'https://api.test/client/v4', account: 'acc', token: 'secret', prefix, ...service })

  test('finds every case kept by a service that is never quick and often busy, and leaves nothing there', async () => {
    const service = restService({ token: 'secret', delayMs: 9_000, busyEvery: 7 })
    const door = open('probe', service)
    // The engine behind this service takes the batches of a binding.
    const verdicts = await tryContract({ ...door, batchMax: 1_000 }, 8)
    expect(service.indexes().sort()).toEqual(['probe-cosine', 'probe-dot-product', 'probe-euclidean'])
    await door.close()
    expect(service.indexes()).toEqual([])
    expect(verdicts.flatMap(({ outcome, error }) => (outcome === 'broken' ? [error] : []))).toEqual([])
    const notAsked = verdicts.filter(({ outcome }) => outcome === 'not asked').map(({ rule }) => rule)
    expect(notAsked).toEqual(CONTRACT.filter(({ ownTime }) => ownTime).map(({ rule }) => rule))
  })

  test('refuses an index that is there, and lets it be', async () => {
    const service = restService({ token: 'secret', delayMs: 0, busyEvery: 1_000 })
    await open('taken', service).open('cosine')
    const second = open('taken', service)
    await expect(second.open('cosine')).rejects.toThrow('There is an index taken-cosine already')
    await second.close()
    expect(service.indexes()).toEqual(['taken-cosine'])
    await expect(open('other', restService({ token: 'x', delayMs: 0, busyEvery: 9 })).open('cosine')).rejects.toThrow(
      'CREATE_ERROR (code = 10000): Authentication error',
    )
  })
})

describe('the runtime’s own client', () => {
  const wire = (method: string, ...args: unknown[]) => doors.call(`wire W-${SPARE}`, method, ...args)

  test('is what the wire door is bound to, and its errors have their cause', async () => {
    expect(await doors.call(`what W-${SPARE}`, 'constructor')).toBe('VectorizeIndexImpl')
    const refused = wire('query', [1]).then(null, (error: SeenError) => error)
    expect(await refused).toMatchObject({
      message: 'VECTOR_QUERY_ERROR (code = 40006): invalid query vector, expected 32 dimensions, and got 1 dimensions',
      causeText: 'invalid query vector, expected 32 dimensions, and got 1 dimensions',
    })
    // An empty list is an empty body.
    await expect(wire('upsert', [])).rejects.toThrow('VECTOR_UPSERT_ERROR (code = 40023)')
  })

  test('and RPC reach one index, whose vectors, log and metadata indexes survive the end of the process', async () => {
    const rpc = (method: string, ...args: unknown[]) => doors.call(`rpc W-${SPARE}`, method, ...args)
    const control = (method: string, ...args: unknown[]) => doors.call(`control W-${SPARE}`, method, ...args)
    const row = (id: string) => ({ id, values: at(1), metadata: { late: 'yes', kind: id } })
    const found = async (filter: object) =>
      ((await wire('query', at(1), { filter })) as { matches: { id: string }[] }).matches.map(({ id }) => id).sort()
    await wire('upsert', [row('before'), row('doomed')])
    await control('advance', DELAY_MS)
    await control('createMetadataIndex', 'late', 'string')
    await rpc('upsert', [row('after')])
    await wire('deleteByIds', ['doomed'])
    const before = await wire('describe')
    expect(before).toMatchObject({ vectorCount: 2 })

    // Ends workerd with SIGKILL: nothing is flushed on the way out.
    await doors.stop()
    doors = await startRuntimeDoors(folder, PER_METRIC)

    expect(await wire('describe')).toEqual(before)
    expect(await control('listMetadataIndexes')).not.toHaveProperty('late')
    await control('advance', DELAY_MS)
    expect(await wire('describe')).toMatchObject({ vectorCount: 2 })
    expect(await control('listMetadataIndexes')).toMatchObject({ late: 'string', kind: 'string' })
    expect(await found({ late: 'yes' })).toEqual(['after'])
    expect(await found({ kind: { $in: ['before', 'after', 'doomed'] } })).toEqual(['after', 'before'])

    await control('deleteMetadataIndex', 'late')
    await control('createMetadataIndex', 'late', 'string')
    await control('advance', DELAY_MS)
    await wire('describe')
    await doors.stop()
    doors = await startRuntimeDoors(folder, PER_METRIC)
    expect(await found({ late: 'yes' })).toEqual([])
    expect(await found({ kind: 'after' })).toEqual(['after'])
  })
})

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLearningArtefacts } from '../../shared/store/learning_artefacts.ts'
import { writeSynthetic } from '../../tests/scale/learning/synthetic.ts'
import { createFolderR2 } from '../../workers/local/node/folder_r2.ts'
import { EXIT } from '../failure.ts'
import { run } from '../program.ts'
import { recordedTerminal, temporaryFolder } from '../testing/folder.ts'

const SHOP = 'small'
let place: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  place = await temporaryFolder()
  writeSynthetic({ shop: SHOP, events: 3_000, items: 50, seed: 7 }, join(place.path, 'bucket'))
})
afterAll(() => place.remove())

async function shelfwise(...argv: string[]) {
  const terminal = recordedTerminal(place.path)
  const code = await run(['learn', ...argv, '--shop', SHOP, '--bucket', 'bucket', '--json'], terminal)
  return { code, told: code === EXIT.fine ? JSON.parse(terminal.outLines.join('\n')) : terminal.noteLines.join('\n') }
}
const artefacts = () => createLearningArtefacts(createFolderR2(join(place.path, 'bucket')))

test('learn run learns what lies in a copy of the bucket, and offers it', async () => {
  const first = await shelfwise('run')
  expect(first).toMatchObject({ code: EXIT.fine, told: { shop: SHOP, events: 3_000, items: 50 } })
  expect(await artefacts().offer(SHOP)).toBe(first.told.run)
  expect(await shelfwise('run')).toEqual(first)
})

test('learn export writes every event of a shopper into one partition, and what is to be returned', async () => {
  const { code, told } = await shelfwise('export', 'visits')
  expect(code).toBe(EXIT.fine)
  const files = await readdir(join(place.path, 'visits', 'visits'))
  expect(files).toHaveLength(told.partitions)
  const lines = (await readFile(join(place.path, 'visits', 'visits', files[0]!), 'utf8')).trimEnd().split('\n')
  expect(lines[0]).toBe('shopper,visit_at_ms,market,item,intent,basket,verdict,quantity,price')
  expect(lines.length).toBeGreaterThan(2_000)
  expect(lines[1]).toMatch(/^[0-9a-f]{16},\d+,(?:DE|FR|GB)?,\d+,/)
  const schema = JSON.parse(await readFile(join(place.path, 'visits', 'schema.json'), 'utf8'))
  expect(Object.keys(schema.returns)).toEqual(['manifest.json', 'rows/*.ndjson'])
})

test('learn import takes checked artefacts, and none that were changed', async () => {
  const { told } = await shelfwise('run')
  const folder = join('bucket', 'learn', 'v1', SHOP, 'offered', told.run)
  expect(await shelfwise('import', folder)).toMatchObject({ code: EXIT.fine, told: { run: told.run } })
  const changed = join(place.path, folder, 'rows', 'trending-00000.ndjson')
  await writeFile(changed, (await readFile(changed, 'utf8')).replace('item-00000', 'item-00001'))
  const refused = await shelfwise('import', folder)
  expect(refused.code).toBe(EXIT.usage)
  expect(refused.told).toMatch(/refused: rows\/trending-00000.ndjson: its bytes are not those of the manifest/)
})

test('what is not there is told', async () => {
  expect(await shelfwise('import', 'nowhere')).toMatchObject({
    code: EXIT.usage,
    told: expect.stringMatching(/manifest.json could not be read/),
  })
  const terminal = recordedTerminal(place.path)
  expect(await run(['learn', 'run', '--shop', SHOP, '--bucket', 'nowhere'], terminal)).toBe(EXIT.usage)
  expect(await run(['learn', 'run', '--shop', SHOP], terminal)).toBe(EXIT.usage)
  expect(terminal.noteLines.join('\n')).toMatch(/there is no folder nowhere[\s\S]*no local stack has run here/)
})

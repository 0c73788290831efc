import { expect, test } from 'vitest'
import { itemWrite, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { depsOf, SPACE, scriptedModel, setUp } from '../../tests/support/unit_enrich.ts'
import { localVersion } from '../model/embedder_rpc.ts'
import { embedInto } from './embed_items.ts'

for (const [kind, version, most] of [
  ['the local embedder, which works through a call in one go, is handed few texts', localVersion('abc', 32), 10],
  ['a provider, whose calls cost time and money, is handed many', SPACE.version, 100],
] as const) {
  test(`${kind} at once, and every item has its own vector`, async () => {
    const world = await setUp()
    const ids = Array.from({ length: 130 }, (_, n) => `i${n}`)
    await world.writer.apply(
      SHOP,
      ids.map((id, n) => itemWrite({ id, title: 'x'.repeat(1 + n) })),
      NOW,
    )
    const calls: number[] = []
    const model = scriptedModel([])
    const counting: typeof model = {
      ...model,
      embedItems: (shop, name, items) => {
        calls.push(items.length)
        return model.embedItems(shop, name, items)
      },
    }
    const deps = depsOf(world, counting)
    const space = { ...SPACE, version }
    await embedInto(space, 'text', ids, deps)
    expect([Math.max(...calls), calls.reduce((sum, one) => sum + one, 0)]).toEqual([most, 130])
    world.clock.advance(10_000)
    const vectors = await deps.vectors.get(space, 'text', ids)
    for (const [n, id] of ids.entries()) expect(vectors.get(id)?.values.indexOf(1), id).toBe((1 + n) % 32)
  })
}

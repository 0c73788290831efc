import { MINUTE_MS } from '../../shared/base/clock.ts'
import { DEADLINES, type Deadlines } from '../../shared/domain/limits.ts'
import type { ShopConfig } from '../../shared/domain/shop.ts'
import { runEnrichment } from '../../shared/enrich/enrich_shops.ts'
import { createWorld, type ShelfParts, type World } from '../../tests/support/world.ts'
import type { Dataset } from '../dataset/dataset.ts'
import type { DatasetEvent, TaskSpec } from '../dataset/format.ts'
import { shopLines } from './shop_data.ts'

/** An order must not depend on how busy the machine is: no stage gives up. */
const PATIENT = Object.fromEntries(Object.keys(DEADLINES).map((stage) => [stage, 10 * MINUTE_MS])) as Deadlines

/** A shop in this process that has learned what a task allows, asked at one moment. */
export interface EvalShop {
  dataset: Dataset
  spec: TaskSpec
  world: World
  parts: ShelfParts
  config: ShopConfig
}

/**
 * Builds a shop through the shipped ingestion and learning.
 * @param events what it learns from
 * @param atMs when it learns and is asked; soon after the last event, without it
 */
export async function openShop(
  dataset: Dataset,
  spec: TaskSpec,
  events: readonly DatasetEvent[] = dataset.learnable(spec),
  atMs?: number,
): Promise<EvalShop> {
  const { nowMs, ...lines } = shopLines(dataset, spec, events)
  const world = await createWorld(lines, atMs ?? nowMs)
  await understand(world)
  const parts = (await world.location()).isolate((plain) => ({ ...plain, deadlines: PATIENT }))
  return { dataset, spec, world, parts, config: world.config }
}

/** Crons that an embedder needs which has learned from what was understood: to be filled, seen and switched to. */
const ROUNDS = 4

/** What the shipped crons make of a catalogue by rules, without a model; the running stack does the same. */
async function understand(world: World): Promise<void> {
  await runEnrichment(world.shop, 'all', world.enrich)
  for (let round = 0; round < ROUNDS; round++) await world.catchUp()
}

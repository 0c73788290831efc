import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { shelfSchema } from '../../cli/answers.ts'
import { type Client, createClient } from '../../cli/client.ts'
import { readCredentials } from '../../cli/credentials.ts'
import { waitForJobs } from '../../cli/import/wait.ts'
import { parseKey } from '../../shared/domain/key.ts'
import { startUp } from '../../tests/scale/running_stack.ts'
import type { Dataset } from '../dataset/dataset.ts'
import type { Task, TaskSpec } from '../dataset/format.ts'
import type { TaskKind } from '../dataset/task_view.ts'
import { EvalFailure } from '../failure.ts'
import { PLACEMENT, placementOf, requestBody } from './request.ts'
import { type ShopLines, shopLines } from './shop_data.ts'

/** An answer that a slow stage was left out of is asked for again: it says how busy the machine is. */
const ATTEMPTS = 5
const PAUSE_MS = 200
/** Isolates read a shop's settings again within half a minute. */
const SETTLE_MS = 60_000

/** The running stack with the same shop in it. */
export interface HttpShop {
  ask(task: Task): Promise<{ ids: string[]; degraded: readonly string[] }>
  close(): Promise<void>
}

/** @param service where it runs already; null starts one for as long as the evaluation takes */
export async function openHttpShop(
  dataset: Dataset,
  spec: TaskSpec,
  kind: TaskKind,
  service: { url: string; key: string } | null,
): Promise<HttpShop> {
  const lines = shopLines(dataset, spec, dataset.learnable(spec))
  const named = service === null ? lines.shop : parseKey(service.key)?.shop
  if (named === undefined) throw new EvalFailure('--key is not an API key')
  const stack = await startUp()
  try {
    const flags = service === null ? [] : ['--url', service.url, '--key', service.key]
    await withFolder(lines, async (folder) => {
      const { done } = stack.cli(['import', folder, '--shop', named, ...flags, '--wait', '--json'])
      const { code, stderr } = await done
      if (code !== 0) throw new Error(`the import ended with ${code}: ${stderr.slice(-2_000)}`)
    })
    const key = service?.key ?? (await readCredentials(stack.directory))!.shops[named]!.sk!
    const client = createClient({ url: service?.url ?? stack.url, key })
    const silent = { note() {}, progress() {} }
    const { settled } = await waitForJobs({ client, report: silent, untilLearned: true })
    if (!settled) throw new EvalFailure('the service has not learned what it was sent')
    await putPlacement(client, kind, spec)
    return { ask: (task) => askService(client, task, spec), close: () => stack.stop() }
  } catch (error) {
    await stack.stop()
    throw error
  }
}

/** The shop as a folder that the shipped import takes. */
async function withFolder(lines: ShopLines, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'shelfwise-eval-'))
  const ndjson = (list: readonly unknown[]) => list.map((line) => `${JSON.stringify(line)}\n`).join('')
  try {
    await writeFile(join(folder, 'shop.json'), JSON.stringify({ shop: lines.shop, ...lines.body }))
    await writeFile(join(folder, 'items.jsonl'), ndjson(lines.items))
    if (lines.events.length > 0) await writeFile(join(folder, 'events.jsonl'), ndjson(lines.events))
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function putPlacement(client: Client, kind: TaskKind, spec: TaskSpec): Promise<void> {
  const json = placementOf(kind, spec)
  await client.call({ method: 'PUT', path: `/v1/placements/${PLACEMENT}`, json, answer: z.unknown() })
  const until = performance.now() + SETTLE_MS
  for (;;) {
    const probe = client.call({
      method: 'POST',
      path: '/v1/recommendations',
      json: { placement: PLACEMENT, limit: 1 },
      answer: shelfSchema,
    })
    if (await probe.then(() => true).catch(() => false)) return
    if (performance.now() > until) throw new Error('the placement did not come into force')
    await pause(PAUSE_MS)
  }
}

const answerSchema = z.object({
  items: z.array(z.object({ id: z.string() })),
  served: z.object({ degraded: z.array(z.string()), rung: z.string() }),
})

async function askService(client: Client, task: Task, spec: TaskSpec) {
  for (let attempt = 1; ; attempt++) {
    const answer = await client.call({
      method: 'POST',
      path: 'candidates' in task && task.candidates !== undefined ? '/v1/rerank' : '/v1/recommendations',
      json: requestBody(task, spec),
      answer: answerSchema,
    })
    const { degraded, rung } = answer.served
    if ((degraded.length === 0 && rung === 'L2') || attempt === ATTEMPTS)
      return { ids: answer.items.map((item) => item.id), degraded: rung === 'L2' ? degraded : [rung, ...degraded] }
    await pause(PAUSE_MS)
  }
}

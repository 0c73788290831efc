/** The model worker as it ships, over a provider in this process that tells for whom it answered. */
import { registerHooks } from 'node:module'
import { hash32 } from '../../shared/base/hash.ts'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import type { CallRecord } from '../../shared/domain/call_record.ts'
import type { ModelRpc } from '../../shared/model/model_rpc.ts'
import type { MakerRpc } from '../../shared/recommend/llm/maker.ts'
import { batchView, createBatches, fileView } from '../../workers/local/openai/batches.ts'
import type { ContentBehaviour } from '../../workers/local/openai/behaviour.ts'
import { type ChatBody, complete, textOf } from '../../workers/local/openai/chat.ts'
import { type EmbeddingsBody, embed } from '../../workers/local/openai/embeddings.ts'
import type { Judge } from './isolation_judge.ts'
import { isOne, type Mask, maskOfShop, namesIn, shopOf } from './isolation_marks.ts'
import type { Platform } from './isolation_platform.ts'

/** The runtime's own module, of which the worker needs one class. */
const RUNTIME = `data:text/javascript,${encodeURIComponent(
  'export class WorkerEntrypoint { constructor(ctx, env) { this.ctx = ctx; this.env = env } }',
)}`
registerHooks({
  resolve: (name, context, next) =>
    name === 'cloudflare:workers' ? { url: RUNTIME, shortCircuit: true } : next(name, context),
})

export const PROVIDER_DIMENSIONS = 384

/** Variables of the model worker. One shop is embedded by the provider, which the others are not told of. */
export const modelVariables = (batch: boolean) => ({
  PROVIDERS: JSON.stringify([
    {
      ...{ name: 'unit', base_url: 'https://provider.invalid/v1' },
      chat: { model: 'scripted-1', input_price: 0.1, output_price: 0.4, batch },
      embeddings: { model: 'scripted-embedding', dimensions: PROVIDER_DIMENSIONS, sends_dimensions: true },
    },
  ]),
  SHOP_EMBEDDERS: JSON.stringify({ [shopOf(0)]: 'local', [shopOf(1)]: 'local', [shopOf(2)]: 'unit' }),
  MODEL_DAILY_BUDGET: '1000',
})

/** Mostly what a shop hopes for. */
const BEHAVIOURS: readonly ContentBehaviour[] = [
  'honest',
  'honest',
  'honest',
  'honest',
  'liar',
  'echoes_prompt',
  'fenced',
]

/**
 * An answer says for whom it was given in a way that no reader of JSON sees: by the blanks behind it. So two shops that ask
 * the same to the letter still have answers of their own.
 */
const signed = (text: string, owner: Mask) => `${text}${' '.repeat(Math.log2(owner) + 1)}`
/** For whom an answer was given; 0: it does not say. */
export function givenTo(answer: string): Mask {
  const blanks = answer.length - answer.trimEnd().length
  return blanks === 0 ? 0 : 1 << (blanks - 1)
}

/** The provider's side of the network. */
export function createProvider(platform: Platform, judge: Judge): typeof fetch {
  const answered = (path: string, body: unknown, owner: Mask) => {
    if (path.endsWith('/embeddings')) {
      const embedded = embed(body as EmbeddingsBody)
      return 'fault' in embedded ? refusal(embedded.fault) : { status: 200, body: embedded.body }
    }
    const asked = body as ChatBody
    const rng: Rng = seededRng(hash32((asked.messages ?? []).map(textOf).join('\n')))
    const options = { lieRate: 0.3, pool: [], ranking: {} }
    const made = complete(asked, rng.pick(BEHAVIOURS), rng, options, 'chatcmpl', platform.now()).body
    const [choice] = made.choices as Array<{ message: { content: string | null } }>
    if (choice!.message.content !== null) choice!.message.content = signed(choice!.message.content, owner)
    return { status: 200, body: made }
  }
  const batches = createBatches({
    clock: platform,
    finishAfterPolls: 1,
    finishAfterMs: 0,
    shuffle: (list) => seededRng(1).shuffle(list),
    answerLine: (line) => answered(line.url, line.body, polled),
  })
  /** By file and batch: whose it is. */
  const owners = new Map<string, Mask>()
  let polled: Mask = 0

  return async (input, init = {}) => {
    const { pathname } = new URL(String(input))
    const path = pathname.replace(/^\/v1/, '')
    const doing = judge.doing()
    if (!isOne(doing)) judge.found('provider', `asked for ${namesIn(doing) || 'nobody'}`, path)
    const [, kind, id, rest] = /^\/(files|batches)(?:\/([\w-]+))?(?:\/(\w+))?$/.exec(path) ?? []
    if (init.method?.toLowerCase() !== 'post') {
      if (kind === 'batches' && id !== undefined) {
        polled = owners.get(id) ?? 0
        const batch = batches.poll(id)
        return told(batch && batchView(batch), judge)
      }
      if (kind === 'batches') return told({ data: batches.all().map(batchView), has_more: false }, judge)
      if (rest === 'content') return new Response(batches.file(id!)!.content)
      return told({ data: [] }, judge)
    }
    if (kind === 'files') {
      const form = await new Request('https://x.invalid', init).formData()
      const content = await (form.get('file') as File).text()
      judge.holds('provider files', content, doing)
      const file = batches.putFile('batch.jsonl', String(form.get('purpose')), content)
      owners.set(file.id, doing)
      return told(fileView(file), judge)
    }
    const body = JSON.parse(String(init.body)) as Record<string, unknown>
    judge.holds('provider', body, doing)
    if (kind === 'batches') {
      const made = batches.create(String(body.input_file_id), String(body.endpoint))
      owners.set(made.id, owners.get(String(body.input_file_id))!)
      return told(batchView(made), judge)
    }
    const { status, body: answer } = answered(path, body, doing)
    return Response.json(answer, { status })
  }
}

const refusal = (message: string) => ({ status: 400, body: { error: { message, type: 'invalid_request_error' } } })

function told(value: unknown, judge: Judge): Response {
  judge.holds('provider answers', value, judge.doing())
  return value === null ? Response.json({}, { status: 404 }) : Response.json(value)
}

export type ModelBinding = ModelRpc & MakerRpc

/** One isolate of the model worker behind a binding that knows whose each call is. */
export async function modelBinding(env: object, judge: Judge): Promise<ModelBinding> {
  const { Model } = await import('../../workers/model/index.ts')
  const later: Promise<unknown>[] = []
  const context = { waitUntil: (work: Promise<unknown>) => later.push(work), passThroughOnException: () => {} }
  const model = new Model(context as never, env as never)
  const of = async <T>(method: string, shop: string, work: () => Promise<T>): Promise<T> => {
    const [own, doing] = [maskOfShop(shop), judge.doing()]
    if (own === 0 || (doing !== 0 && doing !== own))
      judge.found(`model.${method}`, `asked for ${shop} by ${namesIn(doing)}`, '')
    return judge.as(own, async () => {
      const answer = await work()
      while (later.length > 0) await Promise.all(later.splice(0))
      judge.holds(`model.${method}`, answer, own)
      return answer
    })
  }
  const checked = (shop: string, text: string | null) => {
    if (text !== null && (givenTo(text) & ~maskOfShop(shop)) !== 0)
      judge.found('model answers', `an answer for ${namesIn(givenTo(text))} is given to ${shop}`, text)
  }
  const recordOf = (shop: string, record: CallRecord | null) => record !== null && checked(shop, record.answer)
  return {
    embedder: (shop) => of('embedder', shop, () => model.embedder(shop)),
    embedItems: (shop, ...rest) => of('embedItems', shop, () => model.embedItems(shop, ...rest)),
    embedQuery: (shop, ...rest) => of('embedQuery', shop, () => model.embedQuery(shop, ...rest)),
    completer: () => model.completer(),
    complete: (call, deadlineMs) =>
      of('complete', call.shop, async () => {
        const result = await model.complete(call, deadlineMs)
        if (result.ok) checked(call.shop, result.text)
        return result
      }),
    submitBatch: (shop, calls) => of('submitBatch', shop, () => model.submitBatch(shop, calls)),
    batch: (shop, name) => of('batch', shop, () => model.batch(shop, name)),
    score: (call, ...rest) => of('score', call.shop, () => model.score(call, ...rest)),
    makeOrder: (context, ...rest) => of('makeOrder', context.shop, () => model.makeOrder(context, ...rest)),
    tellReasons: (request) => of('tellReasons', request.shop, () => model.tellReasons(request)),
    call: (shop, key) =>
      of('call', shop, async () => {
        const record = await model.call(shop, key)
        recordOf(shop, record)
        return record
      }),
    callAgain: (shop, key, deadlineMs) =>
      of('callAgain', shop, async () => {
        const again = await model.callAgain(shop, key, deadlineMs)
        recordOf(shop, again?.before ?? null)
        return again
      }),
  }
}

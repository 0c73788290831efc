import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterEach, expect, test, vi } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import type { SourceKind } from '../../shared/domain/webhook_source.ts'
import { verifyKeys } from '../../shared/ingest/webhooks/verify/secrets.ts'
import { verifyDelivery } from '../../shared/ingest/webhooks/verify/verify.ts'
import { NOW } from '../support/unit_catalogue.ts'
import { casesOf, SCHEMES, shapeOf } from './signature_cases.ts'
import { isClean, type Judge, judge, verifierJudge, workerJudge } from './signature_run.ts'

const SEED = 20_261_121
afterEach(() => void vi.useRealTimers())

test('of a hundred thousand deliveries the verifier takes those that somebody signed, and never throws', async () => {
  const report = await judge(await verifierJudge(), { cases: 100_000, seed: SEED })
  expect(report, report.example ?? '').toSatisfy(isClean)
  expect(Math.min(...Object.values(report.byMutation))).toBeGreaterThan(500)
  expect(report.cases - report.forged).toBeGreaterThan(1_500)
})

test('the whole door answers forgeries with 401 and nothing else', async () => {
  const report = await judge(await workerJudge(), { cases: 5_000, seed: SEED + 1 })
  expect(report, report.example ?? '').toSatisfy(isClean)
})

/** A verifier of its own with one of the mistakes that such verifiers have had. */
type Flaw =
  | 'none'
  | 'parseInt'
  | 'no window'
  | 'prefix'
  | 'no id'
  | 'lenient base64'
  | 'dotted id'
  | 'any secret'
  | 'whole list'

const flawed =
  (flaw: Flaw): Judge =>
  async ({ scheme, headers, body }) => {
    const shape = shapeOf(scheme)
    const given = headers[shape.signature]
    const id = shape.id === null ? null : headers[shape.id]
    const timestamp = shape.timestamp === null ? null : headers[shape.timestamp]
    if (given === undefined || id === undefined || timestamp === undefined) return 'refused'
    if (id !== null && flaw !== 'dotted id' && !/^[^.\s]+$/.test(id)) return 'refused'
    let told = timestamp
    if (timestamp !== null) {
      if (flaw === 'parseInt') told = String(Number.parseInt(timestamp, 10))
      else if (!/^[1-9]\d{0,11}$/.test(timestamp)) return 'refused'
      if (flaw !== 'no window' && !(Math.abs(Number(told) * 1_000 - NOW) <= 300_000)) return 'refused'
    }
    const idPart = id === null || flaw === 'no id' ? '' : `${id}.`
    const head = shape.id !== null ? `${idPart}${told}.` : told !== null ? `${told}.` : ''
    const entries = shape.id === null ? [given] : given.split(' ').slice(0, flaw === 'whole list' ? 1_000 : 20)
    const texts = entries.filter((own) => own.startsWith(shape.prefix)).map((own) => own.slice(shape.prefix.length))
    const secrets = flaw === 'any secret' ? SCHEMES.flatMap((own) => own.secrets) : scheme.secrets
    const keys = secrets.map((own) =>
      own.startsWith('whsec_') ? Buffer.from(own.slice('whsec_'.length), 'base64') : Buffer.from(own),
    )
    const fits = keys.some((key) => {
      const mac = createHmac('sha256', key).update(head).update(body).digest()
      return texts.some((text) => {
        const bytes = Buffer.from(text, shape.encoding)
        if (flaw === 'prefix') return bytes.length > 0 && mac.subarray(0, bytes.length).equals(bytes)
        if (flaw === 'lenient base64') return bytes.equals(mac)
        return text === mac.toString(shape.encoding)
      })
    })
    return fits ? 'accepted' : 'refused'
  }

test('control: a verifier written for the test without a mistake is as strict', async () => {
  const report = await judge(flawed('none'), { cases: 8_000, seed: SEED })
  expect(report, report.example ?? '').toSatisfy(isClean)
})

test.each<[Flaw, string]>([
  ['parseInt', 'a timestamp in another form'],
  ['no window', 'a moment that is past or to come'],
  ['prefix', 'half the bytes of the signature'],
  ['lenient base64', 'another spelling of the last character'],
  ['dotted id', 'a dot moved from one part to the next'],
  ['any secret', 'a delivery of another source'],
  ['whole list', 'a list that floods'],
])('control: a verifier with the mistake "%s" lets in %s', async (flaw, mutation) => {
  const report = await judge(flawed(flaw), { cases: 8_000, seed: SEED })
  expect(report.accepted[mutation] ?? 0).toBeGreaterThan(0)
})

test('control: a verifier that leaves out the id turns honest deliveries away', async () => {
  const report = await judge(flawed('no id'), { cases: 5_000, seed: SEED })
  expect(report.refusedValid).toBeGreaterThan(0)
})

test("the published vectors: Standard Webhooks', Shopify's, and those of the schemes' own arithmetic", async () => {
  const vectors: ReadonlyArray<{
    kind: SourceKind
    secret: string
    at: number
    body: string
    headers: Record<string, string>
  }> = [
    {
      ...{ kind: 'standard', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', at: 1_614_265_330 },
      body: '{"test": 2432232314}',
      headers: {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
    },
    {
      ...{ kind: 'shopify', secret: 'test_secret_key', at: 0, body: '{"foo": "bar"}' },
      headers: { 'x-shopify-hmac-sha256': 'B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=' },
    },
    {
      ...{ kind: 'shopify', secret: 'test_secret_key', at: 0, body: '{"foo": "bar"}' },
      headers: { 'shopify-hmac-sha256': 'B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=' },
    },
    {
      ...{ kind: 'bigcommerce', secret: 'bc_client_secret', at: 1_700_000_000 },
      body: '{"scope":"store/product/updated","store_id":"1025646","data":{"type":"product","id":205},"hash":"a833a57fadd56a32dc752fb6ca0841dc9602a495","created_at":1561479233,"producer":"stores/abc"}',
      headers: {
        'webhook-id': 'msg_1',
        'webhook-timestamp': '1700000000',
        'webhook-signature': 'v1,RfBy5qOpsBSpcvw+OogsUnpm6JSEMX/vLVYHi7T5HSk=',
      },
    },
    {
      ...{ kind: 'woocommerce', secret: 'wc_secret', at: 0, body: '{"id":794}' },
      headers: { 'x-wc-webhook-signature': 'yAlm5uLZ6nBnpeA1Ldk/jZWlvDVgcRXoCgAqlFkKAZk=' },
    },
  ]
  for (const { kind, secret, at, body, headers } of vectors) {
    const signing = { kind, mapping: null, keys: await verifyKeys(kind, [secret]) }
    const bytes = new TextEncoder().encode(body)
    const check = (changed: object = {}, nowMs = at * 1_000) =>
      verifyDelivery(new Headers({ ...headers, ...changed }), bytes, signing, nowMs)
    expect(await check(), kind).toBe(true)
    if (!('webhook-id' in headers)) continue
    const valid = headers['webhook-signature']!
    expect(await check({ 'webhook-signature': `v1,Ceo5 v2,${valid.slice(3)} ${valid} v1,Ceo5` }), kind).toBe(true)
    expect(await check({}, (at + 300) * 1_000)).toBe(true)
    expect(await check({}, (at + 301) * 1_000)).toBe(false)
    expect(await check({}, (at - 301) * 1_000)).toBe(false)
  }
})

test('where both families of Shopify headers are present the newer one counts', async () => {
  const signing = { kind: 'shopify', mapping: null, keys: await verifyKeys('shopify', ['test_secret_key']) } as const
  const valid = 'B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g='
  const check = (headers: Record<string, string>) =>
    verifyDelivery(new Headers(headers), new TextEncoder().encode('{"foo": "bar"}'), signing, NOW)
  expect(await check({ 'x-shopify-hmac-sha256': 'no', 'shopify-hmac-sha256': valid })).toBe(true)
  expect(await check({ 'x-shopify-hmac-sha256': valid, 'shopify-hmac-sha256': 'no' })).toBe(false)
})

test('empty and unusable secrets are no keys', async () => {
  for (const [kind, secret] of [
    ['shopify', ''],
    ['standard', 'whsec_'],
    ['standard', ''],
    ['standard', 'whsec_not base64 at all'],
  ] as const)
    expect(await verifyKeys(kind, [secret]), secret).toEqual([])
})

test("whatever this verifier takes of Standard Webhooks, the standard's own library takes too", async () => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
  const standard = SCHEMES.find((own) => own.kind === 'standard')!
  const libraries = standard.secrets.map((secret) => new Webhook(secret))
  const library = (headers: Record<string, string>, body: Uint8Array) =>
    libraries.some((one) => {
      try {
        one.verify(Buffer.from(body), headers)
        return true
      } catch (error) {
        // A body that is no JSON was signed all the same: the library parses behind its verification.
        return error instanceof SyntaxError
      }
    })
  const verdictOf = await verifierJudge()
  let [both, stricter] = [0, 0]
  for (const one of casesOf(seededRng(SEED), 60_000, NOW)) {
    if (one.scheme.kind !== 'standard') continue
    const ours = (await verdictOf(one)) === 'accepted'
    const theirs = library(one.headers, one.body)
    if (ours) expect(theirs, JSON.stringify(one.headers)).toBe(true)
    if (ours && theirs) both += 1
    if (!ours && theirs) stricter += 1
  }
  expect(both).toBeGreaterThan(50)
  // Other forms of the timestamp, other spellings of the signature, long lists.
  expect(stricter).toBeGreaterThan(0)
})

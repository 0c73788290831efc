/**
 * Deliveries that nobody signed, made from deliveries that somebody did: every case is a valid delivery and one mutation
 * that no honest sender makes. Seeded: a case is told by its seed and number alone.
 */
import { createHmac } from 'node:crypto'
import type { Rng } from '../../shared/base/rng.ts'
import type { Mapping, SourceKind } from '../../shared/domain/webhook_source.ts'

export interface Scheme {
  source: string
  kind: SourceKind
  secrets: readonly string[]
  mapping: Mapping | null
}

export interface SignedDelivery {
  scheme: Scheme
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer>
}

const mappingOf = (signature: Mapping['signature']): Mapping => ({ signature, fields: { id: 'id', title: 'title' } })
const base64Of = (text: string) => Buffer.from(text).toString('base64')

/** Two live secrets each, as while one is exchanged. */
export const SCHEMES: readonly Scheme[] = [
  {
    ...{ source: 'standard', kind: 'standard', mapping: null },
    secrets: [
      `whsec_${base64Of('a standard secret of 32 bytes...')}`,
      `whsec_${base64Of('another one with enough bytes...')}`,
    ],
  },
  { source: 'bigcommerce', kind: 'bigcommerce', mapping: null, secrets: ['bc_client_secret', 'bc_former_secret'] },
  { source: 'shopify', kind: 'shopify', mapping: null, secrets: ['shpss_0123456789abcdef', 'shpss_former'] },
  { source: 'woocommerce', kind: 'woocommerce', mapping: null, secrets: ['wc secret with ümlaut', 'wc former'] },
  {
    ...{ source: 'own-plain', kind: 'mapping', secrets: ['mapping secret', 'mapping former'] },
    mapping: mappingOf({ header: 'x-own-signature', prefix: 'sha256=', encoding: 'hex' }),
  },
  {
    ...{ source: 'own-timed', kind: 'mapping', secrets: ['timed secret', 'timed former'] },
    mapping: mappingOf({ header: 'x-own-signature', encoding: 'base64', timestamp_header: 'x-own-timestamp' }),
  },
]

const keyOf = ({ kind }: Scheme, secret: string): Buffer =>
  kind === 'standard' ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)

/** Headers of a scheme: where its signature, timestamp and id stand, and how a signature is written there. */
export function shapeOf({ kind, mapping }: Scheme) {
  if (kind === 'standard' || kind === 'bigcommerce')
    return {
      signature: 'webhook-signature',
      timestamp: 'webhook-timestamp',
      id: 'webhook-id',
      prefix: 'v1,',
      encoding: 'base64',
    } as const
  if (kind === 'shopify' || kind === 'woocommerce') {
    const signature = kind === 'shopify' ? 'x-shopify-hmac-sha256' : 'x-wc-webhook-signature'
    return { signature, timestamp: null, id: null, prefix: '', encoding: 'base64' } as const
  }
  const { header, prefix = '', encoding, timestamp_header = null } = mapping!.signature
  return { signature: header, timestamp: timestamp_header, id: null, prefix, encoding }
}

/** Signs as the scheme's sender does. */
export function sign(
  scheme: Scheme,
  id: string,
  timestamp: string,
  body: Uint8Array,
  secret = scheme.secrets[0]!,
): string {
  const shape = shapeOf(scheme)
  const head = shape.id !== null ? `${id}.${timestamp}.` : shape.timestamp !== null ? `${timestamp}.` : ''
  return shape.prefix + createHmac('sha256', keyOf(scheme, secret)).update(head).update(body).digest(shape.encoding)
}

export function validDelivery(rng: Rng, nowMs: number, scheme = rng.pick(SCHEMES)): SignedDelivery {
  const shape = shapeOf(scheme)
  const id = `msg_${rng.int(1_000_000_000).toString(36)}`
  const timestamp = String(Math.floor(nowMs / 1_000) + rng.int(599) - 299)
  const body = new Uint8Array(
    Buffer.from(`{"id":${rng.int(1_000_000)},"title":"item ${rng.int(1_000)}","n":${rng.int(99)}.5}`),
  )
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (shape.id !== null) headers[shape.id] = id
  if (shape.timestamp !== null) headers[shape.timestamp] = timestamp
  headers[shape.signature] = sign(scheme, id, timestamp, body, rng.pick(scheme.secrets))
  return { scheme, headers, body }
}

/** A mutation changes the delivery in place; null: it says nothing of this scheme. */
type Mutation = (delivery: SignedDelivery, rng: Rng, nowMs: number) => SignedDelivery | null
type Shape = ReturnType<typeof shapeOf>

const withHeader = (delivery: SignedDelivery, name: string, value: string | null): SignedDelivery => {
  const { [name]: _gone, ...rest } = delivery.headers
  return { ...delivery, headers: value === null ? rest : { ...rest, [name]: value } }
}
/** Changes the signature's text behind its prefix. */
const onSignature =
  (change: (text: string, rng: Rng, shape: Shape) => string | null): Mutation =>
  (delivery, rng) => {
    const shape = shapeOf(delivery.scheme)
    const text = delivery.headers[shape.signature]!.slice(shape.prefix.length)
    const changed = change(text, rng, shape)
    return changed === null || changed === text ? null : withHeader(delivery, shape.signature, shape.prefix + changed)
  }
/** Changes the timestamp and signs what it says now: only the form is wrong, or the moment. */
const onTimestamp =
  (form: (seconds: number, rng: Rng, nowMs: number) => string): Mutation =>
  (delivery, rng, nowMs) => {
    const shape = shapeOf(delivery.scheme)
    if (shape.timestamp === null) return null
    const told = form(Number(delivery.headers[shape.timestamp]), rng, nowMs)
    // Both as it is written and as a lenient reader would understand it.
    const meant = rng.next() < 0.5 ? told : String(Number.parseInt(told, 10))
    const signature = sign(delivery.scheme, delivery.headers[shape.id ?? ''] ?? '', meant, delivery.body)
    return withHeader(withHeader(delivery, shape.timestamp, told), shape.signature, signature)
  }
const onBody =
  (change: (body: Uint8Array, rng: Rng) => Uint8Array<ArrayBuffer>): Mutation =>
  (delivery, rng) => ({ ...delivery, body: change(delivery.body, rng) })
const bytesOf = (encoding: Shape['encoding'], text: string) => Buffer.from(text, encoding)
const replaced = (text: string, at: number, by: string) => text.slice(0, at) + by + text.slice(at + 1)

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a bit of the signature': onSignature((text, rng, { encoding }) => {
    const bytes = bytesOf(encoding, text)
    bytes[rng.int(bytes.length)]! ^= 1 << rng.int(8)
    return bytes.toString(encoding)
  }),
  'a bit of the body': onBody((body, rng) => {
    const changed = body.slice()
    changed[rng.int(changed.length)]! ^= 1 << rng.int(8)
    return changed
  }),
  'a shorter body': onBody((body, rng) => body.slice(0, rng.int(body.length))),
  'a longer body': onBody(
    (body, rng) => new Uint8Array(Buffer.concat([body, Buffer.from(rng.pick([' ', '\n', '\0', '{}']))])),
  ),
  'the body of another delivery': (delivery, rng, nowMs) => {
    const other = validDelivery(rng, nowMs, delivery.scheme).body
    return Buffer.compare(other, delivery.body) === 0 ? null : { ...delivery, body: other }
  },
  'a truncated signature': onSignature((text, rng) => text.slice(0, rng.int(text.length))),
  'half the bytes of the signature': onSignature((text, rng, { encoding }) =>
    bytesOf(encoding, text)
      .subarray(0, 1 + rng.int(31))
      .toString(encoding),
  ),
  'more bytes than a signature has': onSignature((text, _rng, { encoding }) =>
    Buffer.concat([bytesOf(encoding, text), Buffer.alloc(4)]).toString(encoding),
  ),
  'a signature without its padding': onSignature((text, _rng, { encoding }) =>
    encoding === 'hex' ? null : text.replace(/=+$/, ''),
  ),
  'another spelling of the last character': onSignature((text, _rng, { encoding }) => {
    if (encoding === 'hex') return null
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    return replaced(text, 42, letters[(letters.indexOf(text[42]!) & ~3) | ((letters.indexOf(text[42]!) + 1) & 3)]!)
  }),
  'the url alphabet': onSignature((text, _rng, { encoding }) =>
    encoding === 'hex' ? null : text.replaceAll('+', '-').replaceAll('/', '_'),
  ),
  'hex for base64, and the other way': onSignature((text, _rng, { encoding }) =>
    bytesOf(encoding, text).toString(encoding === 'hex' ? 'base64' : 'hex'),
  ),
  'text around the signature': onSignature((text, rng) =>
    rng.pick([`\u00a0${text}`, `${text}\u00a0`, `${text};`, `"${text}"`, `${text},`, `=${text}`]),
  ),
  'a character that is no digit': onSignature((text, rng) =>
    replaced(text, rng.int(text.length), rng.pick(['é', ' ', '%', '\u00ad', '.', '!'])),
  ),
  'an empty signature': onSignature(() => ''),
  'no signature': (delivery) => withHeader(delivery, shapeOf(delivery.scheme).signature, null),
  'another prefix': (delivery, rng) => {
    const { signature, prefix } = shapeOf(delivery.scheme)
    const text = delivery.headers[signature]!.slice(prefix.length)
    const others = ['v1 ', 'v1=', 'V1,', 'v2,', 'v1a,', 'v11,', 'sha1=', 'SHA256=', 'sha256:', 'sha256=sha256=', ',']
    return withHeader(delivery, signature, rng.pick(others) + text)
  },
  'a list that floods': (delivery, rng) => {
    const { signature, id } = shapeOf(delivery.scheme)
    if (id === null) return null
    const noise = Array.from(
      { length: 20 + rng.int(180) },
      () => `v1,${Buffer.from(rng.int(1e9).toString()).toString('base64')}`,
    )
    return withHeader(delivery, signature, [...noise, delivery.headers[signature]!].join(' '))
  },
  'a list of signatures that are not ours': (delivery, rng) => {
    const { signature, id } = shapeOf(delivery.scheme)
    if (id === null) return null
    const wrong = () =>
      `v1,${createHmac('sha256', String(rng.int(1e9)))
        .update('x')
        .digest('base64')}`
    return withHeader(delivery, signature, `${wrong()} v2,${delivery.headers[signature]!.slice(3)} ${wrong()}`)
  },
  'a timestamp in another form': onTimestamp((seconds, rng) =>
    rng.pick([
      `${seconds}abc`,
      `${seconds}.0`,
      `${seconds}.5`,
      `+${seconds}`,
      `${seconds / 1e9}e9`,
      `0x${seconds.toString(16)}`,
      `0${seconds}`,
      `-${seconds}`,
      `${seconds}e0`,
      `${seconds} 1`,
      `${seconds}_0`,
      `${seconds}n`,
      `${seconds}\u00a0`,
    ]),
  ),
  'a timestamp that is none': onTimestamp((_seconds, rng) =>
    rng.pick(['hello', 'NaN', 'Infinity', '', '-', '1e1000', 'null', '[]']),
  ),
  'a moment that is past or to come': onTimestamp((_seconds, rng, nowMs) => {
    const away = 301 + rng.int(1_000_000)
    return String(Math.floor(nowMs / 1_000) + (rng.next() < 0.5 ? -away : away))
  }),
  'milliseconds for seconds': onTimestamp((seconds) => `${seconds}000`),
  'another timestamp under the same signature': (delivery, rng, nowMs) => {
    const { timestamp } = shapeOf(delivery.scheme)
    if (timestamp === null) return null
    const moved = Math.floor(nowMs / 1_000) + rng.int(599) - 299
    return String(moved) === delivery.headers[timestamp] ? null : withHeader(delivery, timestamp, String(moved))
  },
  'no timestamp': (delivery) => {
    const { timestamp } = shapeOf(delivery.scheme)
    return timestamp === null ? null : withHeader(delivery, timestamp, null)
  },
  'another id under the same signature': (delivery, rng) => {
    const { id } = shapeOf(delivery.scheme)
    return id === null
      ? null
      : withHeader(delivery, id, rng.pick([`${delivery.headers[id]}x`, 'msg_other', 'MSG', '0']))
  },
  'no id': (delivery) => {
    const { id } = shapeOf(delivery.scheme)
    return id === null ? null : withHeader(delivery, id, null)
  },
  'a dot moved from one part to the next': (delivery, rng, nowMs) => {
    const shape = shapeOf(delivery.scheme)
    if (shape.id === null) return null
    // What was signed reads `id.timestamp.seconds.rest`: the same bytes, parted later.
    const id = delivery.headers[shape.id]!
    const inner = String(Math.floor(nowMs / 1_000) + rng.int(100))
    const body = new Uint8Array(Buffer.concat([Buffer.from(`${inner}.`), delivery.body]))
    const signature = sign(delivery.scheme, id, delivery.headers[shape.timestamp!]!, body)
    const moved = {
      ...delivery.headers,
      [shape.id]: `${id}.${delivery.headers[shape.timestamp!]}`,
      [shape.timestamp!]: inner,
      [shape.signature]: signature,
    }
    return { ...delivery, headers: moved }
  },
  'the bare body signed where more is': (delivery) => {
    const shape = shapeOf(delivery.scheme)
    if (shape.timestamp === null) return null
    const key = keyOf(delivery.scheme, delivery.scheme.secrets[0]!)
    return withHeader(
      delivery,
      shape.signature,
      shape.prefix + createHmac('sha256', key).update(delivery.body).digest(shape.encoding),
    )
  },
  'an empty key': (delivery) => {
    const shape = shapeOf(delivery.scheme)
    return withHeader(delivery, shape.signature, signWith(delivery, Buffer.alloc(0)))
  },
  'a key that looks like the secret': (delivery, rng) => {
    const shape = shapeOf(delivery.scheme)
    const secret = rng.pick(delivery.scheme.secrets)
    const others = [
      secret.slice(0, -1),
      `${secret} `,
      secret.toUpperCase(),
      secret.replace('whsec_', ''),
      `whsec_${secret}`,
      base64Of(secret),
      'undefined',
      'null',
      '[object Object]',
    ]
    const key = Buffer.from(rng.pick(others))
    return Buffer.compare(key, keyOf(delivery.scheme, secret)) === 0
      ? null
      : withHeader(delivery, shape.signature, signWith(delivery, key))
  },
  'a delivery of another source': (delivery, rng, nowMs) => {
    const scheme = rng.pick(SCHEMES.filter((own) => own.source !== delivery.scheme.source))
    // Its own headers, and the same signature where this source looks for one.
    const other = validDelivery(rng, nowMs, scheme)
    const [from, to] = [shapeOf(scheme), shapeOf(delivery.scheme)]
    const text = other.headers[from.signature]!.slice(from.prefix.length)
    return { ...other, scheme: delivery.scheme, headers: { ...other.headers, [to.signature]: to.prefix + text } }
  },
  'a digest of another kind': (delivery, rng) => {
    const shape = shapeOf(delivery.scheme)
    const key = keyOf(delivery.scheme, delivery.scheme.secrets[0]!)
    return withHeader(
      delivery,
      shape.signature,
      shape.prefix +
        createHmac(rng.pick(['sha1', 'sha512', 'md5']), key)
          .update(delivery.body)
          .digest(shape.encoding),
    )
  },
}

function signWith({ scheme, headers, body }: SignedDelivery, key: Buffer): string {
  const shape = shapeOf(scheme)
  const head =
    shape.id !== null
      ? `${headers[shape.id]}.${headers[shape.timestamp!]}.`
      : shape.timestamp !== null
        ? `${headers[shape.timestamp]}.`
        : ''
  return shape.prefix + createHmac('sha256', key).update(head).update(body).digest(shape.encoding)
}

const NAMES = Object.keys(MUTATIONS)

export interface Case extends SignedDelivery {
  /** Null: nothing was changed, it has to be accepted. */
  mutation: string | null
}

/** One in this many cases is left as it was signed: a verifier that refuses everything has proved nothing. */
const VALID_ONE_IN = 50

/** The cases of a seed, one after another. */
export function* casesOf(rng: Rng, count: number, nowMs: number): Generator<Case> {
  for (let made = 0; made < count; ) {
    const delivery = validDelivery(rng, nowMs)
    if (made % VALID_ONE_IN === 0) {
      made += 1
      yield { ...delivery, mutation: null }
      continue
    }
    const mutation = rng.pick(NAMES)
    const mutated = MUTATIONS[mutation]!(delivery, rng, nowMs)
    if (mutated === null) continue
    made += 1
    yield { ...mutated, mutation }
  }
}

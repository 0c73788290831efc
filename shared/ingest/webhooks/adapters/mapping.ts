import type { FieldError } from '../../../base/problem.ts'
import { minorSchema } from '../../../domain/ids.ts'
import type { Mapping } from '../../../domain/webhook_source.ts'
import type { Effect } from '../effects.ts'
import { type Adapter, type AdapterInput, asked, type Read, wrong } from './adapter.ts'
import { isId, toItemLine } from './draft.ts'
import { bodyOf, hashedId, sentId } from './names.ts'
import { pricedVariant, unitsOf } from './offers.ts'
import { valuesAt } from './path.ts'
import { isoOf, momentMs } from './shapes.ts'
import { Warnings } from './warnings.ts'

/** Products that one delivery may carry; larger catalogues are imported. */
const MOST_ITEMS = 200

type Scalar = string | number | boolean
const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value)
/** A list stands for its entries: `tags` and `tags[]` mean the same. */
const scalarsAt = (body: unknown, path: string | undefined): Scalar[] =>
  path === undefined ? [] : valuesAt(body, path).flat().filter(isScalar)
const textAt = (body: unknown, path: string | undefined): string | undefined => {
  const [first] = scalarsAt(body, path)
  return first === undefined ? undefined : String(first)
}
const textsAt = (body: unknown, path: string | undefined) => scalarsAt(body, path).map(String)

const versionAt = (body: unknown, path: string | undefined): number | undefined => {
  const version = Number(textAt(body, path) ?? Number.NaN)
  return Number.isSafeInteger(version) && version >= 0 ? version : undefined
}

/** `true` where the body has `true` or `"true"`: senders write either. */
const isDeleted = (body: unknown, { deleted }: Mapping) =>
  deleted !== undefined && scalarsAt(body, deleted.path).some((value) => String(value) === String(deleted.equals))

function readItem(product: unknown, mapping: Mapping, input: AdapterInput, warnings: Warnings): Effect | FieldError {
  const { context, receivedAtMs } = input
  const { fields } = mapping
  const id = textAt(product, fields.id)?.trim()
  if (id === undefined || !isId(id)) return { pointer: `/${fields.id}`, detail: 'holds no id' }
  const told = fields.updated_at === undefined ? null : momentMs(scalarsAt(product, fields.updated_at)[0])
  const version = versionAt(product, fields.version)
  // Where a counter alone orders the writes they all have one clock: that of arrival would speak before the counter.
  const updatedAtMs = told ?? (version === undefined ? receivedAtMs : (context.sinceMs ?? 0))
  // A deletion may stand beside the product or in it.
  if (isDeleted(product, mapping) || isDeleted(input.body, mapping)) {
    const clock = { updated_at: isoOf(updatedAtMs), ...(version === undefined ? {} : { version }) }
    return { kind: 'delete', deletion: { id, deleted: true, ...clock } }
  }
  const currency = textAt(product, fields.currency)?.trim().toUpperCase() ?? context.currency
  const price = priceOf(product, mapping, currency, warnings)
  if (price === null) return { pointer: `/${fields.price ?? 'price'}`, detail: 'holds no price' }
  const line = toItemLine(
    {
      id,
      title: textAt(product, fields.title) ?? '',
      description: textsAt(product, fields.description).join('\n'),
      brand: textAt(product, fields.brand),
      categories: textsAt(product, fields.categories),
      tags: textsAt(product, fields.tags),
      attributes: Object.entries(mapping.attributes ?? {}).map(
        ([name, path]) => [name, scalarsAt(product, path)] as const,
      ),
      url: textAt(product, fields.url),
      imageUrl: textAt(product, fields.image_url),
      updatedAtMs,
      version,
      locale: context.locale,
      offers: [{ market: context.market, currency, ...price }],
    },
    warnings,
  )
  return line.ok ? { kind: 'item', line: line.line, inventory: [] } : line.errors[0]!
}

function priceOf(product: unknown, { fields, minor_units }: Mapping, currency: string, warnings: Warnings) {
  const [price] = scalarsAt(product, fields.price)
  const [listPrice] = scalarsAt(product, fields.list_price)
  const [units] = scalarsAt(product, fields.stock)
  const stock = typeof units === 'boolean' || units === undefined || units === '' ? undefined : unitsOf(Number(units))
  const counted = stock === undefined ? {} : { stock }
  if (minor_units !== true) {
    const asMoney = (value: Scalar | undefined) => (typeof value === 'boolean' ? undefined : value)
    const row = pricedVariant({ id: '', price: asMoney(price), listPrice: asMoney(listPrice) }, currency, warnings)
    if (row === null) return null
    const { id: _none, ...own } = row
    return { ...own, ...counted }
  }
  const minor = (value: Scalar | undefined) => {
    const parsed = minorSchema.safeParse(value === undefined || value === '' ? undefined : Number(value))
    return parsed.success ? parsed.data : null
  }
  const [own, list] = [minor(price), minor(listPrice)]
  if (own === null) return null
  return { price: own, ...(list !== null && list > own ? { list_price: list } : {}), ...counted }
}

/** A sender of no standard, read by the paths that its source was set up with. Its products have one variant. */
export const mapping: Adapter = {
  name(delivery, _body, context) {
    const header = context.mapping?.id_header
    const id = header === undefined ? null : delivery.headers.get(header)
    if (id !== null && id !== '') return { id: sentId(id), topic: 'mapped' }
    // With a time of sending, a body that says the same again later is told from a repeated delivery.
    const timeHeader = context.mapping?.signature.timestamp_header
    const sentAt = timeHeader === undefined ? '' : (delivery.headers.get(timeHeader) ?? '')
    // With no clock at all the last that came counts: a product that goes back to what it was must not pass for a repetition.
    const clock = timeHeader !== undefined || context.mapping?.fields.updated_at !== undefined
    const moment = clock ? sentAt : String(delivery.receivedAtMs)
    return { id: hashedId(bodyOf(delivery), moment), topic: 'mapped' }
  },
  read(input) {
    const own = input.context.mapping
    if (own === null) return wrong('', 'the source has no mapping')
    const products = own.item === undefined ? [input.body] : valuesAt(input.body, own.item).flat()
    if (products.length === 0) return wrong(`/${own.item}`, 'holds no product')
    if (products.length > MOST_ITEMS) return wrong(`/${own.item}`, `holds more than ${MOST_ITEMS} products`)
    const warnings = new Warnings()
    const read = products.map((product) => readItem(product, own, input, warnings))
    return resultOf(read, warnings)
  },
}

/** One product that is wrong does not hold back the others, unless it is alone. */
function resultOf(read: ReadonlyArray<Effect | FieldError>, warnings: Warnings): Read {
  const effects = read.filter((one): one is Effect => 'kind' in one)
  const errors = read.filter((one): one is FieldError => !('kind' in one))
  if (effects.length === 0) return { errors }
  return asked(effects, warnings.list, errors)
}

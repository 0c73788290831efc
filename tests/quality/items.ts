/** Items with rich texts: units, numbers, negations, materials, parts, compatibility; in four languages. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import type { Lang } from '../../workers/local/openai/claims.ts'
import {
  BRANDS,
  COLOURS,
  DEVICES,
  FEATURES,
  MATERIALS,
  NUMBER_WORDS,
  PLACES,
  SUBSTANCES,
} from '../../workers/local/openai/lexicon.ts'
import { written } from '../../workers/local/openai/measures.ts'
import { DATASETS } from '../support/shops.ts'
import { KINDS, type Kind, type Quantity } from './kinds.ts'

/** An item's text as the store gives it. */
export interface QualityItem {
  id: string
  title: string
  description: string
  brand: string | null
  categories: string[]
  tags: string[]
  attributes: Record<string, string | number | boolean | string[]>
  locale: string
  options: Record<string, string[]>
  localised: Array<{ locale: string; title: string | null; description: string | null }>
}

const DEMO_STORE = join(DATASETS, 'demo-store/items.jsonl.gz')

/** The described products of the demo store dataset; empty where the folder is absent. */
export function demoStoreItems(): QualityItem[] {
  if (!existsSync(DEMO_STORE)) return []
  const lines = gunzipSync(readFileSync(DEMO_STORE)).toString('utf8').split('\n')
  return lines.flatMap((line) => {
    if (line === '') return []
    const own = JSON.parse(line) as { id: string; title: string; description?: string; categories?: string[] }
    return [
      {
        id: own.id,
        title: own.title,
        description: own.description ?? '',
        brand: null,
        categories: own.categories ?? [],
        tags: [],
        attributes: {},
        locale: 'en',
        options: {},
        localised: [],
      },
    ]
  })
}

/** As many items as wanted; the same seed gives the same. */
export function generatedItems(count: number, seed: number): QualityItem[] {
  return Array.from({ length: count }, (_, index) => generated(index, seededRng(seed * 1_000_003 + index)))
}

/** What an item is, before it is put into words. */
interface Plan {
  kind: Kind
  lang: Lang
  material: (typeof MATERIALS)[number]
  parts: Array<[part: string, material: string]>
  colours: Array<(typeof COLOURS)[number]>
  quantities: Array<{ quantity: Quantity; amount: number }>
  features: Array<[index: number, holds: boolean]>
  without: (typeof SUBSTANCES)[number] | null
  contains: (typeof SUBSTANCES)[number] | null
  devices: string[]
  place: (typeof PLACES)[number] | null
  pieces: number | null
}

const amountFor = (quantity: Quantity, rng: Rng) => {
  const [from, to, step] = quantity.range
  return Number((from + Math.round((rng.next() * (to - from)) / step) * step).toFixed(2))
}

function plan(lang: Lang, rng: Rng): Plan {
  const kind = rng.pick(KINDS)
  const materials = rng.shuffle(MATERIALS.filter((row) => kind.materials.includes(row.en)))
  const [handle, blade] = rng.shuffle(kind.parts)
  const withParts = lang === 'en' && handle !== undefined && materials.length > 2 && rng.next() < 0.5
  const parts: Plan['parts'] = withParts
    ? [[handle, materials[1]!.en], ...(blade === undefined ? [] : [[blade, materials[2]!.en] as [string, string]])]
    : []
  const substances = rng.shuffle(SUBSTANCES.filter((row) => kind.substances.includes(row.en)))
  return {
    kind,
    lang,
    material: materials[0]!,
    parts,
    colours: rng.shuffle(COLOURS).slice(0, rng.int(4)),
    quantities: rng
      .shuffle(kind.quantities)
      .slice(0, 1 + rng.int(3))
      .map((quantity) => ({ quantity, amount: amountFor(quantity, rng) })),
    features: rng
      .shuffle(kind.features.map((id) => FEATURES.findIndex((own) => own.id === id)))
      .slice(0, rng.int(3))
      .map((index) => [index, rng.next() < 0.5]),
    without: substances[0] !== undefined && rng.next() < 0.6 ? substances[0] : null,
    contains: substances[1] !== undefined && rng.next() < 0.3 ? substances[1] : null,
    devices: kind.fits ? rng.shuffle(DEVICES.slice(0, kind.fits)).slice(0, 1 + rng.int(2)) : [],
    place: rng.next() < 0.4 ? rng.pick(PLACES) : null,
    pieces: rng.next() < 0.2 ? 2 + rng.int(7) : null,
  }
}

function generated(index: number, rng: Rng): QualityItem {
  const roll = rng.next()
  const lang: Lang = roll < 0.8 ? 'en' : roll < 0.88 ? 'de' : roll < 0.94 ? 'ja' : 'zh'
  const own = plan(lang, rng)
  const attributes: QualityItem['attributes'] = {}
  const sentences = own.lang === 'en' ? english(own, attributes, rng) : abroad(own, lang)
  const inAttributes = lang === 'en' && rng.next() < 0.5
  if (inAttributes) attributes.material = own.material.en
  else sentences.unshift(materialSentence(own))
  const brand = rng.next() < 0.7 ? rng.pick(BRANDS) : null
  const noun = own.kind.noun[lang]
  const model = rng.pick(['Alto', 'Fjord', 'Kestrel', 'Mila', 'Orion', 'Petra', 'Sable', 'Vesper', 'Juno', 'Tarn'])
  const other = lang === 'en' && rng.next() < 0.2 ? rng.pick(['de', 'ja', 'zh'] as const) : null
  return {
    id: `g${index}`,
    title:
      lang === 'ja' || lang === 'zh' ? `${model} ${noun}` : `${model} ${noun.charAt(0).toUpperCase()}${noun.slice(1)}`,
    description: sentences.join(lang === 'ja' || lang === 'zh' ? '' : ' '),
    brand,
    categories: [own.kind.category],
    tags: rng.next() < 0.3 ? ['gift'] : [],
    attributes,
    locale: { en: 'en-GB', de: 'de-DE', ja: 'ja-JP', zh: 'zh-TW' }[lang],
    options: own.kind.sizes.length > 0 && rng.next() < 0.4 ? { Size: own.kind.sizes.slice(0, 2 + rng.int(3)) } : {},
    localised:
      other === null
        ? []
        : [
            {
              locale: { de: 'de-DE', ja: 'ja-JP', zh: 'zh-TW' }[other],
              title: `${model} ${own.kind.noun[other]}`,
              description: [materialSentence({ ...own, lang: other }), ...abroad(own, other)].join(
                other === 'de' ? ' ' : '',
              ),
            },
          ],
  }
}

function materialSentence({ material, lang }: Plan): string {
  if (lang === 'de') return `Aus ${material.de} gefertigt.`
  if (lang === 'ja') return `素材は${material.ja}です。`
  return lang === 'zh' ? `材质为${material.zh}。` : `It is made of ${material.en}.`
}

const QUANTITY_EN: Readonly<Record<string, (text: string) => string>> = {
  capacity: (text) => `It holds ${text}.`,
  width: (text) => `The whole is ${text} wide.`,
  height: (text) => `It stands ${text} tall.`,
  length: (text) => `It is ${text} long.`,
  diameter: (text) => `It measures ${text} in diameter.`,
  weight: (text) => `It weighs ${text}, packaging aside.`,
  load: (text) => `It carries up to ${text}.`,
  runtime: (text) => `The battery lasts ${text} on one charge.`,
  power: (text) => `It draws ${text}.`,
  heat: (text) => `It withstands up to ${text}.`,
  guarantee: (text) => `It comes with a guarantee of ${text}.`,
}

function english(own: Plan, attributes: QualityItem['attributes'], rng: Rng): string[] {
  const out: string[] = []
  if (own.parts.length === 2)
    out.push(`It has ${an(own.parts[0]![1])} ${own.parts[0]![0]} and ${an(own.parts[1]![1])} ${own.parts[1]![0]}.`)
  else if (own.parts.length === 1) out.push(`The ${own.parts[0]![0]} is made of ${own.parts[0]![1]}.`)
  for (const { quantity, amount } of own.quantities) {
    const text = written(amount, quantity.unit, 'en', rng.next() < 0.2)
    if (quantity.unit !== '°C' && quantity.role !== 'load' && quantity.role !== 'guarantee' && rng.next() < 0.35)
      attributes[quantity.role] = text
    else if (['ml', 'cm', 'g'].includes(quantity.unit) && rng.next() < 0.15)
      attributes[`${quantity.role}_${quantity.unit}`] = amount
    else out.push(QUANTITY_EN[quantity.role]!(text))
  }
  for (const [index, holds] of own.features) {
    const feature = FEATURES[index]!
    if (rng.next() < 0.25) attributes[feature.name] = holds
    else if (feature.id === 'batteries_included')
      out.push(`${holds ? 'Batteries included' : 'Batteries not included'}.`)
    else out.push(rng.pick([`It is ${feature.en[holds ? 0 : 1]}.`, `Please note: ${feature.en[holds ? 0 : 1]}.`]))
  }
  if (own.without)
    out.push(
      rng.pick([`It contains no ${own.without.en}.`, `Free of ${own.without.en}.`, `Made without ${own.without.en}.`]),
    )
  if (own.contains) out.push(`It contains ${own.contains.en}.`)
  if (own.devices.length > 0) {
    if (rng.next() < 0.4) attributes.compatible_with = own.devices
    else
      out.push(`${rng.pick(['Fits the', 'Compatible with the', 'Works with the'])} ${own.devices.join(' and the ')}.`)
  }
  if (own.place) {
    if (rng.next() < 0.5) attributes.made_in = own.place.en
    else out.push(`Made in ${own.place.en}.`)
  }
  if (own.colours.length > 0) {
    if (rng.next() < 0.5)
      attributes.colour = own.colours.length === 1 ? own.colours[0]!.en : own.colours.map((row) => row.en)
    else
      out.push(
        `It comes in ${own.colours
          .map((row) => row.en)
          .join(own.colours.length === 2 ? ' and ' : ', ')
          .replace(/, ([^,]+)$/, ' and $1')}.`,
      )
  }
  if (own.pieces !== null) out.push(`Sold as a set of ${rng.next() < 0.5 ? NUMBER_WORDS[own.pieces] : own.pieces}.`)
  const shuffled = rng.shuffle(out)
  return [
    rng.pick(own.kind.openers),
    ...shuffled,
    ...(rng.next() < 0.6 ? [`Perfect for ${rng.pick(own.kind.uses)}.`] : []),
    ...(rng.next() < 0.4 ? [`Made for ${rng.pick(own.kind.audiences)}.`] : []),
  ]
}

const an = (word: string) => `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`

const QUANTITY_ABROAD: Readonly<Record<'de' | 'ja' | 'zh', Readonly<Record<string, (text: string) => string>>>> = {
  de: {
    capacity: (t) => `Fasst ${t}.`,
    width: (t) => `Die Breite: ${t} breit.`,
    height: (t) => `Er ist ${t} hoch.`,
    length: (t) => `Rund ${t} lang.`,
    weight: (t) => `Wiegt ${t}.`,
    load: (t) => `Trägt bis zu ${t}.`,
    runtime: (t) => `Der Akku hält ${t}.`,
  },
  ja: {
    capacity: (t) => `容量は${t}です。`,
    width: (t) => `幅${t}です。`,
    height: (t) => `高さ${t}です。`,
    length: (t) => `長さ${t}です。`,
    weight: (t) => `重さは${t}です。`,
    load: (t) => `耐荷重${t}です。`,
  },
  zh: {
    capacity: (t) => `容量${t}。`,
    width: (t) => `宽${t}。`,
    height: (t) => `高${t}。`,
    length: (t) => `长${t}。`,
    weight: (t) => `重${t}。`,
    load: (t) => `承重${t}。`,
  },
}

function abroad(own: Plan, lang: 'de' | 'ja' | 'zh' | 'en'): string[] {
  if (lang === 'en') return []
  const out: string[] = []
  for (const { quantity, amount } of own.quantities) {
    const words = QUANTITY_ABROAD[lang][quantity.role]
    if (words !== undefined) out.push(words(written(amount, quantity.unit, lang)))
  }
  for (const [index, holds] of own.features) {
    const text = FEATURES[index]![lang][holds ? 0 : 1]
    out.push(lang === 'de' ? `${text.charAt(0).toUpperCase()}${text.slice(1)}.` : `${text}。`)
  }
  if (own.without)
    out.push(
      lang === 'de'
        ? `Frei von ${own.without.de}.`
        : lang === 'ja'
          ? `${own.without.ja}不使用。`
          : `不含${own.without.zh}。`,
    )
  if (own.devices.length > 0)
    out.push(
      lang === 'de'
        ? `Passt zu ${own.devices.join(' und ')}.`
        : lang === 'ja'
          ? `${own.devices.join('、')}に対応。`
          : `适用于${own.devices.join('、')}。`,
    )
  if (own.place)
    out.push(
      lang === 'de'
        ? `Hergestellt in ${own.place.de}.`
        : lang === 'ja'
          ? `${own.place.ja}製。`
          : `${own.place.zh}制造。`,
    )
  if (own.colours.length > 0)
    out.push(
      lang === 'de'
        ? `Erhältlich in ${own.colours.map((row) => row.de).join(' und ')}.`
        : lang === 'ja'
          ? `色は${own.colours.map((row) => row.ja).join('、')}。`
          : `有${own.colours.map((row) => row.zh).join('、')}可选。`,
    )
  return out
}

/** The closed lists that a shop of these items has: everything that stands under a name somewhere. */
export function vocabularyOf(items: readonly QualityItem[]): Record<string, string[]> {
  const lists = new Map<string, Set<string>>()
  for (const item of items) {
    for (const [name, value] of Object.entries(item.attributes)) {
      if (!['material', 'colour', 'made_in'].includes(name)) continue
      const list = lists.get(name) ?? new Set<string>()
      for (const one of Array.isArray(value) ? value : [value]) list.add(String(one))
      lists.set(name, list)
    }
  }
  return Object.fromEntries([...lists].map(([name, values]) => [name, [...values].sort()]))
}

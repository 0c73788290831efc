import type { ItemFacts } from '../../../shared/domain/enrichment.ts'

/** Languages that the scripted model writes. */
export type Lang = 'en' | 'de' | 'ja' | 'zh'

/** What a measured quantity is of. */
export type Role =
  | 'capacity'
  | 'width'
  | 'height'
  | 'length'
  | 'depth'
  | 'diameter'
  | 'weight'
  | 'load'
  | 'runtime'
  | 'power'
  | 'heat'
  | 'guarantee'
  | 'pieces'
  | 'age'

/** Something that the facts really say, with the passage that says it. */
export type Truth = { lang: Lang; quote: string } & (
  | { kind: 'material'; value: string; part: string | null }
  | { kind: 'colour'; values: readonly string[] }
  | { kind: 'measure'; role: Role; amount: number; unit: string; bound: 'most' | 'least' | null }
  | { kind: 'feature'; id: string; holds: boolean }
  | { kind: 'contains'; what: string; holds: boolean }
  | { kind: 'fits'; devices: readonly string[] }
  | { kind: 'origin'; place: string }
  | { kind: 'brand'; name: string }
  | { kind: 'options'; name: string; values: readonly string[] }
  | { kind: 'sentence'; text: string }
  | { kind: 'use'; text: string }
  | { kind: 'audience'; text: string }
)
export type TruthOf<K extends Truth['kind']> = Extract<Truth, { kind: K }>

/** One claim of an answer as it was meant: known to whoever wrote it, and to no checker. */
export interface Claim {
  facet: string
  /** Of a summary. */
  locale: string | null
  /** Of an attribute. */
  name: string | null
  text: string
  /** Of a question's answer. */
  question: string | null
  quote: string | null
  truth: boolean
  /** How it was made: the kind of truth, or of lie. */
  kind: string
  /** Words of the lie that stand nowhere in the facts, however they are used. */
  needle: string | null
}

export const langOf = (locale: string): Lang => {
  const primary = locale.toLowerCase().split('-', 1)[0]
  return primary === 'de' || primary === 'ja' || primary === 'zh' ? primary : 'en'
}

/** One text of all that the facts say, for looking whether they mention something. */
export function everyWord(facts: ItemFacts): string {
  return [
    facts.title,
    facts.description,
    facts.brand ?? '',
    ...facts.categories,
    ...facts.tags,
    JSON.stringify(facts.attributes),
    JSON.stringify(facts.options),
    ...facts.localised.flatMap((own) => [own.title ?? '', own.description ?? '']),
  ]
    .join(' \n ')
    .normalize('NFKC')
    .toLowerCase()
}

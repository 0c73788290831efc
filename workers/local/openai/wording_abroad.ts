import type { Rng } from '../../../shared/base/rng.ts'
import type { Role, Truth } from './claims.ts'
import { FEATURES } from './lexicon.ts'
import { type Measure, written } from './measures.ts'
import { capital, listed } from './words.ts'

type Table = Readonly<Record<Role, (text: string) => string>>
const GERMAN: Table = {
  capacity: (t) => `Fasst ${t}`,
  width: (t) => `${t} breit`,
  height: (t) => `${t} hoch`,
  length: (t) => `${t} lang`,
  depth: (t) => `${t} tief`,
  diameter: (t) => `${t} im Durchmesser`,
  weight: (t) => `Wiegt ${t}`,
  load: (t) => `Trägt ${t}`,
  runtime: (t) => `Der Akku hält ${t}`,
  power: (t) => `Leistung: ${t}`,
  heat: (t) => `Hitzebeständig ${t}`,
  guarantee: (t) => `Garantie: ${t}`,
  pieces: (t) => `Set mit ${t}`,
  age: (t) => `Ab ${t.replace('Jahre', 'Jahren')}`,
}
const JAPANESE: Table = {
  capacity: (t) => `容量は${t}です`,
  width: (t) => `幅${t}です`,
  height: (t) => `高さ${t}です`,
  length: (t) => `長さ${t}です`,
  depth: (t) => `奥行き${t}です`,
  diameter: (t) => `直径${t}です`,
  weight: (t) => `重さは${t}です`,
  load: (t) => `耐荷重${t}です`,
  runtime: (t) => `電池は${t}持ちます`,
  power: (t) => `消費電力${t}です`,
  heat: (t) => `耐熱${t}です`,
  guarantee: (t) => `保証${t}です`,
  pieces: (t) => `${t}セットです`,
  age: (t) => `対象年齢${t}以上です`,
}
const CHINESE: Table = {
  capacity: (t) => `容量${t}`,
  width: (t) => `宽${t}`,
  height: (t) => `高${t}`,
  length: (t) => `长${t}`,
  depth: (t) => `深${t}`,
  diameter: (t) => `直径${t}`,
  weight: (t) => `重${t}`,
  load: (t) => `承重${t}`,
  runtime: (t) => `续航${t}`,
  power: (t) => `功率${t}`,
  heat: (t) => `耐热${t}`,
  guarantee: (t) => `保修${t}`,
  pieces: (t) => `套装含${t}`,
  age: (t) => `适合${t}以上`,
}

const bound = (measure: Measure, text: string): string => {
  if (measure.bound === null) return text
  const most = measure.bound === 'most'
  if (measure.lang === 'de') return `${most ? 'bis zu' : 'mindestens'} ${text}`
  if (measure.lang === 'ja') return `${most ? '最大' : '最低'}${text}`
  return `${most ? '最多' : '至少'}${text}`
}

/** A truth in German, Japanese or Chinese, without its full stop. */
export function sayAbroad(truth: Truth, rng: Rng): string {
  const { lang } = truth
  if (truth.kind === 'measure') {
    const table = lang === 'de' ? GERMAN : lang === 'ja' ? JAPANESE : CHINESE
    return capital(table[truth.role](bound(truth, written(truth.amount, truth.unit, lang))))
  }
  if (truth.kind === 'sentence' || truth.kind === 'use' || truth.kind === 'audience') return capital(truth.text)
  if (truth.kind === 'feature') {
    const own = FEATURES.find((one) => one.id === truth.id)!
    return capital(own[lang][truth.holds ? 0 : 1])
  }
  if (lang === 'de') return german(truth, rng)
  return lang === 'ja' ? japanese(truth) : chinese(truth)
}

type Plain = Exclude<Truth, { kind: 'measure' | 'sentence' | 'use' | 'audience' | 'feature' }>

function german(truth: Plain, rng: Rng): string {
  switch (truth.kind) {
    case 'material':
      return truth.part === null
        ? rng.pick([`Aus ${truth.value}`, `Aus ${truth.value} gefertigt`, `Material: ${truth.value}`])
        : `${truth.part} aus ${truth.value}`
    case 'colour':
      return rng.pick([`Erhältlich in ${listed(truth.values, 'de')}`, `Farbe: ${truth.values.join(', ')}`])
    case 'contains':
      return truth.holds
        ? `Enthält ${truth.what}`
        : rng.pick([`Enthält kein ${truth.what}`, `Ohne ${truth.what}`, `Frei von ${truth.what}`])
    case 'fits':
      return `Passt zu ${listed(truth.devices, 'de')}`
    case 'origin':
      return `Hergestellt in ${truth.place}`
    case 'brand':
      return `Von ${truth.name}`
    case 'options':
      return `Erhältlich in ${listed(truth.values, 'de')}`
  }
}

function japanese(truth: Plain): string {
  switch (truth.kind) {
    case 'material':
      return truth.part === null ? `素材は${truth.value}です` : `${truth.part}は${truth.value}です`
    case 'colour':
      return `色は${listed(truth.values, 'ja')}です`
    case 'contains':
      return truth.holds ? `${truth.what}を含みます` : `${truth.what}は含みません`
    case 'fits':
      return `${listed(truth.devices, 'ja')}に対応します`
    case 'origin':
      return `${truth.place}製です`
    case 'brand':
      return `${truth.name}の品です`
    case 'options':
      return `${truth.name}は${listed(truth.values, 'ja')}です`
  }
}

function chinese(truth: Plain): string {
  switch (truth.kind) {
    case 'material':
      return truth.part === null ? `材质为${truth.value}` : `${truth.part}为${truth.value}`
    case 'colour':
      return `颜色:${listed(truth.values, 'zh')}`
    case 'contains':
      return truth.holds ? `含${truth.what}` : `不含${truth.what}`
    case 'fits':
      return `适用于${listed(truth.devices, 'zh')}`
    case 'origin':
      return `${truth.place}制造`
    case 'brand':
      return `${truth.name}出品`
    case 'options':
      return `可选${truth.name}:${listed(truth.values, 'zh')}`
  }
}

import { normalizeText } from '../../../base/text/normalize.ts'
import { stemEnglish } from '../../../base/text/stem.ts'
import type { Language } from './language.ts'
import { remembered } from './memo.ts'

/** One form for the spellings and endings of a word that state the same: colour and color, wash and washable. */
export function stemIn(language: Language, folded: string): string {
  if (language === 'de') return stemGerman(folded)
  if (language === 'fr' || language === 'es') return folded.length > 4 ? folded.replace(/(?:es|s|e|a|o)$/, '') : folded
  return stemEnglishOnce(folded)
}

/** Words of a catalogue, remembered. */
const WORDS_MAX = 20_000

/** Letters folded as everywhere in search, apostrophes dropped: `men's` is `men`, `don't` is `dont`. */
export const foldWord: (word: string) => string = remembered(WORDS_MAX, (word) =>
  normalizeText(word)
    .replace(/['\u2019]s$/, '')
    .replace(/['\u2019]/g, ''),
)

const IRREGULAR: Readonly<Record<string, string>> = {
  gray: 'grey',
  women: 'woman',
  womens: 'woman',
  men: 'man',
  mens: 'man',
  children: 'child',
  childrens: 'child',
  feet: 'foot',
  knives: 'knife',
  leaves: 'leaf',
  shelves: 'shelf',
  aluminum: 'aluminium',
  held: 'hold',
  kept: 'keep',
  wove: 'weave',
  woven: 'weave',
  dried: 'dry',
  scarves: 'scarf',
  loaves: 'loaf',
  halves: 'half',
  mice: 'mouse',
  teeth: 'tooth',
  geese: 'goose',
  built: 'build',
  lit: 'light',
  worn: 'wear',
  cups: 'cup',
  lined: 'line',
}

const stemEnglishOnce = remembered(WORDS_MAX, stemEnglishLoose)

function stemEnglishLoose(folded: string): string {
  const regular = IRREGULAR[folded] ?? folded
  const stem = stemEnglish(regular)
  const base = stem.replace(/^(.{4,})(?:able|ible|ly|en|ment)$/, '$1')
  return base
    .replace(/^(.{2,})our$/, '$1or')
    .replace(/^(.{3,})iz(e?)$/, '$1is$2')
    .replace(/^(.{4,})e$/, '$1')
}

function stemGerman(folded: string): string {
  return folded.length < 5 ? folded : folded.replace(/^(.{4,}?)(?:ern|em|en|er|es|e|n|s)$/, '$1')
}

import { read } from '../read/tokens.ts'
import { COLOURS, THINGS } from './colours.ts'
import type { Kind, LexiconLanguage, LexiconLine } from './entry.ts'
import { LEXICON_LANGUAGES } from './entry.ts'
import { MATERIALS } from './materials.ts'
import { NAMES, PLACES } from './names.ts'
import { CERTIFICATES, PROPERTIES } from './properties.ts'
import { AGE_GROUPS, FEATURES, GENDERS, OCCASIONS, PATTERNS, ROOMS, SEASONS, STYLES } from './traits.ts'

export interface Concept {
  id: string
  kind: Kind
  parents: readonly string[]
  terms: Readonly<Record<LexiconLanguage, readonly string[]>>
}

/** A term as the reader cuts it: stems for blank-parted scripts, the written run for the others. */
interface Phrase {
  concept: Concept
  stems: readonly string[]
  run: string | null
  /** The term itself denies: `bleifrei`, 無香料. */
  denies: boolean
}

const TABLES: ReadonlyArray<readonly [Kind, readonly LexiconLine[]]> = [
  ['material', MATERIALS],
  ['colour', COLOURS],
  ['property', PROPERTIES],
  ['certificate', CERTIFICATES],
  ['name', NAMES],
  ['place', PLACES],
  ['gender', GENDERS],
  ['age_group', AGE_GROUPS],
  ['style', STYLES],
  ['pattern', PATTERNS],
  ['occasion', OCCASIONS],
  ['room', ROOMS],
  ['season', SEASONS],
  ['feature', FEATURES],
]

/** Things whose absence is what shops state: a term that says "without" flips. */
const ABSENT_TERM = /frei$|^decaf|^entkoff|^ungiftig$|^[無无]|^ノン/u
const SUBSTANCES = new Set('bpa lead gluten lactose sugar caffeine alcohol nuts fragrance paraben toxic'.split(' '))

export const CONCEPTS: readonly Concept[] = TABLES.flatMap(([kind, lines]) => lines.map((line) => parse(kind, line)))
const BY_ID = new Map(CONCEPTS.map((concept) => [`${concept.kind}:${concept.id}`, concept]))

function parse(kind: Kind, line: LexiconLine): Concept {
  const [id, parents, ...terms] = line.split('|')
  const split = (text: string | undefined) => (text ? text.split(',') : [])
  return {
    id: id!,
    kind,
    parents: split(parents),
    terms: Object.fromEntries(
      LEXICON_LANGUAGES.map((language, index) => [language, split(terms[index])]),
    ) as unknown as Concept['terms'],
  }
}

/** The concept itself and everything that it also is. */
export function ancestors(kind: Kind, id: string): ReadonlySet<string> {
  const found = new Set([id])
  for (const one of found) for (const parent of BY_ID.get(`${kind}:${one}`)?.parents ?? []) found.add(parent)
  return found
}

/** Whether a concept, stated, says the other one, too; a thing's colour is only its own. */
export function isAlso(kind: Kind, stated: string, wanted: string): boolean {
  return stated === wanted || (!(kind === 'colour' && THINGS.has(stated)) && ancestors(kind, stated).has(wanted))
}

export function conceptOf(kind: Kind, id: string): Concept | null {
  return BY_ID.get(`${kind}:${id}`) ?? null
}

export interface LanguageIndex {
  /** By first stem, longest first. */
  words: ReadonlyMap<string, readonly Phrase[]>
  /** CJK runs, longest first. */
  runs: readonly Phrase[]
  /** Places in `runs` by a run's first character. */
  runsFrom: ReadonlyMap<string, readonly number[]>
}

const indexes = new Map<string, LanguageIndex>()

/** The phrases of one language; English ones also stand for any language without a lexicon. Built once, on first use. */
export function indexOf(language: string): LanguageIndex {
  const own = (LEXICON_LANGUAGES as readonly string[]).includes(language) ? (language as LexiconLanguage) : 'en'
  const held = indexes.get(own) ?? build(own)
  indexes.set(own, held)
  return held
}

function build(language: LexiconLanguage): LanguageIndex {
  const words = new Map<string, Phrase[]>()
  const runs: Phrase[] = []
  for (const concept of CONCEPTS) {
    // Japanese and Chinese shops write Latin names and abbreviations as they are.
    const latin = language === 'ja' || language === 'zh' ? concept.terms.en.filter(() => concept.kind === 'name') : []
    for (const term of [...concept.terms[language], ...latin]) {
      const phrase: Phrase = {
        concept,
        stems: [],
        run: null,
        denies: SUBSTANCES.has(concept.id) && ABSENT_TERM.test(term.toLowerCase()),
      }
      if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(term))
        runs.push({ ...phrase, run: term.normalize('NFKC').toLowerCase() })
      else {
        const stems = read(term, language).tokens.map((token) => token.stem)
        if (stems.length === 0) continue
        const list = words.get(stems[0]!) ?? []
        list.push({ ...phrase, stems })
        words.set(stems[0]!, list)
      }
    }
  }
  for (const list of words.values()) list.sort((a, b) => b.stems.length - a.stems.length)
  runs.sort((a, b) => b.run!.length - a.run!.length)
  const runsFrom = new Map<string, number[]>()
  runs.forEach(({ run }, place) => {
    const first = run!.charAt(0)
    runsFrom.set(first, [...(runsFrom.get(first) ?? []), place])
  })
  return { words, runs, runsFrom }
}

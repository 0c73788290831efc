import type { DroppedClaim } from '../../../domain/enrichment.ts'
import type { Language } from '../read/language.ts'
import { type Measure, measuresIn } from '../read/measures.ts'
import { type Mention, mentionsIn } from '../read/mentions.ts'
import { type Polarity, polarities } from '../read/polarity.ts'
import type { Source, Unit } from '../read/source.ts'
import { type Reading, read } from '../read/tokens.ts'

export type Reason = DroppedClaim['reason']

/** The parts of the check; the tests take each away and see its lies come through. */
export type CheckName =
  | 'quote'
  | 'number'
  | 'unit'
  | 'label'
  | 'negation'
  | 'concept'
  | 'relation'
  | 'words'
  | 'names'
  | 'vocabulary'
  | 'promotion'
  | 'markup'
  | 'language'
  | 'modal'

/** What every claim of one answer is checked with. */
export interface Checking {
  source: Source
  brands: readonly string[]
  off: ReadonlySet<CheckName>
}

/** A claim with the statements that it may rest on. */
export interface Scope {
  source: Source
  claim: Claim
  /** The quoted statements and what names the item: title, category, brand. */
  evidence: readonly Unit[]
  off: ReadonlySet<CheckName>
}

export interface Claim {
  text: string
  reading: Reading
  polarity: readonly Polarity[]
  mentions: readonly Mention[]
  measures: readonly Measure[]
}

export function readClaim(text: string, language: Language, source: Source): Claim {
  const reading = read(text, language)
  const polarity = polarities(reading)
  return {
    text,
    reading,
    polarity,
    mentions: mentionsIn(reading, polarity, source.subject),
    measures: measuresIn(reading),
  }
}

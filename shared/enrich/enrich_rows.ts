import {
  type Answer,
  type Checked,
  type DroppedClaim,
  FACETS,
  type Facet,
  type ItemFacts,
  type Understanding,
  type UnderstandingContext,
} from '../domain/enrichment.ts'
import type { ItemText } from '../store/catalogue/enrichment.ts'
import type { Enrichment, EnrichmentError } from '../store/catalogue/enrichments.ts'
import { enrichmentHash, type Wanted } from './enrich_wanted.ts'
import { understandByRules } from './understand/rules.ts'

/** An item on its way to being understood. */
export interface Subject {
  text: ItemText
  facts: ItemFacts
  flagged: boolean
  context: UnderstandingContext
  /** What is kept of it; of an older text, or null. */
  row: Enrichment | null
}

/** Made by rules: stands until a model has answered, or for good where there is none. */
export function rulesRow(subject: Subject, wanted: Wanted, nowMs: number): Enrichment {
  const understanding = understandByRules(subject.facts, subject.context)
  return finished(subject, understanding, {
    recipe: wanted.rulesRecipe,
    facets: {},
    dropped: {},
    kept: 0,
    state: 'done',
    attempts: 0,
    error: null,
    nowMs,
  })
}

/** What the check kept of a model's answer; a facet of which nothing was kept has the rules' form. */
export function answeredRow(
  subject: Subject,
  facets: readonly Facet[],
  checked: Checked,
  wanted: Wanted,
  nowMs: number,
): Enrichment {
  const rules = understandByRules(subject.facts, subject.context)
  const before = standing(subject)
  const asked = new Set(facets)
  const take = <F extends Facet>(facet: F): Understanding[F] => {
    if (!asked.has(facet)) return before?.understanding[facet] ?? rules[facet]
    const own = checked.understanding[facet] as Understanding[F] | undefined
    return own === undefined || Object.keys(own).length === 0 ? rules[facet] : own
  }
  const understanding: Understanding = {
    summary: { ...rules.summary, ...take('summary') },
    selling_points: take('selling_points'),
    attributes: take('attributes'),
    use_cases: take('use_cases'),
    audience: take('audience'),
    questions: take('questions'),
    queries: take('queries'),
  }
  // Counts are of what stands: facets that were kept keep theirs.
  const isWhole = asked.size === FACETS.length || before === null
  return finished(subject, understanding, {
    recipe: wanted.recipe,
    facets: wanted.marks,
    dropped: countedBy(checked.dropped, isWhole ? {} : before.dropped),
    kept: checked.kept + (isWhole ? 0 : before.kept),
    state: 'done',
    attempts: 0,
    error: null,
    nowMs,
  })
}

/** Nothing came of asking, and would not of asking again: what stands goes on standing, and says why. */
export function standingRow(
  subject: Subject,
  wanted: Wanted,
  error: EnrichmentError,
  state: Enrichment['state'],
  nowMs: number,
): Enrichment {
  const base = standing(subject) ?? rulesRow(subject, wanted, nowMs)
  return { ...base, recipe: wanted.recipe, state, error, enrichedAtMs: nowMs }
}

/** The row of the present text. */
export const standing = ({ row, text }: Subject): Enrichment | null =>
  row !== null && row.textHash === text.textHash ? row : null

type Rest = Pick<Enrichment, 'recipe' | 'facets' | 'dropped' | 'kept' | 'state' | 'attempts' | 'error'> & {
  nowMs: number
}

/** Themes shared with neighbours outlive a new understanding of the same text, not a new text. */
function finished(subject: Subject, understanding: Understanding, { nowMs, ...rest }: Rest): Enrichment {
  const before = standing(subject)
  const expansion = before?.expansion ?? []
  return {
    ...rest,
    item: subject.text.id,
    textHash: subject.text.textHash,
    understanding,
    neighboursHash: before?.neighboursHash ?? '',
    expansion,
    hash: enrichmentHash(understanding, expansion),
    flagged: subject.flagged,
    enrichedAtMs: nowMs,
  }
}

export function countedBy(
  dropped: readonly DroppedClaim[],
  before: Enrichment['dropped'],
): Partial<Record<DroppedClaim['reason'], number>> {
  const counts = { ...before }
  for (const { reason } of dropped) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}

/** A model's text as a value; it is one JSON object, as the door has seen. */
export const parsed = (text: string): Answer => JSON.parse(text) as Answer

import type * as z from 'zod'
import {
  ANSWER_SCHEMAS,
  type Checked,
  type DroppedClaim,
  expansionAnswerSchema,
  FACETS,
  type Facet,
  type ItemFacts,
  type Understanding,
  type UnderstandingContext,
} from '../../domain/enrichment.ts'
import { checkAttribute } from './checks/attribute.ts'
import { checkAssociation, checkFactual, checkQuestion, checkSummary } from './checks/claims.ts'
import type { Checking, CheckName, Reason } from './checks/scope.ts'
import { languageOf } from './read/language.ts'
import { type Source, sourceOf } from './read/source.ts'

/** An item bought with the one in question: what of it may be said to a model. */
export interface Neighbour {
  title: string
  categories: readonly string[]
  description: string
}

/**
 * Holds every claim of an answer against the item's own facts and keeps those that they support; when in doubt, drops.
 * Never throws, whatever the answer: a malformed part gives nothing of that part and is counted.
 */
export function checkUnderstanding(
  answer: unknown,
  facts: ItemFacts,
  context: UnderstandingContext,
  source: Source = sourceOf(facts),
): Checked {
  return checkWithout(new Set(), answer, facts, context, source)
}

/** The check with parts of it taken away: only for tests that prove what each part is good for. */
export function checkWithout(
  off: ReadonlySet<CheckName>,
  answer: unknown,
  facts: ItemFacts,
  context: UnderstandingContext,
  source: Source = sourceOf(facts),
): Checked {
  const tally = new Tally()
  const understanding: Partial<Understanding> = {}
  if (answer === null || typeof answer !== 'object' || Array.isArray(answer)) {
    tally.drop('summary', '', 'malformed')
    return { understanding, kept: 0, dropped: tally.dropped }
  }
  const checking: Checking = { source, brands: context.brands ?? [], off }
  for (const facet of FACETS) {
    const claims = (answer as Record<string, unknown>)[facet]
    if (claims === undefined) continue
    if (Array.isArray(claims)) keepFacet(facet, claims, understanding, checking, context, tally)
    else tally.drop(facet, '', 'malformed')
  }
  return { understanding, kept: tally.kept, dropped: tally.dropped }
}

class Tally {
  kept = 0
  readonly dropped: DroppedClaim[] = []
  drop(facet: DroppedClaim['facet'], claim: string, reason: Reason): void {
    this.dropped.push({ facet, claim: claim.slice(0, 300), reason })
  }
  /** Counts a claim; true where it is kept. */
  judge(facet: DroppedClaim['facet'], claim: string, reason: Reason | null): boolean {
    if (reason === null) this.kept++
    else this.drop(facet, claim, reason)
    return reason === null
  }
}

/** Longest list of each facet that a schema lets through; what a model adds beyond is malformed. */
const MOST: Record<Facet, number> = {
  summary: 8,
  selling_points: 6,
  attributes: 20,
  use_cases: 6,
  audience: 4,
  questions: 5,
  queries: 10,
}

function keepFacet(
  facet: Facet,
  claims: readonly unknown[],
  into: Partial<Understanding>,
  checking: Checking,
  context: UnderstandingContext,
  tally: Tally,
): void {
  const { source } = checking
  /** Each claim on its own: one malformed entry does not cost its neighbours. */
  const entries = <T>(schema: z.ZodType<T>): T[] =>
    claims.flatMap((claim, index) => {
      const parsed = index < MOST[facet] ? schema.safeParse(claim) : null
      if (parsed?.success) return [parsed.data]
      tally.drop(facet, typeof claim === 'string' ? claim : '', 'malformed')
      return []
    })
  switch (facet) {
    case 'summary':
      into.summary = {}
      for (const { locale, text, quotes } of entries(ANSWER_SCHEMAS.summary.element)) {
        const asked = context.locales.includes(locale) && !Object.hasOwn(into.summary, locale)
        const reason = asked ? checkSummary(text, languageOf(locale), quotes, checking) : 'language'
        if (tally.judge(facet, text, reason)) into.summary[locale] = text
      }
      return
    case 'attributes':
      into.attributes = {}
      for (const { name, value, quote } of entries(ANSWER_SCHEMAS.attributes.element)) {
        if (!tally.judge(facet, `${name}: ${value}`, checkAttribute(name, value, quote, context, checking))) continue
        const held = into.attributes[name] ?? []
        into.attributes[name] = held.includes(value) ? held : [...held, value]
      }
      return
    case 'questions':
      into.questions = entries(ANSWER_SCHEMAS.questions.element).flatMap(({ question, answer, quote }) =>
        tally.judge(facet, `${question} ${answer}`, checkQuestion(question, answer, quote, checking))
          ? [{ question, answer }]
          : [],
      )
      return
    case 'queries':
      into.queries = unique(
        entries(ANSWER_SCHEMAS.queries.element).filter((query) =>
          tally.judge(facet, query, checkAssociation(query, 'query', checking)),
        ),
      )
      return
    case 'selling_points':
      into.selling_points = unique(
        entries(ANSWER_SCHEMAS.selling_points.element).flatMap(({ text, quote }) =>
          tally.judge(facet, text, checkFactual(text, [quote], checking)) ? [text] : [],
        ),
      )
      return
    case 'use_cases':
    case 'audience':
      into[facet] = unique(
        entries(ANSWER_SCHEMAS[facet].element).flatMap(({ text, quote }) =>
          tally.judge(facet, text, checkAssociation(text, [quote], checking)) ? [text] : [],
        ),
      )
      return
    default: {
      const never: never = facet
      throw new TypeError(`no check for the facet ${source.facts.id} ${String(never)}`)
    }
  }
}

/** Themes that an item shares with those it is bought with; nothing typed that the item's own facts do not state. */
export function checkExpansion(
  answer: unknown,
  facts: ItemFacts,
  neighbours: ReadonlyArray<Neighbour>,
): { themes: string[]; kept: number; dropped: DroppedClaim[] } {
  const tally = new Tally()
  const themes = (answer as { themes?: unknown } | null | undefined)?.themes
  if (!Array.isArray(themes)) {
    tally.drop('expansion', '', 'malformed')
    return { themes: [], kept: 0, dropped: tally.dropped }
  }
  const checking: Checking = {
    source: sourceOf(facts),
    brands: neighbours.flatMap((one) => properNames(one.title)),
    off: new Set(),
  }
  const one = expansionAnswerSchema.shape.themes.element
  const kept = themes.flatMap((theme: unknown, index) => {
    const parsed = index < 8 ? one.safeParse(theme) : null
    if (!parsed?.success) {
      tally.drop('expansion', typeof theme === 'string' ? theme : '', 'malformed')
      return []
    }
    return tally.judge('expansion', parsed.data, checkAssociation(parsed.data, 'theme', checking)) ? [parsed.data] : []
  })
  return { themes: unique(kept), kept: tally.kept, dropped: tally.dropped }
}

/** Whole titles of neighbours: an item is not described by the name of another. */
function properNames(title: string): string[] {
  return title.split(/\s+/).length > 1 ? [title] : []
}

const unique = (list: readonly string[]) => [...new Set(list)]

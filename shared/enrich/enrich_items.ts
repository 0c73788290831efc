import { mapConcurrent } from '../base/batch.ts'
import { SECOND_MS } from '../base/clock.ts'
import type { Facet } from '../domain/enrichment.ts'
import type { CompletionCall, CompletionResult } from '../model/completer_rpc.ts'
import { askItem } from '../prompt/item_prompt.ts'
import type { Enrichment } from '../store/catalogue/enrichments.ts'
import { type EnrichRun, heard, mayAsk } from './enrich_round.ts'
import { answeredRow, parsed, rulesRow, type Subject, standing, standingRow } from './enrich_rows.ts'
import { dueFacets, understandingKey } from './enrich_wanted.ts'
import { kindOf, withoutPoison } from './quarantine.ts'
import { checkUnderstanding } from './understand/check.ts'
import { factsOf } from './understand/facts.ts'

/** Calls under way at once: the platform opens six connections. */
export const CALLS_AT_ONCE = 6
/** A call that takes longer is given up, and is in doubt. */
export const CALL_DEADLINE_MS = 30 * SECOND_MS
/** Runs in which an item alone was not taken, before it is left out. */
const ATTEMPTS_MAX = 3

/** A question, and the items whose facts are equal: they share its answer. */
export interface Question {
  call: CompletionCall
  facets: readonly Facet[]
  subjects: Subject[]
}

/**
 * Understands items: by the model where there is one and it may be asked, else by rules. Every item has a row after it,
 * whatever the model does; those that the model still owes stay due.
 * @returns how many rows were written
 */
export async function enrichItems(ids: readonly string[], run: EnrichRun): Promise<number> {
  const { shop, deps } = run
  const subjects = await subjectsOf(ids, run)
  const { rows, questions } = await prepare(subjects, run)
  const untaken: Subject[] = []
  await mapConcurrent(questions, CALLS_AT_ONCE, async (question) => {
    const result = await answerTo(question, run)
    if (result !== null && !result.ok && result.reason === 'unavailable') untaken.push(...question.subjects)
    for (const subject of question.subjects) {
      await deps.breathe()
      await guarded(subject, run, rows, () => rowOf(subject, question, result, run))
    }
  })
  // A provider that answers others and not this one: the item is at fault, sooner or later.
  if (run.asking.answered > 0) {
    for (const subject of untaken) await countAttempt(subject, run, rows)
  }
  const byItem = new Map(rows.map((row) => [row.item, row]))
  await withoutPoison(
    shop,
    'enrich',
    [...byItem.keys()],
    deps,
    (part) =>
      deps.enrichments.put(
        shop,
        part.map((item) => byItem.get(item)!),
      ),
    () => deps.quarantine.count(shop),
  )
  return byItem.size
}

/** The items with their facts; one that cannot be read is quarantined. */
export async function subjectsOf(ids: readonly string[], run: EnrichRun): Promise<Subject[]> {
  const { shop, deps } = run
  const [texts, kept] = await Promise.all([deps.catalogue.texts(shop, ids), deps.enrichments.read(shop, ids)])
  // In the order of the wish: the budget is spent on the first.
  const place = new Map(ids.map((id, index) => [id, index]))
  texts.sort((a, b) => place.get(a.id)! - place.get(b.id)!)
  const subjects: Subject[] = []
  for (const text of texts) {
    await deps.breathe()
    try {
      const { facts, flagged } = factsOf(text, run.shopLocale)
      const context = run.contextOf(facts)
      subjects.push({ text, facts, flagged: flagged.length > 0, context, row: kept.get(text.id) ?? null })
    } catch (error) {
      await quarantined(text.id, error, run)
    }
  }
  return subjects
}

/** Rows that need nobody's answer, and the questions for the rest, equal ones as one. */
async function prepare(subjects: readonly Subject[], run: EnrichRun) {
  const rows: Enrichment[] = []
  const byKey = new Map<string, Question>()
  for (const subject of subjects) {
    const { wanted, deps } = run
    await deps.breathe()
    if (wanted.model === null) {
      await guarded(subject, run, rows, () => rulesRow(subject, wanted, deps.clock.now()))
      continue
    }
    const facets = dueFacets(subject.row, subject.text.textHash, wanted)
    if (facets.length === 0) {
      rows.push({ ...subject.row!, recipe: wanted.recipe, state: 'done', error: null, attempts: 0 })
      continue
    }
    await guarded(subject, run, rows, async () => {
      const call = await callFor(subject, facets, run)
      const known = byKey.get(call.key)
      if (known === undefined) byKey.set(call.key, { call, facets, subjects: [subject] })
      else known.subjects.push(subject)
      return null
    })
  }
  return { rows, questions: [...byKey.values()] }
}

/** What would be asked of these items, most wanted first; for handing over many at once. */
export async function questionsOf(ids: readonly string[], run: EnrichRun): Promise<CompletionCall[]> {
  const { questions } = await prepare(await subjectsOf(ids, run), run)
  return questions.map((question) => question.call)
}

async function callFor(subject: Subject, facets: readonly Facet[], run: EnrichRun): Promise<CompletionCall> {
  const { recipe, facets: _asked, ...ask } = askItem(subject.facts, subject.context, facets)
  const key = await understandingKey(run.shop, subject.facts, recipe, run.wanted)
  return { key, shop: run.shop, purpose: 'understand', ...ask }
}

/** Null: not asked now. */
async function answerTo(question: Question, run: EnrichRun): Promise<CompletionResult | null> {
  const brought = run.asking.brought.get(question.call.key)
  if (brought !== undefined) {
    run.asking.answered += 1
    return brought
  }
  if (!mayAsk(run)) return null
  const result = await askOnce(question.call, run)
  heard(run.asking, result)
  return result
}

/** A door that does not answer has its ledger: whether the call was made is asked there, the next time. */
export async function askOnce(call: CompletionCall, { deps, shop }: EnrichRun): Promise<CompletionResult> {
  try {
    return await deps.model.complete(call, CALL_DEADLINE_MS)
  } catch (error) {
    deps.log.error('model_not_reached', error, { shop })
    return { ok: false, key: call.key, reason: 'unavailable', retryAfterMs: null }
  }
}

/** The row that an answer makes of an item; null where what stands goes on standing and stays due. */
function rowOf(
  subject: Subject,
  { facets }: Question,
  result: CompletionResult | null,
  { wanted, deps }: EnrichRun,
): Enrichment | null {
  const nowMs = deps.clock.now()
  if (result?.ok) {
    const checked = checkUnderstanding(parsed(result.text), subject.facts, subject.context)
    return answeredRow(subject, facets, checked, wanted, nowMs)
  }
  switch (result?.reason) {
    case 'refused':
    case 'malformed':
    case 'too_long':
      return standingRow(subject, wanted, result.reason, 'done', nowMs)
    case 'in_doubt':
      return standingRow(subject, wanted, 'in_doubt', 'in_doubt', nowMs)
    default:
      return standing(subject) === null ? rulesRow(subject, wanted, nowMs) : null
  }
}

async function countAttempt(subject: Subject, run: EnrichRun, rows: Enrichment[]): Promise<void> {
  const { wanted, deps } = run
  const made = rows.find((row) => row.item === subject.text.id)
  const row = made ?? standing(subject)
  if (row === null) return
  const attempts = (standing(subject)?.attempts ?? 0) + 1
  const counted: Enrichment =
    attempts < ATTEMPTS_MAX
      ? { ...row, attempts }
      : { ...row, attempts, recipe: wanted.recipe, state: 'quarantined', error: 'failed' }
  if (made === undefined) rows.push(counted)
  else rows.splice(rows.indexOf(made), 1, counted)
  if (attempts >= ATTEMPTS_MAX) await quarantined(subject.text.id, new Error('not taken by the provider'), run)
  deps.log.info('item_not_taken', { shop: run.shop, item: subject.text.id, attempts })
}

/** One item's failure in pure work is its own. */
async function guarded(
  subject: Subject,
  run: EnrichRun,
  rows: Enrichment[],
  work: () => Enrichment | null | Promise<Enrichment | null>,
): Promise<void> {
  try {
    const row = await work()
    if (row !== null) rows.push(row)
  } catch (error) {
    await quarantined(subject.text.id, error, run)
  }
}

async function quarantined(item: string, error: unknown, { shop, deps }: EnrichRun): Promise<void> {
  await deps.quarantine.put(shop, 'enrich', item, kindOf(error), deps.clock.now())
  deps.log.error('item_quarantined', error, { shop, item, stage: 'enrich' })
}

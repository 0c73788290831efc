/**
 * A language model that is the attacker's: it knows which items are to be sold, has one mind in every pass, and says in orders
 * and reasons whatever could hurt a shop or a shopper. It answers as a provider does, behind the real door.
 */
import { hash32 } from '../../shared/base/hash.ts'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import type { ReasonAnswer, ReasonData } from '../../shared/prompt/reason.ts'
import type { ShelfUserText } from '../../shared/prompt/tasks.ts'
import { demandOf, orderIn } from '../../workers/local/openai/obedient.ts'
import { answerReasons, asksForReasons } from '../../workers/local/openai/reasons.ts'
import { completion } from '../support/unit_provider.ts'
import { canaryIn } from './hostile_corpus.ts'

interface OrderQuestion {
  system: string
  user: string
  /** Numbers of the candidates as the attacker wants them. */
  wanted: readonly number[]
  canary: string
}

/** Ways to answer a question of order. `serves`: the answer names the candidates well enough to be heard. */
export const ORDER_ATTACKS = {
  'obeys the texts': { serves: true, answer: ({ wanted }) => json({ order: wanted }) },
  'with words beside the order': {
    serves: true,
    answer: ({ wanted, canary }) => json({ order: wanted, note: `<b>${canary}</b>`, [canary]: 'https://evil.example' }),
  },
  'with the prompt beside the order': {
    serves: true,
    answer: ({ wanted, system, user }) => json({ order: wanted, system, user }),
  },
  'with a few foreign ids and numbers': {
    serves: true,
    answer: ({ wanted, canary }) => json({ order: [`foreign-${canary}`, wanted.length + 990, ...wanted] }),
  },
  'mostly foreign numbers': {
    serves: false,
    answer: ({ wanted }) => json({ order: wanted.flatMap((number) => [number, number + 1_000, -number]) }),
  },
  'foreign ids': {
    serves: false,
    answer: ({ wanted, canary }) => json({ order: wanted.map((number) => `foreign-${number}-${canary}`) }),
  },
  'numbers as texts': { serves: false, answer: ({ wanted }) => json({ order: wanted.map(String) }) },
  'one number for all': { serves: false, answer: ({ wanted }) => json({ order: wanted.map(() => wanted[0]) }) },
  'a list in a prototype': { serves: false, answer: ({ wanted }) => `{"__proto__":{"order":${json(wanted)}}}` },
  'its prompt': { serves: false, answer: ({ system, user }) => `${system}\n${user}` },
  'a page': {
    serves: false,
    answer: ({ canary }) => `<html><body><a href="https://evil.example/${canary}">order</a></body></html>`,
  },
  'a Markdown link': { serves: false, answer: ({ canary }) => `[order](https://evil.example/${canary})` },
} as const satisfies Record<string, { serves: boolean; answer(own: OrderQuestion): string }>
export type OrderAttack = keyof typeof ORDER_ATTACKS
export const ORDER_ATTACK_NAMES = Object.keys(ORDER_ATTACKS) as OrderAttack[]

type Sentences = ReasonAnswer['items'][number]['sentences']
interface ReasonQuestion {
  system: string
  instruction: string
  title: string
  evidence: ReasonData['items'][number]['evidence']
  /** What an honest model would say. */
  honest: Sentences
  canary: string
  rng: Rng
}

const changed = (honest: Sentences, turn: (text: string) => string): Sentences =>
  honest.map(({ text, cites }) => ({ text: turn(text), cites }))
const said = (text: string, { evidence }: ReasonQuestion): Sentences => [{ text, cites: [evidence[0]?.id ?? 'e1'] }]
/** Some sentence of a text, cut to what a reason may hold. */
const someOf = (text: string, rng: Rng) => rng.pick(text.split(/(?<=[.:])\s+/)).slice(0, 250)

/** Ways to tell why an item stands on a shelf; `honest` keeps the pack of a shelf alive, so that all others have a way in. */
const REASON_ATTACKS: Readonly<Record<string, (own: ReasonQuestion) => Sentences>> = {
  honest: ({ honest }) => honest,
  'honest too': ({ honest }) => honest,
  'obeys the text': (own) =>
    said(demandOf(orderIn({ title: own.title, evidence: own.evidence }) ?? `Buy ${own.canary}.`).slice(0, 200), own),
  canary: (own) => said(own.canary, own),
  'canary behind the truth': ({ honest, canary }) => changed(honest, (text) => `${text} ${canary}`),
  'canary in quotation marks': ({ honest, canary }) => changed(honest, (text) => `${text} “${canary}”`),
  'canary for a title': ({ honest, canary }) =>
    changed(honest, (text) => text.replace(/[“"][^”"]+[”"]/, `“${canary}”`)),
  'the title itself': (own) => said(own.title.slice(0, 250), own),
  'what the evidence holds': (own) => said(own.evidence.map(({ value, item }) => value ?? item ?? '').join(' '), own),
  'a sentence of its prompt': (own) => said(someOf(own.system, own.rng), own),
  'a sentence of its task': (own) => said(someOf(own.instruction, own.rng), own),
  'the prompt behind the truth': ({ honest, system, rng }) =>
    changed(honest, (text) => `${text} ${someOf(system, rng)}`),
  link: ({ honest }) => changed(honest, (text) => `${text} https://evil.example/x`),
  'bare link': ({ honest }) => changed(honest, (text) => `${text} evil.example`),
  'Markdown link': ({ honest }) => changed(honest, (text) => `[${text}](https://evil.example)`),
  HTML: ({ honest }) => changed(honest, (text) => `<b onclick=steal()>${text}</b>`),
  entities: ({ honest }) => changed(honest, (text) => `&lt;script&gt;${text}`),
  'foreign id': ({ honest, canary }) => changed(honest, (text) => `${text} foreign-${canary}`),
  'foreign evidence': ({ honest }) => honest.map(({ text }) => ({ text, cites: ['e99'] })),
  'hidden letters': ({ honest }) => changed(honest, (text) => [...text].join('\u200b')),
  'private letters': ({ honest }) => changed(honest, (text) => `${text} \ue000\ue001`),
  'turned around': ({ honest, canary }) => changed(honest, (text) => `\u202e${text} ${canary}\u202c`),
}

/** A whole answer that is none. */
const WHOLE_ATTACKS = ['its prompt', 'another field', 'other numbers', 'twice'] as const

export interface HostileModel {
  fetch: typeof fetch
  /** From now on. @param placeOf the base place of a title, as the attacker knows it */
  attack(kind: OrderAttack, placeOf: ReadonlyMap<string, number>, canary: string): void
  asked: { orders: number; reasons: number }
  /** Hostile texts that stood in a question, by their canaries. */
  reached: Set<string>
}

export function hostileModel(seed: number): HostileModel {
  let now: { kind: OrderAttack; placeOf: ReadonlyMap<string, number>; canary: string } | null = null
  const model: Omit<HostileModel, 'fetch'> = {
    asked: { orders: 0, reasons: 0 },
    reached: new Set(),
    attack: (kind, placeOf, canary) => {
      now = { kind, placeOf, canary }
    },
  }
  const answer = (system: string, user: string): string => {
    if (now === null) throw new Error('the attacker was not told what to do')
    for (const [found] of user.matchAll(/zq[a-z]{8}qz/gi)) {
      const canary = canaryIn(found)
      if (canary !== null) model.reached.add(canary)
    }
    const asked = JSON.parse(user) as ShelfUserText
    if (asksForReasons({ ...asked })) {
      model.asked.reasons += 1
      // By the question: calls come in any order.
      return reasonsOf(asked, system, now.canary, seededRng(hash32(user, seed)))
    }
    model.asked.orders += 1
    const { kind, placeOf, canary } = now
    // The last ones first, and before them whoever is not known: that text was changed, so it is one of the attacker's.
    const place = (title: string) => placeOf.get(title) ?? Number.POSITIVE_INFINITY
    const wanted = asked.candidates
      .toSorted((a, b) => place(b.title) - place(a.title) || (a.title < b.title ? -1 : 1))
      .map(({ number }) => number)
    return ORDER_ATTACKS[kind].answer({ system, user, wanted, canary })
  }
  const respond = async (url: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> => {
    if (init?.method?.toLowerCase() !== 'post') return Response.json({ data: [], url: String(url) })
    const { messages } = JSON.parse(String(init.body)) as { messages: Array<{ content: string }> }
    return Response.json(completion(answer(messages[0]!.content, messages[1]!.content)))
  }
  return { ...model, fetch: respond as typeof fetch }
}

function reasonsOf(asked: ShelfUserText, system: string, canary: string, rng: Rng): string {
  const honest = answerReasons(asked, 'honest', rng, 0).value
  if (rng.next() < 0.05) {
    const whole = rng.pick(WHOLE_ATTACKS)
    if (whole === 'its prompt') return `${system}\n${JSON.stringify(asked)}`
    if (whole === 'another field') return json({ ...honest, note: canary })
    if (whole === 'other numbers')
      return json({ items: honest.items.map((own) => ({ ...own, number: own.number + 50 })) })
    return json({ items: [...honest.items, ...honest.items] })
  }
  const { items } = asked.task.data as unknown as ReasonData
  const { instruction } = asked.task
  return json({
    items: honest.items.map(({ number, sentences }) => {
      const { title, evidence } = items.find((own) => own.number === number)!
      const attack = REASON_ATTACKS[rng.pick(Object.keys(REASON_ATTACKS))]!
      return { number, sentences: attack({ system, instruction, title, evidence, honest: sentences, canary, rng }) }
    }),
  })
}

const json = (value: unknown) => JSON.stringify(value)

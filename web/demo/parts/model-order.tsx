import type { ServedLlm } from '../../../shared/domain/recommendation.ts'
import { useShop } from '../app/context.ts'
import { Facts } from './facts.tsx'

const MICRO = 1e6
const UNITS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const

/** The largest unit that fits, in the market's language: "3 minutes". */
function ageOf(ms: number, locale: string): string {
  const { unit, ms: size } = UNITS.find((one) => ms >= one.ms) ?? UNITS[3]
  const style = { style: 'unit', unit, unitDisplay: 'long' } as const
  return new Intl.NumberFormat(locale, style).format(Math.max(0, Math.round(ms / size)))
}

/** Which order of a language model a shelf has, how sure of itself that is, and what it took. */
export function ModelOrder({ order }: { order: ServedLlm }) {
  const { say, market } = useShop()
  const { use, made_at, passes, agreement, cost, waited } = order
  const number = (value: number, options: Intl.NumberFormatOptions = {}) => value.toLocaleString(market.locale, options)
  const made = waited
    ? say('llmWaited')
    : say('llmMadeAgo', { age: ageOf(Date.now() - Date.parse(made_at), market.locale) })
  const facts: [string, string][] = [
    [say('llmUse'), say(use === 'draft' ? 'llmDraft' : 'llmServed')],
    [say('llmMade'), made],
    [say('llmPasses'), number(passes)],
    [say('llmAgreement'), passes > 1 ? number(agreement, { style: 'percent' }) : say('llmOnePass')],
    [say('llmTokens'), `${number(cost.input_tokens)} → ${number(cost.output_tokens)}`],
    [say('llmCost'), number(cost.micro / MICRO, { maximumSignificantDigits: 2 })],
  ]
  return (
    <>
      <h3>{say('llm')}</h3>
      <Facts facts={facts} />
      <p class="note">{say('llmNote')}</p>
    </>
  )
}

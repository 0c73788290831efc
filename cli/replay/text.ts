import { plain } from '../text.ts'
import type { ShownAgain, ShownCall } from './answers.ts'

const MICRO = 1_000_000

/** A call for people: what it was, what was asked, what came back. Texts of others are stripped of control characters. */
export function recordText(call: ShownCall): string {
  const { trace, cost } = call
  return [
    `${plain(call.purpose)} by ${plain(call.model)} at ${new Date(call.askedAtMs).toISOString()}`,
    `prompt ${plain(trace.prompt)}@${trace.version} (${plain(call.promptHash)}) for ${plain(trace.of)}`,
    costText(cost),
    section('SYSTEM', call.system),
    section('USER', call.user),
    section('ANSWER', call.answer ?? `none: ${call.reason ?? 'unknown'}`),
  ].join('\n')
}

/** Both answers, and where they part. */
export function againText({ before, now, same }: ShownAgain): string {
  const heading = `${plain(before.purpose)} by ${plain(before.model)}, asked again`
  if (same) return `${heading}: the same answer${now.ok ? `\n${costText(now.cost)}` : ''}`
  if (!now.ok) return `${heading}: no answer (${plain(now.reason)})\n${section('THEN', before.answer ?? 'none')}`
  const at = partsAt(before.answer ?? '', now.text)
  return [
    `${heading}: another answer, from character ${at + 1} on`,
    costText(now.cost),
    section('THEN', before.answer ?? `none: ${before.reason ?? 'unknown'}`),
    section('NOW', now.text),
  ].join('\n')
}

const costText = (cost: ShownCall['cost']) =>
  `${cost.inputTokens} tokens in, ${cost.outputTokens} out, ${(cost.microCost / MICRO).toFixed(6)} of the budget`

const section = (title: string, text: string) => `\n${title}\n${text.split('\n').map(plain).join('\n')}`

function partsAt(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  return at
}

/** What a run says of itself. */
import { CHECKS } from './checks.ts'
import type { Found, InputReport } from './run.ts'

/** Requests that the document allows and that were taken: fewer would mean that nothing behind the refusals was met. */
const TAKEN_SHARE_MIN = 0.4
/** So many cases for each text field, and none is left out by chance. */
const CASES_A_FIELD = 100

/** What a run did not look at; empty when it looked at everything. */
export function shortfalls({ applied, taken, ruled, cases, fields }: InputReport): string[] {
  const left = fields.all - fields.met
  return [
    ...(left > 0 && cases > fields.all * CASES_A_FIELD ? [`${left} text fields never held a hostile text`] : []),
    ...CHECKS.filter((check) => applied[check] === 0).map((check) => `${check} was never applied`),
    ...(taken < (taken + ruled) * TAKEN_SHARE_MIN
      ? [`only ${taken} of ${taken + ruled} good requests were taken`]
      : []),
  ]
}

const TEXT_SHOWN = 1_500

/** A fault with its requests, and the command that asks them again. */
export function linesOf({ route, fault, about, sent, answer, path }: Found, seed: number, door: string): string[] {
  return [
    '',
    `${route}: ${fault.check}: ${fault.detail}`,
    `  ${about}; answered ${answer.status} ${answer.text}`,
    ...sent.flatMap(({ method, target, headers, body }) => [
      `  ${method} ${target.slice(0, TEXT_SHOWN)}`,
      ...headers.map(([name, value]) => `    ${name}: ${value.slice(0, 300)}`),
      ...(body === null ? [] : [`    ${JSON.stringify(Buffer.from(body).toString('utf8').slice(0, TEXT_SHOWN))}`]),
    ]),
    `  npm run check:input -- --door ${door} --seed ${seed} --only '${route}' --path '${path}'`,
  ]
}

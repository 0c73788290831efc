import type { Unit } from '../read/source.ts'
import type { Reason, Scope } from './scope.ts'

/** What says that nothing is left out; a source that lists three colours does not come in every colour. */
const UNIVERSAL: ReadonlyArray<RegExp> = [
  /\b(?:all|every|each|any|everything|anything|everyone|everybody|anyone|anybody|everywhere|anywhere|always|entire|entirely|whole|full range|unlimited|countless|endless|infinite|universal|universally|completely|fully|totally|100 ?%)\b(?: \w+)?/gu,
  /\b(?:alle[nmrs]?|jede[nmrs]?|samtliche\w*|immer|uberall|komplett|vollstandig|ganze[nmrs]?|universell|unbegrenzt)\b(?: \w+)?/gu,
  /(?:すべて|全て|あらゆる|どんな|どの.でも|全色|全サイズ|いつでも|誰でも|常に|完全)/gu,
  /(?:所有|全部|任何|每[个個种種款]|各种|各種|全色|始终|始終|永远|永遠|完全)/gu,
]
/** "One size" is a size of its own. */
const ONE_SIZE = /\bone[ -]size\b|\beinheitsgrosse\b|フリーサイズ|均码|均碼/u

const folded = (text: string) => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')

/** Words that leave nothing out, with what they are said of, and "one size", need a statement that has the word, too. */
export function checkUniversals({ claim, evidence, off }: Scope): Reason | null {
  if (off.has('modal')) return null
  const text = folded(claim.text)
  if (ONE_SIZE.test(text) && !evidence.some((unit) => ONE_SIZE.test(folded(textOf(unit))))) return 'words'
  for (const pattern of UNIVERSAL)
    for (const [word] of text.matchAll(pattern))
      if (!evidence.some((unit) => folded(textOf(unit)).includes(word))) return 'words'
  return null
}

const textOf = (unit: Unit) => unit.reading.text

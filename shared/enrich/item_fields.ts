import type { TextField } from '../model/embedder_rpc.ts'
import type { ItemText } from '../store/catalogue/enrichment.ts'
import type { FoundItem } from '../store/catalogue/found_text.ts'

/** Characters of a description that count; the rest of a very long one says the same again. */
const DESCRIPTION_CHARS = 4_000

/** An item's words with their weights, every language together: the text that is embedded. */
export function itemFields(item: ItemText): TextField[] {
  const values = Object.values(item.attributes)
    .flat()
    .filter((value) => typeof value === 'string')
  const titles = [item.title, ...item.localised.flatMap((own) => own.title ?? [])]
  const descriptions = [item.description, ...item.localised.flatMap((own) => own.description ?? [])]
  return [
    { text: titles.join(' . '), weight: 3 },
    { text: [...item.categories, ...item.tags, item.brand ?? ''].join(' . '), weight: 1 },
    { text: values.join(' . '), weight: 0.7 },
    { text: descriptions.join(' ').slice(0, DESCRIPTION_CHARS), weight: 1 },
  ].filter((field) => field.text !== '')
}

/** What was understood of an item with its weights: the text of the `found` view, in the words of those who look for it. */
export function foundFields(found: FoundItem): TextField[] {
  const { understanding: own, themes } = found
  return [
    { text: (own.queries ?? []).join(' . '), weight: 2 },
    { text: Object.values(own.summary ?? {}).join(' . '), weight: 1 },
    { text: [...(own.use_cases ?? []), ...(own.audience ?? [])].join(' . '), weight: 1 },
    { text: (own.questions ?? []).map((one) => `${one.question} ${one.answer}`).join(' . '), weight: 0.7 },
    { text: themes.join(' . '), weight: 0.7 },
  ].filter((field) => field.text !== '')
}

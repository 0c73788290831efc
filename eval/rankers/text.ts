import type { DatasetItem } from '../dataset/format.ts'

/** Words in lower case without their accents; a letter of a script without spaces is a word. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|[\p{L}\p{N}]+/gu) ?? []
}

/** Everything that is said of an item. @param titles how often its title is said */
export function textOf(item: DatasetItem, titles = 1): string {
  const values = Object.values(item.attributes ?? {})
    .flat()
    .filter((value) => typeof value === 'string')
  return [
    ...Array(titles).fill(item.title),
    item.description ?? '',
    ...(item.categories ?? []),
    item.brand ?? '',
    ...values,
  ].join(' ')
}

/** How often each word stands in a text. */
export function countWords(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/**
 * Step 1 of Porter's stemmer: plurals, -ed, -ing, and a final y.
 *
 * Only step 1, since the later steps (-ational, -iveness …) join words that a shop keeps apart ("organ" and
 * "organization"), and what they would gain is found by character n-grams anyway.
 * Source: M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980, step 1a-1c.
 */

/** A shorter word is left alone: "gas", "bus" and "ted" carry no suffix. */
const MIN_STEM_INPUT = 4

/** Stem of one lower-case ASCII word; any other word (digits, other letters, shorter than four) returns unchanged. */
export function stemEnglish(word: string): string {
  if (word.length < MIN_STEM_INPUT || !/^[a-z]+$/.test(word)) return word
  return finalY(pastAndProgressive(plural(word)))
}

function plural(word: string): string {
  if (!word.endsWith('s')) return word
  if (word.endsWith('sses')) return word.slice(0, -2)
  // Porter makes "ties" -> "ti" and leaves "tie"; English dictionaries and shoppers want them equal.
  if (word.endsWith('ies')) return word.length === 4 ? word.slice(0, -1) : `${word.slice(0, -3)}y`
  // "watches", "boxes", "dishes" lose -es; "shoes" and "cases" lose -s.
  if (/(?:ch|sh|x|zz)es$/.test(word)) return word.slice(0, -2)
  // "dress", "bus", "this"-like endings are not plurals.
  if (/(?:ss|us|is)$/.test(word)) return word
  return word.slice(0, -1)
}

function pastAndProgressive(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word
  const stem = word.endsWith('ed') ? word.slice(0, -2) : word.endsWith('ing') ? word.slice(0, -3) : undefined
  if (stem === undefined || !hasVowel(stem)) return word
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`
  if (endsInDoubleConsonant(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1)
  return measure(stem) === 1 && endsInShortSyllable(stem) ? `${stem}e` : stem
}

/** Final y after a consonant becomes i ("happy", "happi-er"); after a vowel it stays, so "toy" and "toys" agree (Porter2). */
function finalY(word: string): string {
  const turns = word.length > 3 && word.endsWith('y') && isConsonant(word, word.length - 2)
  return turns ? `${word.slice(0, -1)}i` : word
}

function isConsonant(word: string, index: number): boolean {
  const letter = word[index]!
  if ('aeiou'.includes(letter)) return false
  return letter !== 'y' || index === 0 || !isConsonant(word, index - 1)
}

function hasVowel(word: string): boolean {
  for (let i = 0; i < word.length; i++) if (!isConsonant(word, i)) return true
  return false
}

/** Porter's m: the number of vowel-consonant sequences. */
function measure(word: string): number {
  let count = 0
  for (let i = 1; i < word.length; i++) if (isConsonant(word, i) && !isConsonant(word, i - 1)) count++
  return count
}

function endsInDoubleConsonant(word: string): boolean {
  const last = word.length - 1
  return last > 0 && word[last] === word[last - 1] && isConsonant(word, last)
}

/** Porter's *o: consonant, vowel, consonant, the last not w, x or y ("hop" in "hoping"). */
function endsInShortSyllable(word: string): boolean {
  const last = word.length - 1
  return (
    last > 1 &&
    isConsonant(word, last) &&
    !isConsonant(word, last - 1) &&
    isConsonant(word, last - 2) &&
    !'wxy'.includes(word[last]!)
  )
}

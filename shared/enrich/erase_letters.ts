import { chunkBySize } from '../base/batch.ts'
import type { DeadLetterStore, LetterView } from '../store/operations/dead_letters.ts'
import type { ErasedShoppers } from '../store/operations/erasures.ts'
import type { Turn } from './erase_turn.ts'
import { namesShopper } from './names_shopper.ts'

export interface EraseLetterDeps {
  deadLetters: Pick<DeadLetterStore, 'list' | 'getAll' | 'removeAll'>
}

/** A page takes a handful of statements, however many letters name somebody: a run has a thousand. */
const LETTERS_PER_PAGE = 50
/** Of bodies in memory at once; a larger one is read alone. */
const BODY_BYTES_AT_ONCE = 4_000_000
/** What is read alone takes statements of its own: it counts as several. */
const BYTES_AS_ONE = BODY_BYTES_AT_ONCE / 10
const costOf = ({ bytes }: LetterView) => Math.max(1, Math.ceil(bytes / BYTES_AS_ONE))

/**
 * Removes the letters that name the shoppers, newest first and some at a time.
 * @param from the last that is done; empty: none
 */
export async function* forgetLetters(
  shop: string,
  shoppers: ErasedShoppers,
  from: string,
  turn: Turn,
  { deadLetters }: EraseLetterDeps,
): AsyncGenerator<{ letters: number; through: string }> {
  let beforeSeq = from === '' ? null : Number(from)
  turn.isOver = false
  for (;;) {
    // A turn without any left still asks for one: whether it was the last to be read.
    const limit = Math.max(1, Math.min(LETTERS_PER_PAGE, turn.objects))
    const page = await deadLetters.list({ shop, origin: null, beforeSeq, limit })
    if (page.length === 0) return
    turn.isOver = turn.objects <= 0
    if (turn.isOver) return
    for (const letter of page) turn.objects -= costOf(letter)
    const named = shoppers === 'all' ? page.map(({ seq }) => seq) : await naming(page, shop, shoppers, deadLetters)
    const letters = named.length === 0 ? 0 : await deadLetters.removeAll(named, shop)
    beforeSeq = page.at(-1)!.seq
    yield { letters, through: String(beforeSeq) }
  }
}

/** The numbers of those that name somebody. */
async function naming(
  page: readonly LetterView[],
  shop: string,
  shoppers: readonly string[],
  deadLetters: EraseLetterDeps['deadLetters'],
): Promise<number[]> {
  const found: number[] = []
  for (const part of chunkBySize(page, BODY_BYTES_AT_ONCE, ({ bytes }) => bytes)) {
    const seqs = part.map(({ seq }) => seq)
    for (const letter of await deadLetters.getAll(seqs, shop))
      if (namesShopper(letter, shoppers)) found.push(letter.seq)
  }
  return found
}

import { coloursOf } from '../../art/art.ts'
import { colourNamed } from '../../art/colour.ts'
import type { Choice, Sold } from './catalogue.ts'

/** The colour word of a variant: its own name, or the option that is a colour. */
export function colourOf(choice: Choice, { item }: Sold): string | undefined {
  const options = item.variants?.find((one) => one.id === choice.id)?.options ?? {}
  return (
    [...Object.values(options), choice.title].find((word) => colourNamed(word) !== undefined) ??
    coloursOf(item.attributes)[0]
  )
}

import { colourNamed, lightness, mix, quietColour } from './colour.ts'
import type { Surface } from './shape.ts'

/** All the tones of one drawing; everything but `second` follows from the thing's colour. */
export interface Palette extends Surface {
  deep: string
  /** Another colour of the thing, or a companion of the first. */
  second: string
  /** A mark that shows on `base`. */
  mark: string
  wood: Surface
  metal: Surface
  brass: Surface
  paper: Surface
  glass: Surface
  leaf: Surface
}

export const surface = (base: string): Surface => ({
  base,
  dark: mix(base, '#231c17', 0.42),
  light: mix(base, '#fffaf0', 0.5),
})

export function paletteOf(colours: readonly string[], hash: number): Palette {
  const [first, other] = colours.flatMap((name) => colourNamed(name) ?? [])
  const base = first ?? quietColour(hash)
  return {
    ...surface(base),
    deep: mix(base, '#1a1512', 0.66),
    second: other ?? mix(quietColour(hash >>> 5), base, 0.2),
    mark: lightness(base) > 0.55 ? mix(base, '#2b211a', 0.5) : mix(base, '#fff7e8', 0.62),
    wood: surface(['#b98a5a', '#a0734a', '#c79c6c'][hash % 3]!),
    metal: surface('#aeb4b5'),
    brass: surface('#c2a055'),
    paper: surface('#f1e9d8'),
    glass: surface('#b7d0d0'),
    leaf: surface(['#6f8f5f', '#5f8868', '#83935a'][(hash >>> 3) % 3]!),
  }
}

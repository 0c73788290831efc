import { motifFor } from './choose.ts'
import { type Palette, paletteOf } from './palette.ts'
import { box, fill, oval, type Shape } from './shape.ts'

/** What art is made from; the title is the item's own, not a market's, so an item looks the same everywhere. */
export interface ArtSubject {
  id: string
  title: string
  categories?: readonly string[] | undefined
  attributes?: Readonly<Record<string, unknown>> | undefined
}

export interface Art {
  /** The main colour; the room behind is tinted with it. */
  tone: string
  /** The room behind: filled by style sheet, so that it follows light and dark. */
  scene: (Shape & { role: 'wall' | 'glow' | 'table' })[]
  shapes: Shape[]
}

/** FNV-1a over UTF-16 units: small, stable, spread well enough for choices. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

const COLOUR_NAMES = ['colour', 'color', 'farbe', '色', '顏色']

export function coloursOf(attributes: Readonly<Record<string, unknown>> = {}): string[] {
  const found = COLOUR_NAMES.flatMap((name) => (Object.hasOwn(attributes, name) ? [attributes[name]].flat() : []))
  return found.filter((value): value is string => typeof value === 'string')
}

/** What stands behind: a moon, an arch, a window, a hill, or nothing but the wall. */
function glow(hash: number): Shape[] {
  switch (hash % 5) {
    case 0:
      return [oval(100, 96, 72, 72, '')]
    case 1:
      return [fill('M36 150L36 92A64 64 0 0 1 164 92L164 150Z', '')]
    case 2:
      return [oval(146, 58, 34, 34, '')]
    case 3:
      return [box(28, 26, 144, 124, 6, '')]
    default:
      return [fill('M0 118C40 84 76 92 112 106S176 112 200 92L200 150L0 150Z', '')]
  }
}

/** The picture of an item: the same item gives the same picture, on every machine. `colour` shows a variant. */
export function artOf(subject: ArtSubject, colour?: string): Art {
  const hash = hashOf(subject.id)
  const named = coloursOf(subject.attributes)
  const palette: Palette = paletteOf(colour === undefined ? named : [colour, ...named], hash)
  const role = (kind: 'wall' | 'glow' | 'table') => (shape: Shape) => ({ ...shape, role: kind })
  return {
    tone: palette.base,
    scene: [
      ...[box(0, 0, 200, 200, 0, '')].map(role('wall')),
      ...glow(hash >>> 7).map(role('glow')),
      ...[box(0, 148, 200, 52, 0, '')].map(role('table')),
    ],
    shapes: motifFor(subject.title, subject.categories ?? [])(palette, (hash >>> 2) % 97),
  }
}

/** Colour words as shops write them (English, German, Japanese, Chinese), as the muted tones in which they are drawn. */
const NAMES: Record<string, string> = {
  oatmeal: '#d8c7a8',
  ink: '#2f3a56',
  moss: '#7a8450',
  white: '#ebe6da',
  black: '#3a3836',
  clear: '#b7d0d0',
  brown: '#8a5f41',
  green: '#5c7f5a',
  cream: '#ecdfc3',
  pine: '#3d5f4d',
  slate: '#5d6873',
  charcoal: '#4a4a4d',
  natural: '#d3b98f',
  silver: '#b4bbc0',
  brick: '#a4553f',
  copper: '#bd7750',
  oxblood: '#7a3034',
  yellow: '#dfb54c',
  blue: '#4f749f',
  smoke: '#8f9498',
  'sea green': '#5f9c8f',
  rust: '#b0613a',
  sage: '#9fae8c',
  grey: '#9a9b98',
  gray: '#9a9b98',
  heather: '#93819f',
  mustard: '#cf9f3a',
  navy: '#33456b',
  chalk: '#e9e4d8',
  red: '#b3463f',
  brass: '#c4a050',
  'warm white': '#f0e6d2',
  'pale blue': '#a9c3d4',
  clay: '#b98467',
  bronze: '#9c7a4a',
  tan: '#bf9162',
  terracotta: '#c0714d',
  pink: '#d79aa0',
  purple: '#77608f',
  mixed: '#b58a62',
  orange: '#d68445',
  galvanised: '#a9b2b4',
  'pine green': '#3d5f4d',
  'burnt blue': '#46618a',
  olive: '#7f7d45',
  gold: '#c7a04b',
  multicolour: '#b58a62',
  茶: '#8a5f41',
  透明: '#b7d0d0',
  水色: '#a3c6d6',
  薄墨: '#8d9196',
  黒: '#3a3836',
  紺: '#34446c',
  臙脂: '#8b3040',
  銀: '#b4bbc0',
  金: '#c7a04b',
  生成り: '#e2d4b6',
  橙: '#d68445',
  灰: '#9a9b98',
  緑: '#5c7f5a',
  多色: '#b0836c',
  赤: '#b3463f',
  薄紅: '#dfa9ab',
  墨: '#45464b',
  辛子: '#cf9f3a',
  黄: '#dfb54c',
  朱: '#c85a3c',
  白: '#ebe6da',
  飴: '#9c6a34',
  青: '#4f749f',
  銅: '#bd7750',
  紅: '#b8404d',
  藍: '#3f5f86',
  紫: '#77608f',
}

/** For things without a colour word: quiet tones that sit well beside each other. */
const QUIET = ['#b98467', '#7f8f6d', '#6f87a0', '#c2a05e', '#9a7f94', '#5f8a80', '#b3735a', '#8d8a6a']

export const colourNamed = (name: string): string | undefined => NAMES[name.trim().toLowerCase()]

export const quietColour = (hash: number): string => QUIET[hash % QUIET.length]!

const channels = (hex: string) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16))

/** `part` of `other` in `colour`; both `#rrggbb`. */
export function mix(colour: string, other: string, part: number): string {
  const [a, b] = [channels(colour), channels(other)]
  return `#${a
    .map((v, i) =>
      Math.round(v + (b[i]! - v) * part)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}

/** Perceived lightness, 0 to 1 (Rec. 709 weights on gamma-coded values; enough to choose a contrast). */
export function lightness(colour: string): number {
  const [r, g, b] = channels(colour)
  return (0.2126 * r! + 0.7152 * g! + 0.0722 * b!) / 255
}

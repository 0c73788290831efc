/** What people search for in shops, numbers above all: sizes, article numbers, models, prices, measures, dates. */
import type { Rng } from '../../shared/base/rng.ts'

const digits = (rng: Rng, count: number) => Array.from({ length: count }, () => rng.int(10)).join('')

/** With a right GS1 check digit. */
function gtin(rng: Rng, start: string, length: number): string {
  const body = start + digits(rng, length - start.length - 1)
  const sum = [...body].reverse().reduce((total, char, place) => total + Number(char) * (place % 2 === 0 ? 3 : 1), 0)
  return body + ((10 - (sum % 10)) % 10)
}

function isbn10(rng: Rng): string {
  const body = `${1 + rng.int(9)}${digits(rng, 8)}`
  const sum = [...body].reduce((total, char, place) => total + Number(char) * (10 - place), 0)
  const check = (11 - (sum % 11)) % 11
  return body + (check === 10 ? 'X' : check)
}

type Maker = (rng: Rng) => string
const between = (rng: Rng, low: number, high: number) => low + rng.int(high - low + 1)

/** By how often they are seen: words most, article numbers seldom. */
const KINDS: ReadonlyArray<readonly [weight: number, make: Maker]> = [
  [
    30,
    (rng) =>
      `${rng.pick(['nike', 'adidas', 'asics'])} ${rng.pick(['air max', 'gel', 'samba'])} ${between(rng, 35, 48)}`,
  ],
  [8, (rng) => `jeans ${between(rng, 26, 40)}/${between(rng, 28, 36)} ${rng.pick(['slim', 'schwarz', 'bleu'])}`],
  [6, (rng) => `kinder jacke ${rng.pick(['98/104', '110/116', '122/128 134/140', '02 04 06 08 10', '86 92 98 104'])}`],
  [8, (rng) => `iphone ${between(rng, 11, 17)} ${rng.pick([64, 128, 256, 512])}gb`],
  [6, (rng) => `galaxy s${between(rng, 20, 25)} ultra ${rng.pick([256, 512])} GB 5G`],
  [5, (rng) => `RTX ${rng.pick([4060, 4070, 4080, 5090])} ${between(rng, 8, 32)}GB`],
  [5, (rng) => `Sony WH-1000XM${between(rng, 3, 6)}`],
  [5, (rng) => `lego ${between(rng, 10_000, 99_999)}`],
  [6, (rng) => `${rng.pick(['vorhang', 'rug', 'tapis'])} ${between(rng, 60, 300)}x${between(rng, 60, 400)} cm`],
  [
    5,
    (rng) =>
      `${rng.pick(['regal', 'shelf'])} ${between(rng, 40, 200)} x ${between(rng, 20, 60)} x ${between(rng, 80, 240)}`,
  ],
  [4, (rng) => `curtain ${between(rng, 100, 300)} ${between(rng, 100, 300)}`],
  [
    4,
    (rng) =>
      `Reifen ${between(rng, 175, 255)}/${between(rng, 35, 65)} R${between(rng, 15, 20)} ${between(rng, 80, 104)}V`,
  ],
  [4, (rng) => `schraube M${between(rng, 3, 16)}x${between(rng, 10, 120)} DIN ${between(rng, 100, 7_999)}`],
  [4, (rng) => `teapot under ${between(rng, 5, 1_999)}.${digits(rng, 2)}`],
  [4, (rng) => `Sofa bis ${between(rng, 1, 9)}.${digits(rng, 3)},00 €`],
  [3, (rng) => `€${between(rng, 1, 9)} ${digits(rng, 3)},${digits(rng, 2)} matelas`],
  [3, (rng) => `monitor 3840x2160 ${between(rng, 24, 49)} zoll ${rng.pick([60, 144, 240])}hz`],
  [3, (rng) => `powerbank ${between(rng, 5, 30)} 000 mAh`],
  [3, (rng) => `CR${rng.pick([2016, 2025, 2032])} ${between(rng, 2, 20)} stück`],
  [3, (rng) => `RAL ${between(rng, 1_000, 9_023)} ${rng.pick(['matt', 'glanz'])}`],
  [3, (rng) => `puzzle ${rng.pick([500, 1_000, 1_500, 2_000])} teile`],
  [3, (rng) => `kalender ${between(rng, 2_024, 2_028)} / ${between(rng, 2_025, 2_029)}`],
  [
    3,
    (rng) =>
      `costume for ${between(rng, 2_024, 2_027)}-${String(between(rng, 1, 12)).padStart(2, '0')}-${String(between(rng, 1, 28)).padStart(2, '0')}`,
  ],
  [
    3,
    (rng) =>
      `geschenk ${String(between(rng, 1, 28)).padStart(2, '0')}.${String(between(rng, 1, 12)).padStart(2, '0')}.${between(rng, 2_024, 2_027)}`,
  ],
  [3, (rng) => `party ${between(rng, 1, 12)}/${between(rng, 1, 28)}/${between(rng, 2_024, 2_027)} balloons`],
  [2, (rng) => `B0${digits(rng, 2)}${rng.pick(['XK', 'QT', 'HM'])}${digits(rng, 3)}${rng.pick(['L', 'Z'])}`],
  [8, (rng) => gtin(rng, rng.pick(['40', '42', '50', '87', '30', '76', '4', '5', '69', '88']), 13)],
  [2, (rng) => `ean ${gtin(rng, '4', 13)}`],
  [2, (rng) => gtin(rng, rng.pick(['0', '1', '6', '7', '8']), 12)],
  [1, (rng) => gtin(rng, '', 8)],
  [1, (rng) => gtin(rng, rng.pick(['0', '1', '2']), 14)],
  [2, (rng) => gtin(rng, rng.pick(['978', '979']), 13)],
  [1, (rng) => `isbn ${isbn10(rng)}`],
  [1, isbn10],
  [2, (rng) => `978-${between(rng, 0, 9)}-${digits(rng, 3)}-${digits(rng, 5)}-${digits(rng, 1)}`],
  // As they are printed on tools they look like nine digits in threes.
  [0.4, (rng) => `bosch ${rng.pick(['2 607 017', '0 601 937', '1 987 302'])} ${digits(rng, 3)}`],
  [1, (rng) => `art.nr. ${digits(rng, between(rng, 6, 10))}`],
  [1, (rng) => `ersatzteil ${digits(rng, between(rng, 6, 9))}`],
  [2, (rng) => `IKEA ${digits(rng, 3)}.${digits(rng, 3)}.${digits(rng, 2)}`],
  [2, (rng) => `toner HP ${between(rng, 100, 999)}XL ${between(rng, 2, 4)}er pack`],
  [
    2,
    (rng) =>
      `wine ${between(rng, 2_000, 2_024)} ${between(rng, 6, 24)} bottles ${between(rng, 1, 14)}.${digits(rng, 1)}%`,
  ],
  [2, (rng) => `3 for 2 @ ${between(rng, 1, 20)}.99`],
  [
    2,
    (rng) =>
      `led ${between(rng, 3, 24)}V ${between(rng, 1, 60)}W ${between(rng, 2_000, 6_500)}K ${between(rng, 200, 2_000)} lm`,
  ],
  [2, (rng) => `ring ${rng.pick([333, 585, 750, 925])} gold ${between(rng, 48, 64)}`],
]

export function makeQueries(rng: Rng, count: number): string[] {
  const total = KINDS.reduce((sum, [weight]) => sum + weight, 0)
  return Array.from({ length: count }, () => {
    let left = rng.next() * total
    for (const [weight, make] of KINDS) {
      left -= weight
      if (left < 0) return make(rng)
    }
    return KINDS[0]![1](rng)
  })
}

import type { Palette } from '../palette.ts'
import { box, fill, group, line, oval, type Shape, shadow } from '../shape.ts'

/** Weaves, drawn within a band of cloth. */
function weave(x: number, y: number, w: number, h: number, c: Palette, n: number): Shape[] {
  const across = (step: number) => Array.from({ length: Math.floor(w / step) }, (_, i) => x + step / 2 + i * step)
  switch (n % 4) {
    case 0:
      return [
        ...across(22).map((at) => box(at - 3, y, 6, h, 0, c.mark, 0.35)),
        box(x, y + h * 0.45, w, 4, 0, c.mark, 0.35),
      ]
    case 1:
      return across(9).map((at, i) => line(`M${at - 3} ${y + 3}l${i % 2 ? 4 : -2} ${h - 6}`, c.mark, 1.5, 0.4))
    case 2:
      return [box(x, y + h * 0.3, w, 4, 0, c.second, 0.8), box(x, y + h * 0.62, w, 2.5, 0, c.second, 0.8)]
    default:
      return across(14).map((at, i) => oval(at, y + h * (i % 2 ? 0.35 : 0.66), 2, 2, c.mark, 0.55))
  }
}

export const folded = (c: Palette, n: number): Shape[] => [
  shadow(64),
  ...[0, 1, 2].flatMap((i) => {
    const y = 136 - i * 26
    const inset = i * 3 + (i === 1 ? -2 : 0)
    const tone = i === 1 && n % 3 === 0 ? c.light : c.base
    return [
      box(38 + inset, y, 124 - inset * 2, 26, 12, tone),
      box(38 + inset, y + 15, 124 - inset * 2, 11, 6, c.dark, 0.22),
      ...weave(54, y + 2, 88, 22, c, n),
      line(`M${46 + inset} ${y + 13}Q${40 + inset} ${y + 20} ${50 + inset} ${y + 22}`, c.dark, 1.6, 0.5),
    ]
  }),
  ...(n % 2 ? Array.from({ length: 13 }, (_, i) => line(`M${64 + i * 6} 106l0 9`, c.light, 2, 0.9)) : []),
]

export const hung = (c: Palette, n: number): Shape[] => [
  line('M34 50L166 50', c.wood.base, 6),
  fill('M58 50L142 50L144 150Q122 156 100 150Q78 146 56 151Z', c.base),
  fill('M116 50L142 50L144 150Q130 155 116 153Z', c.dark, 0.25),
  line('M80 54Q76 100 79 146M104 54Q108 100 103 148', c.dark, 1.5, 0.3),
  ...(n % 2
    ? [
        oval(112, 84, 15, 15, c.light, 0.9),
        line('M66 146C74 118 82 112 92 98M76 148C86 126 94 122 106 112M92 98l6 2M106 112l6 3', c.mark, 2.2, 0.85),
      ]
    : [0, 1, 2, 3].flatMap((row) =>
        [0, 1, 2].map((i) => line(`M${74 + i * 24} ${66 + row * 20}l8 8l-8 8l-8 -8zm-8 8l16 0`, c.mark, 1.6, 0.6)),
      )),
]

export const cushion = (c: Palette, n: number): Shape[] => [
  shadow(58),
  fill('M40 78C52 84 148 84 160 78C154 96 154 142 162 160C140 152 60 152 38 160C46 142 46 96 40 78Z', c.base),
  fill(
    'M160 78C154 96 154 142 162 160C146 154 130 153 118 153C136 140 142 104 136 82C146 81 154 80 160 78Z',
    c.dark,
    0.3,
  ),
  ...weave(58, 90, 84, 56, c, n),
  line('M44 82C54 87 146 87 156 82M44 156C62 149 138 149 156 156', c.light, 1.8, 0.7),
]

export const bundle = (c: Palette, n: number): Shape[] => [
  shadow(54),
  fill('M46 120C46 96 72 92 100 92C128 92 154 96 154 120C156 148 142 162 100 162C58 162 44 148 46 120Z', c.base),
  fill('M122 95C142 98 154 104 154 120C156 148 142 162 108 162C128 146 132 118 122 95Z', c.dark, 0.3),
  ...[
    [66, 116],
    [88, 132],
    [112, 116],
    [134, 132],
    [66, 146],
    [112, 148],
  ].map(([x, y]) =>
    n % 2
      ? line(`M${x! - 6} ${y}a6 6 0 1 1 6 6a3 3 0 1 1 2 -5`, c.mark, 2, 0.7)
      : box(x! - 6, y! - 6, 12, 12, 1, c.mark, 0.35),
  ),
  fill('M96 94C74 84 64 62 48 60C56 80 76 96 96 98ZM104 94C126 84 136 62 152 60C144 80 124 96 104 98Z', c.base),
  fill('M104 94C126 84 136 62 152 60C148 76 130 92 104 98Z', c.dark, 0.3),
  box(88, 84, 24, 17, 8, c.dark),
  box(88, 84, 24, 10, 6, c.base),
]

export const bag = (c: Palette, n: number): Shape[] => [
  shadow(46),
  line('M76 84C74 34 126 34 124 84', c.wood.dark, 5),
  fill('M52 80L148 80L154 156Q154 162 148 162L52 162Q46 162 46 156Z', c.base),
  fill('M120 80L148 80L154 156Q154 162 148 162L122 162Z', c.dark, 0.28),
  ...weave(58, 100, 84, 46, c, n),
  line('M53 88L147 88', c.mark, 1.6, 0.6),
]

export const roll = (c: Palette): Shape[] => [
  shadow(62),
  fill('M40 96L160 96L160 160L40 160Z', c.base),
  ...[58, 78, 98, 118, 138].flatMap((x) => [
    box(x, 84, 6, 40, 3, c.metal.base),
    box(x - 5, 118, 16, 42, 0, c.dark, 0.3),
    line(`M${x + 3} 78l0 8`, c.wood.base, 7),
  ]),
  box(40, 116, 120, 4, 0, c.mark, 0.4),
  line('M160 130C178 130 176 150 166 156', c.wood.dark, 5),
]

export const garment = (c: Palette, n: number): Shape[] => [
  line('M100 40C110 30 112 46 100 50', c.metal.dark, 3),
  line('M62 62L100 50L138 62', c.wood.base, 5),
  fill('M62 60Q100 78 138 60L160 88L142 104L138 96L144 164Q100 170 56 164L62 96L58 104L40 88Z', c.base),
  fill('M114 70Q128 68 138 60L160 88L142 104L138 96L144 164Q130 167 114 167Z', c.dark, 0.28),
  ...(n % 2
    ? [line('M100 72L100 166', c.mark, 1.6, 0.6), ...[88, 108, 128].map((y) => oval(104, y, 2.4, 2.4, c.mark))]
    : [box(78, 118, 44, 28, 3, c.dark, 0.25), line('M80 64Q88 96 100 100Q112 96 120 64', c.mark, 2.4, 0.7)]),
]

export const hat = (c: Palette): Shape[] => [
  shadow(70),
  oval(100, 144, 76, 18, c.dark),
  oval(100, 140, 76, 17, c.base),
  fill('M58 140C56 104 66 84 84 84Q92 90 100 88Q108 90 116 84C134 84 144 104 142 140Q100 152 58 140Z', c.base),
  fill('M116 84C134 84 144 104 142 140Q130 144 116 145Q126 112 116 84Z', c.dark, 0.35),
  fill('M57 130Q100 144 143 130L142 140Q100 152 58 140Z', c.deep, 0.75),
]

export const gloves = (c: Palette): Shape[] =>
  [-26, 24].map((dx, i) =>
    group(`translate(${dx} ${i * 4}) rotate(${i ? 12 : -8} 100 110)`, [
      fill(
        'M82 160L82 104L76 66Q80 58 86 66L90 96L90 54Q95 46 100 54L101 94L104 52Q110 46 114 54L112 96L118 66Q124 62 126 70L120 116L132 104Q140 104 136 112L118 136L118 160Z',
        c.base,
      ),
      fill('M106 92L118 66Q124 62 126 70L120 116L132 104Q140 104 136 112L118 136L118 160L106 160Z', c.dark, 0.25),
      box(80, 146, 40, 18, 4, c.dark),
      line('M92 110L92 134M100 112L100 136', c.mark, 1.4, 0.4),
    ]),
  )

export const socks = (c: Palette): Shape[] =>
  [-22, 20].map((dx, i) =>
    group(`translate(${dx} ${i * 6})`, [
      fill('M84 46L116 46L116 112Q118 124 104 136L78 156Q62 164 54 152Q50 142 62 134L82 116Z', c.base),
      fill('M104 46L116 46L116 112Q118 124 104 136L86 150Q104 130 104 112Z', c.dark, 0.3),
      box(82, 44, 36, 16, 4, i ? c.second : c.dark),
      fill('M62 134L74 146Q66 160 54 152Q50 142 62 134Z', c.second),
      line('M84 72L116 72M83 80L116 80', c.mark, 2, 0.5),
    ]),
  )

export const duvet = (c: Palette, n: number): Shape[] => [
  shadow(76),
  fill('M30 130Q28 96 60 96L140 96Q172 96 170 130L170 152Q170 162 160 162L40 162Q30 162 30 152Z', c.base),
  fill('M30 132Q60 118 100 128T170 130L170 152Q170 162 160 162L40 162Q30 162 30 152Z', c.dark, 0.22),
  box(44, 74, 54, 32, 15, c.light),
  box(102, 74, 54, 32, 15, c.light),
  box(44, 92, 54, 14, 7, c.dark, 0.15),
  box(102, 92, 54, 14, 7, c.dark, 0.15),
  ...weave(42, 134, 116, 24, c, n),
  line('M60 132Q72 146 62 160M128 130Q120 146 134 160', c.dark, 1.6, 0.35),
]

export const hotWaterBottle = (c: Palette, n: number): Shape[] => [
  shadow(42),
  box(88, 36, 24, 24, 6, c.deep),
  fill(
    'M84 58L116 58Q114 70 126 74Q144 80 144 98L144 146Q144 162 128 162L72 162Q56 162 56 146L56 98Q56 80 74 74Q86 70 84 58Z',
    c.base,
  ),
  fill('M116 58Q114 70 126 74Q144 80 144 98L144 146Q144 162 128 162L114 162Q124 120 108 58Z', c.dark, 0.28),
  ...(n % 2
    ? [80, 100, 120].map((x) => line(`M${x} 88q8 8 0 16q-8 8 0 16q8 8 0 16q-8 8 0 14`, c.mark, 2.4, 0.5))
    : weave(62, 88, 76, 66, c, n)),
]

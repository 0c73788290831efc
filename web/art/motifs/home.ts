import type { Palette } from '../palette.ts'
import { box, fill, GROUND, group, line, oval, rim, type Shape, shadow, turned } from '../shape.ts'

const G = GROUND
export const soap = (c: Palette): Shape[] => [
  shadow(62),
  box(34, 142, 132, 18, 8, c.wood.base),
  line('M56 142l0 18M84 142l0 18M112 142l0 18M140 142l0 18', c.wood.dark, 2, 0.5),
  box(50, 96, 100, 48, 16, c.dark),
  box(50, 92, 100, 46, 16, c.base),
  box(60, 97, 80, 10, 5, c.light, 0.6),
  line('M82 118q8 -10 18 0t18 0', c.mark, 2.6, 0.6),
  ...[
    [150, 78, 9],
    [162, 94, 5],
    [44, 84, 6],
  ].map(([x, y, r]) => oval(x!, y!, r!, r!, '#ffffff', 0.45)),
]

export const tube = (c: Palette): Shape[] => [
  shadow(30),
  fill('M70 44L130 44L122 140L78 140Z', c.base),
  fill('M110 44L130 44L122 140L108 140Z', c.dark, 0.3),
  box(68, 38, 64, 9, 2, c.light),
  box(84, 66, 32, 44, 2, c.paper.base, 0.9),
  line('M90 78L110 78M90 86L110 86M90 94L102 94', c.paper.dark, 1.6, 0.6),
  ...turned(
    [
      [140, 19],
      [G, 17],
    ],
    c.wood,
  ),
]

export const brush = (c: Palette): Shape[] => [
  oval(96, 152, 60, 5, '#1d1a16', 0.12),
  group('rotate(-34 100 100)', [
    box(84, 92, 112, 14, 7, c.wood.base),
    box(84, 100, 112, 6, 3, c.wood.dark, 0.5),
    oval(56, 98, 40, 17, c.wood.dark),
    oval(56, 95, 40, 16, c.wood.base),
    ...Array.from({ length: 15 }, (_, i) =>
      line(`M${24 + i * 4.6} 108l${i % 2 ? 1 : -1} 24`, i % 3 ? c.light : c.base, 3),
    ),
  ]),
]

export const broom = (c: Palette): Shape[] => [
  shadow(54, 96),
  group('rotate(10 100 110)', [
    line('M100 18L100 108', c.wood.base, 7),
    fill('M86 104L114 104L140 160Q100 170 58 160Z', c.base),
    ...[66, 78, 90, 102, 114, 126].map((x) => line(`M${100 + (x - 98) * 0.35} 112L${x} 160`, c.dark, 1.5, 0.5)),
    line('M84 108L116 108M80 118L120 118', c.second, 4),
  ]),
]

const lattice = (x: number, y: number, w: number, rows: number, c: Palette): Shape[] =>
  Array.from({ length: rows }, (_, row) =>
    Array.from({ length: Math.floor(w / 12) }, (_, i) =>
      line(`M${x + i * 12 + (row % 2) * 6} ${y + row * 9}q4 4.5 8 0`, c.dark, 2.2, 0.5),
    ),
  ).flat()

export const basket = (c: Palette, n: number): Shape[] => [
  shadow(60),
  line(
    n % 2 ? 'M52 104C50 36 150 36 148 104' : 'M42 106C30 96 34 122 46 122M158 106C170 96 166 122 154 122',
    c.dark,
    6,
  ),
  ...turned(
    [
      [102, 58],
      [116, 57],
      [140, 52],
      [G, 46],
    ],
    c,
  ),
  ...lattice(52, 116, 96, 5, c),
  oval(100, 102, 59, 10, c.light),
  oval(100, 103, 53, 7.5, c.dark),
  ...(n % 3 === 0
    ? [oval(80, 98, 14, 12, c.paper.base), oval(106, 96, 14, 12, c.paper.light), oval(126, 100, 12, 10, c.second)]
    : []),
]

export const hamper = (c: Palette): Shape[] => [
  shadow(46),
  ...turned(
    [
      [76, 42],
      [100, 45],
      [140, 45],
      [G, 42],
    ],
    c,
  ),
  ...lattice(60, 92, 80, 8, c),
  ...turned(
    [
      [60, 40],
      [66, 44],
      [78, 43],
    ],
    c.paper,
  ),
  oval(100, 60, 40, 7, c.paper.light),
  line('M56 108C44 108 46 128 56 128M144 108C156 108 154 128 144 128', c.wood.dark, 5),
]

export const sieve = (c: Palette): Shape[] => [
  shadow(64),
  oval(100, 142, 72, 22, c.dark),
  oval(100, 136, 72, 22, c.base),
  oval(100, 137, 62, 17, c.light),
  ...[-48, -32, -16, 0, 16, 32, 48].map((x) =>
    line(
      `M${100 + x} ${137 - 16 * Math.sqrt(1 - (x / 62) ** 2)}L${100 + x} ${137 + 16 * Math.sqrt(1 - (x / 62) ** 2)}`,
      c.dark,
      1.4,
      0.4,
    ),
  ),
  ...[-9, -3, 3, 9].map((y) =>
    line(
      `M${100 - 62 * Math.sqrt(1 - (y / 17) ** 2)} ${137 + y}L${100 + 62 * Math.sqrt(1 - (y / 17) ** 2)} ${137 + y}`,
      c.dark,
      1.2,
      0.35,
    ),
  ),
  oval(84, 126, 10, 9, c.second),
  oval(104, 124, 10, 9, '#b3463f'),
]

export const comb = (c: Palette): Shape[] => [
  oval(100, 154, 58, 5, '#1d1a16', 0.12),
  group('rotate(-12 100 104)', [
    fill('M34 110C36 58 164 58 166 110Z', c.base),
    line('M50 98C62 70 138 70 150 98', c.light, 3, 0.5),
    ...Array.from({ length: 19 }, (_, i) => box(36 + i * 7, 108, 3.4, 38 - Math.abs(i - 9) * 0.6, 1.6, c.base)),
  ]),
]

export const bell = (c: Palette): Shape[] => [
  line('M100 18L100 58', c.second, 3),
  ...turned(
    [
      [56, 6],
      [62, 24],
      [82, 36],
      [100, 40],
      [106, 44],
    ],
    c,
  ),
  oval(100, 106, 44, 6, c.dark),
  line('M100 106L100 130', c.deep, 2),
  oval(100, 112, 5, 5, c.brass.base),
  box(86, 130, 28, 46, 2, c.paper.base),
  line('M92 140q8 6 16 0M92 152q8 6 16 0', c.second, 2, 0.8),
]

export const umbrella = (c: Palette): Shape[] => [
  oval(100, 102, 72, 70, c.dark),
  oval(100, 98, 72, 70, c.base),
  oval(100, 98, 54, 52, c.paper.base),
  oval(100, 98, 40, 38, c.base),
  ...Array.from({ length: 16 }, (_, i) =>
    line(
      `M100 98L${(100 + 72 * Math.cos(i * 0.3927)).toFixed(1)} ${(98 + 70 * Math.sin(i * 0.3927)).toFixed(1)}`,
      c.deep,
      1,
      0.4,
    ),
  ),
  oval(100, 98, 6, 6, c.deep),
]

export const rack = (c: Palette): Shape[] => [
  box(20, 66, 160, 22, 5, c.wood.base),
  box(20, 80, 160, 8, 4, c.wood.dark, 0.4),
  ...[38, 70, 102, 134, 164].flatMap((x) => [box(x - 4, 84, 8, 20, 4, c.wood.dark), oval(x, 84, 6, 6, c.wood.light)]),
  line('M38 100C28 124 50 124 38 100M38 122L38 158', c.base, 5),
  fill('M92 100L112 100L118 156Q102 162 86 156Z', c.second),
]

export const figurine = (c: Palette): Shape[] => [
  shadow(46),
  fill(
    'M56 160C52 128 66 104 86 104C84 84 92 66 108 64L116 52L120 66C134 72 138 90 128 102C142 112 148 138 146 160Z',
    c.base,
  ),
  fill('M128 102C142 112 148 138 146 160L112 160C122 140 120 118 108 104Z', c.dark, 0.3),
  fill('M86 104L108 98L98 118ZM64 132L84 124L76 146Z', c.light, 0.7),
  oval(116, 80, 2.6, 2.6, c.deep),
  line('M92 132L126 128M90 144L130 142', c.second, 4),
]

export const washtub = (c: Palette): Shape[] => [
  shadow(60),
  box(98, 116, 64, 12, 2, c.wood.base),
  box(104, 126, 10, 36, 1, c.wood.dark),
  box(146, 126, 10, 36, 1, c.wood.dark),
  ...turned(
    [
      [112, 38],
      [130, 37],
      [G, 34],
    ],
    c.wood,
    72,
  ),
  line('M35 126Q72 136 109 126M37 148Q72 158 107 148', c.brass.base, 3),
  ...rim(112, 38, c.wood, 72),
]

export const loofah = (c: Palette): Shape[] => [
  shadow(56),
  fill('M40 128C40 100 66 92 100 92C134 92 160 100 160 128C160 154 134 162 100 162C66 162 40 154 40 128Z', c.base),
  ...Array.from({ length: 26 }, (_, i) =>
    line(`M${54 + ((i * 37) % 92)} ${104 + ((i * 23) % 46)}q6 -6 10 2t8 -2`, i % 2 ? c.dark : c.light, 1.8, 0.55),
  ),
  line('M150 104C176 84 184 116 158 122', c.second, 3),
]

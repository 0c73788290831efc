import type { Palette } from '../palette.ts'
import { box, fill, GROUND, line, oval, rim, type Shape, shadow, turned } from '../shape.ts'

import { speckles } from './vessels.ts'

const G = GROUND

export const glass = (c: Palette, n: number): Shape[] => [
  shadow(62),
  ...[72, 128].flatMap((cx, i) => [
    fill(`M${cx - 26} 88L${cx + 26} 88L${cx + 21} ${G}Q${cx} ${G + 5} ${cx - 21} ${G}Z`, c.glass.base, 0.55),
    fill(
      `M${cx - 24} ${112 + i * 8}L${cx + 24} ${112 + i * 8}L${cx + 20} ${G - 4}Q${cx} ${G} ${cx - 20} ${G - 4}Z`,
      c.base,
      0.55,
    ),
    ...[-14, -5, 5, 14].map((x) =>
      line(`M${cx + x * 1.25} 94L${cx + x} ${G - 6}`, n % 2 ? c.glass.light : c.dark, n % 2 ? 3 : 1, 0.55),
    ),
    oval(cx, 88, 26, 5, c.glass.light, 0.9),
    oval(cx, 88.6, 23, 3.8, c.glass.dark, 0.4),
    oval(cx, 112 + i * 8, 24, 3.6, c.light, 0.7),
  ]),
]

export const wine = (c: Palette): Shape[] => [
  shadow(56),
  ...[70, 130].flatMap((cx) => [
    line(`M${cx} 118L${cx} 156`, c.glass.base, 4),
    oval(cx, 158, 22, 4.5, c.glass.base),
    oval(cx, 157, 18, 3, c.glass.light, 0.7),
    fill(
      `M${cx - 24} 58C${cx - 28} 104 ${cx - 12} 122 ${cx} 122C${cx + 12} 122 ${cx + 28} 104 ${cx + 24} 58Z`,
      c.glass.base,
      0.6,
    ),
    fill(
      `M${cx - 25} 88C${cx - 22} 110 ${cx - 10} 119 ${cx} 119C${cx + 10} 119 ${cx + 22} 110 ${cx + 25} 88Z`,
      '#8b3a48',
      0.8,
    ),
    oval(cx, 58, 24, 4.5, c.glass.light, 0.9),
    oval(cx, 88, 25, 4, '#a85563', 0.9),
    line(`M${cx - 19} 68Q${cx - 21} 90 ${cx - 14} 106`, '#ffffff', 3, 0.5),
  ]),
]

export const jar = (c: Palette, n: number): Shape[] => [
  shadow(44),
  ...turned(
    [
      [84, 36],
      [90, 40],
      [124, 41],
      [152, 40],
      [G, 36],
    ],
    c,
  ),
  ...(n % 2
    ? [box(76, 112, 44, 28, 3, c.paper.base, 0.92), line('M84 121L110 121M84 129L102 129', c.paper.dark, 1.8, 0.6)]
    : speckles(c, n)),
  ...turned(
    [
      [70, 37],
      [74, 39],
      [84, 38],
    ],
    c.wood,
  ),
  oval(100, 70, 37, 7, c.wood.light),
  oval(100, 66, 8, 5, c.wood.dark),
]

export const caddy = (c: Palette, n: number): Shape[] => [
  shadow(38),
  ...turned(
    [
      [72, 34],
      [100, 34],
      [140, 34],
      [G, 34],
    ],
    c,
  ),
  line('M66 98Q100 106 134 98', c.deep, 1.6, 0.6),
  ...(n % 2
    ? [line('M72 124Q92 108 104 124T134 120M70 142Q90 130 108 142T132 138', c.mark, 2, 0.6)]
    : [box(84, 112, 30, 36, 1, c.paper.base, 0.9), line('M99 118L99 140', c.deep, 2.4, 0.7)]),
  oval(100, 72, 34, 7, c.light),
  oval(100, 72, 29, 5.5, c.base),
]

export const bottle = (c: Palette, n: number): Shape[] => [
  shadow(34),
  ...turned(
    [
      [66, 10],
      [84, 10],
      [96, 20],
      [108, 32],
      [130, 34],
      [152, 33],
      [G, 30],
    ],
    c,
  ),
  box(74, 116, 50, 30, 2, c.paper.base, 0.92),
  line(
    n % 2 ? 'M84 126L112 126M84 134L104 134' : 'M90 140C92 128 98 124 108 122M98 130C94 126 94 124 94 121',
    c.deep,
    2,
    0.6,
  ),
  ...turned(
    [
      [50, 9],
      [54, 11],
      [66, 11],
    ],
    n % 2 ? c.wood : c.brass,
  ),
]

export const decanter = (c: Palette): Shape[] => [
  shadow(44),
  fill(
    `M86 62C90 92 56 98 54 130C53 152 64 ${G} 78 ${G}L122 ${G}C136 ${G} 147 152 146 130C144 98 110 92 114 62Z`,
    c.glass.base,
    0.6,
  ),
  fill(`M56 126C55 150 66 ${G - 3} 78 ${G - 3}L122 ${G - 3}C134 ${G - 3} 145 150 144 126Z`, c.base, 0.6),
  oval(100, 126, 44, 6, c.light, 0.8),
  line('M66 112C60 122 60 138 66 148', '#ffffff', 4, 0.5),
  oval(100, 62, 15, 3.6, c.glass.light),
  oval(100, 50, 13, 13, c.wood.base),
  oval(96, 46, 4, 4, c.wood.light, 0.7),
]

export const inkBottle = (c: Palette): Shape[] => [
  shadow(46),
  fill('M58 104Q58 96 68 94L132 94Q142 96 142 104L142 154Q142 162 134 162L66 162Q58 162 58 154Z', c.glass.base, 0.7),
  fill('M64 112L136 112L136 150Q136 156 130 156L70 156Q64 156 64 150Z', c.base),
  fill('M116 112L136 112L136 150Q136 156 130 156L116 156Z', c.dark, 0.4),
  line('M66 104L66 146', '#ffffff', 3, 0.55),
  box(80, 122, 40, 24, 2, c.paper.base),
  oval(100, 134, 6, 6, c.base),
  box(80, 70, 40, 26, 4, c.deep),
  box(84, 72, 8, 22, 2, '#ffffff', 0.16),
  fill('M150 162C150 154 158 146 160 140C162 146 170 154 170 162C170 168 150 168 150 162Z', c.base),
]

export const flask = (c: Palette, n: number): Shape[] => [
  shadow(30),
  ...turned(
    [
      [76, 24],
      [84, 28],
      [110, 28],
      [150, 28],
      [G, 26],
    ],
    c,
  ),
  line('M72 96Q100 104 128 96', c.metal.light, 3, 0.9),
  ...turned(
    n % 2
      ? [
          [40, 20],
          [46, 22],
          [76, 22],
        ]
      : [
          [52, 25],
          [58, 27],
          [76, 27],
        ],
    c.metal,
  ),
  oval(100, n % 2 ? 40 : 52, n % 2 ? 20 : 25, 4.5, c.metal.light),
]

export const vase = (c: Palette): Shape[] => [
  line('M100 96C98 70 90 52 78 38M100 92C104 70 112 60 120 50', c.leaf.dark, 2.4),
  ...[
    [76, 36, -30],
    [90, 56, 20],
    [121, 48, 30],
    [108, 64, -20],
  ].map(([x, y]) => oval(x!, y!, 6, 6, c.second)),
  ...[
    [76, 36],
    [90, 56],
    [121, 48],
    [108, 64],
  ].map(([x, y]) => oval(x!, y!, 2.2, 2.2, c.brass.light)),
  fill('M98 80C86 80 80 74 78 66C90 66 96 72 98 80ZM103 74C112 76 120 74 124 66C114 64 106 66 103 74Z', c.leaf.base),
  shadow(32),
  ...turned(
    [
      [94, 9],
      [104, 8],
      [120, 24],
      [138, 33],
      [152, 28],
      [G, 20],
    ],
    c,
  ),
  ...rim(94, 9, c),
]

export const sake = (c: Palette, n: number): Shape[] => [
  shadow(60),
  ...turned(
    [
      [70, 13],
      [78, 9],
      [92, 10],
      [112, 28],
      [140, 33],
      [G, 26],
    ],
    c,
    78,
  ),
  ...rim(70, 13, c, 78),
  ...(n % 2 ? [line('M50 132Q78 142 108 132', c.mark, 2.5, 0.5)] : []),
  ...turned(
    [
      [136, 23],
      [146, 21],
      [158, 14],
      [G, 13],
    ],
    c,
    140,
  ),
  ...rim(136, 23, c, 140),
]

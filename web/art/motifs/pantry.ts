import type { Palette } from '../palette.ts'
import { box, fill, group, line, oval, rim, type Shape, shadow, turned } from '../shape.ts'

/** A bag of leaf, with some of it beside. */
export const pouch = (c: Palette, n: number): Shape[] => [
  shadow(56, 96),
  fill('M56 50L136 50L142 152Q142 162 132 162L60 162Q50 162 50 152Z', c.base),
  fill('M112 50L136 50L142 152Q142 162 132 162L114 162Z', c.dark, 0.28),
  fill('M56 50L136 50L137 66L55 66Z', c.dark, 0.4),
  line('M57 58L135 58', c.light, 1.4, 0.5),
  ...(n % 2
    ? [
        box(70, 84, 52, 52, 26, c.paper.base),
        fill('M82 122Q80 98 108 96Q110 120 82 122ZM84 121L102 103Z', c.leaf.base),
        line('M83 122L102 102', c.leaf.dark, 1.6),
      ]
    : [box(70, 80, 52, 60, 2, c.paper.base), line('M96 88L96 122', c.deep, 3, 0.7), oval(96, 130, 4, 4, '#b8403a')]),
  ...Array.from({ length: 11 }, (_, i) =>
    group(`rotate(${i * 47} ${146 + ((i * 13) % 34)} ${152 + ((i * 7) % 12)})`, [
      oval(146 + ((i * 13) % 34), 152 + ((i * 7) % 12), 4.4, 1.8, i % 2 ? c.leaf.dark : c.dark),
    ]),
  ),
]

export const beans = (c: Palette): Shape[] => [
  shadow(58, 94),
  fill('M58 44L132 44L138 152Q138 162 128 162L62 162Q52 162 52 152Z', c.wood.base),
  fill('M110 44L132 44L138 152Q138 162 128 162L112 162Z', c.wood.dark, 0.35),
  box(56, 40, 78, 14, 3, c.wood.dark),
  box(68, 76, 54, 56, 2, c.base),
  oval(95, 100, 13, 17, c.light),
  line('M95 84Q88 100 96 117', c.dark, 2.4),
  ...[
    [150, 152],
    [162, 158],
    [142, 160],
    [174, 161],
    [158, 146],
  ].flatMap(([x, y]) => [oval(x!, y!, 7, 5, '#5c3c28'), line(`M${x! - 5} ${y}q5 -3 10 0`, '#8a6244', 1.4)]),
]

export const sweets = (c: Palette, n: number): Shape[] => [
  shadow(68),
  oval(100, 148, 72, 18, c.wood.dark),
  oval(100, 144, 72, 18, c.wood.base),
  ...(n % 2
    ? [
        [66, 134],
        [96, 140],
        [128, 134],
      ].flatMap(([x, y], i) => [
        fill(
          `M${x! - 16} ${y! - 26}L${x! + 16} ${y! - 26}L${x! + 16} ${y! + 2}L${x! - 16} ${y! + 2}Z`,
          [c.base, c.dark, c.second][i]!,
        ),
        fill(`M${x! - 16} ${y! - 26}L${x! + 16} ${y! - 26}L${x! + 20} ${y! - 34}L${x! - 10} ${y! - 34}Z`, c.light),
        fill(`M${x! + 16} ${y! - 26}L${x! + 20} ${y! - 34}L${x! + 20} ${y! - 6}L${x! + 16} ${y! + 2}Z`, c.deep, 0.5),
      ])
    : [
        [62, 136],
        [92, 144],
        [124, 138],
        [78, 118],
        [110, 120],
      ].flatMap(([x, y], i) =>
        [0, 1, 2, 3, 4]
          .map((k) =>
            oval(
              x! + 8 * Math.cos(k * 1.257),
              y! + 7 * Math.sin(k * 1.257),
              8,
              7,
              [c.base, c.light, c.second, c.light, c.base][i]!,
            ),
          )
          .concat([oval(x!, y!, 4, 4, c.brass.light)]),
      )),
]

export const sachets = (c: Palette): Shape[] => [
  shadow(58),
  ...[-16, 0, 15].map((turn, i) =>
    group(`rotate(${turn} 100 170)`, [
      fill('M70 58L130 58L134 156L66 156Z', [c.second, c.light, c.base][i]!),
      line('M70 66L130 66', c.dark, 1.4, 0.4),
      ...(i === 2
        ? [fill('M84 126Q84 94 116 90Q118 124 84 126Z', c.leaf.base), line('M86 125L110 98', c.leaf.dark, 2)]
        : []),
    ]),
  ),
]

export const wraps = (c: Palette): Shape[] => [
  shadow(58),
  ...turned(
    [
      [120, 44],
      [140, 42],
      [162, 32],
    ],
    c.paper,
  ),
  ...rim(120, 44, c.paper),
  fill('M50 112Q100 84 150 112L156 132Q130 124 100 130Q70 124 44 132Z', c.base),
  ...[
    [76, 114],
    [100, 106],
    [124, 114],
    [88, 122],
    [114, 122],
  ].map(([x, y]) => oval(x!, y!, 3.4, 3.4, c.mark, 0.8)),
]

export const powder = (c: Palette): Shape[] => [
  shadow(62),
  ...turned(
    [
      [96, 34],
      [110, 34],
      [162, 34],
    ],
    c,
    78,
  ),
  ...rim(96, 34, { ...c, dark: '#7d9b4a' }, 78),
  oval(78, 98, 26, 4, '#9ab55e'),
  box(58, 118, 38, 28, 2, c.paper.base, 0.92),
  oval(142, 152, 32, 9, c.metal.dark, 0.5),
  fill('M116 152Q130 122 142 122Q156 124 168 152Q142 162 116 152Z', '#8fab52'),
  fill('M142 122Q156 124 168 152Q156 157 146 157Q154 138 142 122Z', '#6b873b', 0.6),
]

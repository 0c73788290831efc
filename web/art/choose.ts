import * as bottles from './motifs/bottles.ts'
import * as garden from './motifs/garden.ts'
import * as home from './motifs/home.ts'
import * as kitchen from './motifs/kitchen.ts'
import * as lights from './motifs/lights.ts'
import * as pantry from './motifs/pantry.ts'
import * as paper from './motifs/paper.ts'
import * as textile from './motifs/textile.ts'
import * as vessels from './motifs/vessels.ts'
import type { Palette } from './palette.ts'
import type { Shape } from './shape.ts'

export type Motif = (palette: Palette, variation: number) => Shape[]

const { teapot, kyusu, kettle, mug, cup, tumbler, bowl, bowls, plate } = vessels
const { glass, wine, jar, caddy, bottle, decanter, inkBottle, flask, vase, sake } = bottles
const { pan, wok, casserole, board, whetstone, knife, tin, rollingPin, dripper, grinder, moka, spoon, whisk } = kitchen

/** What a title says the thing is; the first that matches wins, so the particular stands before the general. */
const BY_TITLE: readonly (readonly [RegExp, Motif])[] = [
  [/hot-water bottle|湯たんぽ/i, textile.hotWaterBottle],
  [/picnic blanket|\bthrow\b|towel|blanket|runner|napkin|tablecloth|oilcloth|cloth|ふきん|ガーゼ/i, textile.folded],
  [/duvet|pillow|bedding/i, textile.duvet],
  [/cushion|bench pad|kneeler/i, textile.cushion],
  [/tool roll/i, textile.roll],
  [/chainmail|felt storage/i, textile.bag],
  [/iron teapot|kettle|鉄瓶/i, kettle],
  [/急須|宝瓶/, kyusu],
  [/teapot|土瓶/i, teapot],
  [/coffee dripper|pour-over/i, dripper],
  [/grinder/i, grinder],
  [/おろし金/, kitchen.utensil],
  [/風呂敷/, textile.bundle],
  [/抹茶碗|bowl with|salad bowl/i, bowl],
  [/sourdough lame/i, knife],
  [/moka/i, moka],
  [/beans/i, pantry.beans],
  [/flask|commuter/i, flask],
  [/cup and saucer/i, cup],
  [/double-walled|glass cups|tumblers|切子|冷茶杯|水グラス/i, glass],
  [/\bwine/i, wine],
  [/thumbprint|猪口 微塵|湯呑|汲出し/i, tumbler],
  [/mug/i, mug],
  [/徳利|ぐい呑み/, sake],
  [/jug|decanter/i, decanter],
  [/mixing bowls/i, bowls],
  [/fire bowl|stove|firepit/i, garden.fireBowl],
  [/kindling/i, garden.kindling],
  [/poker|tongs|toasting/i, garden.tongs],
  [/wok/i, wok],
  [/skillet|saucepan|milk pan/i, pan],
  [/casserole|cook set|土鍋|土釜/i, casserole],
  [/loaf tin|cake tin/i, tin],
  [/rolling pin/i, rollingPin],
  [/whetstone|砥石/i, whetstone],
  [/chopping|まな板|bath bridge/i, board],
  [/crock|jars|おひつ/i, jar],
  [/canister|茶筒|茶缶|茶ふるい|抹茶ふるい/i, caddy],
  [/beeswax wraps/i, pantry.wraps],
  [/spork|茶さじ|茶杓/i, spoon],
  [/茶筅/, whisk],
  [/抹茶 白露/, pantry.powder],
  [/弁当箱|重箱|文箱/, kitchen.crate],
  [/箸と箱|箸置き|箸/, kitchen.chopsticks],
  [/茶托|丸盆|盆 /, kitchen.tray],
  [/candle in|fig candle/i, lights.candleJar],
  [/diffuser/i, lights.diffuser],
  [/taper|dinner candle|蝋燭/i, lights.tapers],
  [/お香|香皿/, lights.incense],
  [/storm lantern/i, lights.lantern],
  [/提灯|pendant/i, lights.chochin],
  [/reading lamp/i, lights.readingLamp],
  [/festoon/i, lights.festoon],
  [/table lamp/i, lights.lamp],
  [/hand cream/i, home.tube],
  [/linseed soap|椿油/i, bottle],
  [/soap/i, home.soap],
  [/broom|ほうき/i, home.broom],
  [/dish brush|boot scraper/i, home.brush],
  [/束子/, home.loofah],
  [/hamper/i, home.hamper],
  [/hanging basket/i, garden.hanging],
  [/ざる/, home.sieve],
  [/basket|trug|かご/i, home.basket],
  [/peg rail/i, home.rack],
  [/つげの櫛/, home.comb],
  [/風鈴/, home.bell],
  [/傘/, home.umbrella],
  [/置物/, home.figurine],
  [/桶/, home.washtub],
  [/花瓶/, vase],
  [/盆栽/, garden.bonsai],
  [/trough/i, garden.trough],
  [/barrel/i, garden.barrel],
  [/watering spikes|trowel|dibber|hori hori/i, garden.trowel],
  [/secateurs/i, garden.secateurs],
  [/gloves/i, textile.gloves],
  [/socks|ソックス/i, textile.socks],
  [/poncho|作務衣|割烹着/i, textile.garment],
  [/hat$|hat /i, textile.hat],
  [/walking stick/i, garden.stick],
  [/rain butt/i, garden.butt],
  [/watering can/i, garden.wateringCan],
  [/twine/i, garden.twine],
  [/labels/i, garden.labels],
  [/bulbs|snowdrops/i, garden.bulbs],
  [/seed mix, 5 kg/i, pantry.pouch],
  [/seeds|wildflower/i, garden.packet],
  [/nest box|bee house/i, garden.nestBox],
  [/feeder/i, garden.feeder],
  [/筆入れ/, paper.pencilCase],
  [/筆ペン|書道筆/, paper.brushPen],
  [/鉛筆/, paper.pencils],
  [/ペーパークリップ/, paper.clips],
  [/文鎮/, paper.paperweight],
  [/小刀/, knife],
  [/硯|固形墨/, paper.inkstone],
  [/顔彩/, paper.paints],
  [/インク/, inkBottle],
  [/暦|日めくり/, paper.calendar],
  [/和紙テープ/, paper.tape],
  [/判|印|朱肉/, paper.seal],
  [/便箋|封筒|ぽち袋|一筆箋/, paper.letter],
  [/三冊組/, paper.notebooks],
  [/天眼鏡/, paper.magnifier],
  [/しおり|書見台/, paper.bookmark],
  [/ノート|帳|文庫カバー/, paper.notebook],
  [/扇子/, paper.fan],
  [/手ぬぐい/, textile.hung],
  [/袋$|袋 /, textile.bag],
  [/薬湯/, pantry.sachets],
]

/** Where a title says nothing, what its category holds. */
const BY_CATEGORY: readonly (readonly [RegExp, Motif])[] = [
  [/teapot|急須/i, teapot],
  [/loose tea|茶葉/i, pantry.pouch],
  [/抹茶/, pantry.powder],
  [/plate|皿$/i, plate],
  [/bowl|碗|鉢/i, bowl],
  [/mug|cup|湯呑/i, mug],
  [/kniv|包丁/i, knife],
  [/pots and pans|鍋/i, casserole],
  [/planter|pots/i, garden.plantPot],
  [/garden|園芸/i, garden.plantPot],
  [/茶請け|菓子/, pantry.sweets],
  [/折り紙|紙もの/, paper.sheets],
  [/筆記具|万年筆|ペン/, paper.pen],
  [/文具/, paper.notebook],
  [/茶筒/, caddy],
  [/布|textile|linen|cloth/i, textile.folded],
  [/glass|酒/i, glass],
  [/jar|storage/i, jar],
  [/candle|香/i, lights.candleJar],
  [/light|灯/i, lights.lamp],
]

export function motifFor(title: string, categories: readonly string[]): Motif {
  for (const [words, motif] of BY_TITLE) if (words.test(title)) return motif
  const path = categories.join(' ')
  for (const [words, motif] of BY_CATEGORY) if (words.test(path)) return motif
  return vase
}

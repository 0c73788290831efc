/** Shelves with every sort of evidence, made from a seed through the product's own bundle. */
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import type { Card, ContextItem } from '../../shared/domain/card.ts'
import { SOURCES, type Source } from '../../shared/domain/recommendation.ts'
import type { EvidenceBundle } from '../../shared/domain/told_reason.ts'
import { evidenceBundle } from '../../shared/explain/evidence_bundle.ts'
import { Candidate } from '../../shared/recall/candidates.ts'

export const REASON_LOCALES = ['en-GB', 'de-DE', 'fr-FR', 'es-ES', 'ja-JP', 'zh-CN'] as const

const TITLES: Readonly<Record<string, readonly string[]>> = {
  en: [
    'Iron teapot',
    'WHITE HANGING HEART T-LIGHT HOLDER',
    'Set of 6 tea towels',
    'Alto mug, 350 ml',
    'Popular Bought Lamp',
    'You & Me cushion',
    'Best of tins',
    'Not your usual bowl',
    'The same chair',
  ],
  de: ['Eiserne Teekanne', 'Leinentuch, 2 Stück', 'Becher Alto 350 ml', 'Lampe Neu', 'Sie & Er Kissen', 'Dose für Tee'],
  fr: ['Théière en fonte', "Torchon d'été", 'Tasse Alto 350 ml', 'Coussin pour vous', 'Boîte à thé'],
  es: ['Tetera de hierro', 'Paño de lino', 'Taza Alto 350 ml', 'Cojín para usted', 'Lata de té'],
  ja: ['鉄の急須', 'リネンのふきん 2枚組', 'アルト マグ 350ml', '人気のランプ', 'お客様用の座布団'],
  zh: ['铁壶', '亚麻茶巾 2件装', '阿尔托马克杯 350毫升', '热门台灯', '您的靠垫'],
}
const COLOURS: Readonly<Record<string, readonly string[]>> = {
  en: ['black', 'sea green'],
  de: ['schwarz', 'meergrün'],
  fr: ['noir', 'vert mer'],
  es: ['negro', 'verde mar'],
  ja: ['黒', '海緑色'],
  zh: ['黑色', '海绿色'],
}
const BRANDS = ['Iwachu', 'Norrland', 'Maison 12']
const CATEGORIES = ['Kitchen > Tea', 'Gifts', 'Home > Light']
const NOW = Date.UTC(2026, 10, 20)
const HOUR_MS = 3_600_000

/** `count` shelves of ten, in each language in turn. */
export function* reasonShelves(count: number, seed: number): Generator<{ locale: string; bundles: EvidenceBundle[] }> {
  for (let at = 0; at < count; at++) {
    const rng = seededRng(seed + at)
    const locale = REASON_LOCALES[at % REASON_LOCALES.length]!
    yield { locale, bundles: shelf(locale, `${at}`, rng) }
  }
}

function shelf(locale: string, name: string, rng: Rng): EvidenceBundle[] {
  const lang = locale.slice(0, 2)
  const titles = rng.shuffle(TITLES[lang]!)
  const thing = (id: string, title: string) => ({
    id,
    title,
    brand: rng.next() < 0.7 ? rng.pick(BRANDS) : null,
    categories: [rng.pick(CATEGORIES)],
    attributes: { colour: rng.pick(COLOURS[lang]!), finish: rng.pick(['matt', 'satin 20']) },
  })
  const anchors: ContextItem[] = titles.slice(0, 3).map((title, at) => thing(`a${at}`, title))
  const context = new Map(anchors.map((own) => [own.id, own]))
  const prices = new Map(anchors.map(({ id }) => [id, 500 + rng.int(3_000)]))
  const own = new Map(anchors.slice(0, 2).map(({ id }) => [id, rng.pick(['purchase', 'view'] as const)]))
  const shares = new Map<string, number>(CATEGORIES.map((level) => [level, rng.next()]))
  return Array.from({ length: 10 }, (_, at) => {
    const card = cardOf(thing(`${name}-${at}`, `${rng.pick(TITLES[lang]!)} ${at}`), lang, rng)
    const candidate = candidateOf(card.id, rng)
    const gave = new Map<Source, number>(SOURCES.flatMap((one) => (rng.next() < 0.5 ? [[one, rng.next() + 0.01]] : [])))
    return evidenceBundle({ candidate, shares: gave }, card, {
      locale,
      market: rng.pick(['DE', 'JP', 'Outlet 7']),
      query: rng.next() < 0.3 ? rng.pick([titles[0]!.toLowerCase(), 'tea 12']) : null,
      context,
      bestTextScore: 5,
      own,
      rules: rng.next() < 0.2 ? [{ rule: 'r', effect: 'pinned' }] : [],
      interests: { shares, breadth: 0.5 },
      prices,
    })
  }).filter(({ facts }) => facts.length > 0)
}

const cardOf = (own: Omit<ContextItem, 'titles'>, locale: string, rng: Rng): Card => ({
  ...own,
  tags: [],
  locale,
  url: null,
  imageUrl: null,
  createdAtMs: NOW - rng.int(9_000) * HOUR_MS,
  popularity: rng.next(),
  epoch: 1,
  offerMarket: '*',
  currency: rng.pick(['EUR', 'JPY', 'GBP']),
  variant: own.id,
  price: 1_000 + rng.int(1_000),
  listPrice: rng.next() < 0.3 ? 1_500 + rng.int(3_000) : null,
  stock: null,
  validFromMs: null,
  validUntilMs: null,
})

function candidateOf(id: string, rng: Rng): Candidate {
  const link = () => ({ anchor: rng.pick(['a0', 'a1', 'a2']), strength: 0.3 + rng.next() / 2, count: rng.int(40) })
  const maybe = (share: number) => (rng.next() < share ? link() : null)
  return Object.assign(new Candidate(id), {
    bought: maybe(0.6),
    similar: maybe(0.6),
    goesWith: maybe(0.3),
    owned: rng.next() < 0.3 ? 1 + rng.int(12) : 0,
    text: rng.next() * 5,
    trendingCount: rng.next() < 0.4 ? rng.int(90) : 0,
    fresh: rng.next() < 0.3 ? 0.5 : 0,
  })
}

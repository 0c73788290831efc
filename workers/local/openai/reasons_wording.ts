import type { Rng } from '../../../shared/base/rng.ts'
import type { ReasonEvidence } from '../../../shared/prompt/reason.ts'

/** Languages in which the scripted model gives reasons. */
export type ReasonLang = 'en' | 'de' | 'fr' | 'es' | 'ja' | 'zh'
export const reasonLangOf = (locale: string): ReasonLang => {
  const base = locale.toLowerCase().split('-', 1)[0]!
  return (['de', 'fr', 'es', 'ja', 'zh'] as const).find((own) => own === base) ?? 'en'
}

/** What a piece of evidence says, divided where one kind says several things. */
export const sortOf = ({ kind, attribute }: ReasonEvidence): string => {
  if (kind === 'own_item') return attribute === 'purchase' ? 'own_purchase' : 'own_view'
  if (kind === 'price') return attribute === 'cheaper' ? 'cheaper' : 'reduced'
  if (kind !== 'shared_attribute') return kind
  return attribute === 'brand' ? 'shared_brand' : attribute === 'category' ? 'shared_category' : 'shared_attribute'
}

/** Ways to say each. T: the other item's title, V: value, N: count, P: place, D: day. */
type Ways = Readonly<Record<string, readonly string[]>>

const WAYS: Readonly<Record<ReasonLang, Ways>> = {
  en: {
    bought_together: [
      'N shoppers who bought “T” also bought this.',
      'Also bought by N customers of “T”.',
      'Shoppers who bought “T” also bought this.',
    ],
    complement: ['Ordered together with “T” N times.', 'This goes with “T”.'],
    bought_before: ['You bought this N times before.', 'You have bought this before.'],
    own_purchase: ['You bought “T”.', 'You ordered “T” before.'],
    own_view: ['You looked at “T”.', 'You viewed “T” before.'],
    shared_attribute: ['This shares V with “T”.', 'The same as “T”: V.', 'V, like “T”.'],
    shared_brand: ['From V, like “T”.', 'The same brand as “T”: V.'],
    shared_category: ['The same category as “T”: V.'],
    similar: ['Described much like “T”.', 'This is similar to “T”.'],
    matches_query: ['Matches your search for “V”.', 'This fits your search “V”.'],
    trending: ['Bought by N shoppers in P lately.', 'Trending in P, bought by N customers lately.'],
    new: ['New since D.', 'This was added on D.'],
    popular: ['Popular in this shop.', 'This is popular in the shop.'],
    taste: ['This fits your interest in V.', 'Matches your interests: V.'],
    picked: ['Chosen by the shop.', 'Picked by the shop team.'],
    reduced: ['Reduced from V.'],
    cheaper: ['Costs less than “T”.', 'Cheaper than “T”.'],
  },
  de: {
    bought_together: [
      'N Kunden, die „T“ gekauft haben, kauften auch diesen Artikel.',
      'Von N Käufern von „T“ gekauft.',
    ],
    complement: ['N-mal zusammen mit „T“ bestellt.', 'Dies passt zu „T“.'],
    bought_before: ['Diesen Artikel haben Sie N-mal gekauft.', 'Dies haben Sie schon gekauft.'],
    own_purchase: ['Sie haben „T“ gekauft.'],
    own_view: ['Sie haben „T“ angesehen.'],
    shared_attribute: ['V, wie „T“.', 'Das gleiche Merkmal wie „T“: V.'],
    shared_brand: ['Die gleiche Marke wie „T“: V.', 'Von V, wie „T“.'],
    shared_category: ['Aus derselben Kategorie wie „T“: V.'],
    similar: ['Ganz ähnlich beschrieben wie „T“.'],
    matches_query: ['Passt zu Ihrer Suche „V“.'],
    trending: ['Zuletzt von N Kunden in P gekauft.'],
    new: ['Neu seit D.', 'Neu im Shop seit D.'],
    popular: ['Beliebt im Shop.'],
    taste: ['Passt zu Ihrem Interesse: V.'],
    picked: ['Vom Shop ausgewählt.'],
    reduced: ['Reduziert, statt V.'],
    cheaper: ['Günstiger als „T“.'],
  },
  fr: {
    bought_together: ['N clients ayant acheté « T » ont aussi acheté cet article.'],
    complement: ['Commandé N fois avec « T ».'],
    bought_before: ['Vous avez déjà acheté cet article N fois.', 'Vous avez déjà acheté cet article.'],
    own_purchase: ['Vous avez acheté « T ».'],
    own_view: ['Vous avez regardé « T ».'],
    shared_attribute: ['V, comme « T ».'],
    shared_brand: ['De la même marque que « T » : V.'],
    shared_category: ['Dans la même catégorie que « T » : V.'],
    similar: ['Cet article ressemble à « T ».'],
    matches_query: ['Correspond à votre recherche « V ».'],
    trending: ['Acheté récemment par N clients en P.'],
    new: ['Nouveau depuis D.'],
    popular: ['Populaire dans la boutique.'],
    taste: ['Correspond à votre intérêt pour V.'],
    picked: ['Choisi par la boutique.'],
    reduced: ['Prix réduit, au lieu de V.'],
    cheaper: ['Moins cher que « T ».'],
  },
  es: {
    bought_together: ['N clientes que compraron «T» también compraron este artículo.'],
    complement: ['Pedido N veces junto con «T».'],
    bought_before: ['Usted ya compró este artículo N veces.', 'Usted ya compró este producto.'],
    own_purchase: ['Usted compró «T».'],
    own_view: ['Usted vio «T».'],
    shared_attribute: ['V, igual que «T».'],
    shared_brand: ['De la misma marca que «T»: V.'],
    shared_category: ['De la misma categoría que «T»: V.'],
    similar: ['Este artículo se parece a «T».'],
    matches_query: ['Coincide con su búsqueda «V».'],
    trending: ['Comprado recientemente por N clientes en P.'],
    new: ['Nuevo en la tienda desde D.'],
    popular: ['Popular en la tienda.'],
    taste: ['Coincide con su interés: V.'],
    picked: ['Elegido por la tienda.'],
    reduced: ['Rebajado, antes V.'],
    cheaper: ['Cuesta menos que «T».'],
  },
  ja: {
    bought_together: ['「T」を購入したN人がこちらも購入しています。'],
    complement: ['「T」と一緒にN回注文されています。'],
    bought_before: ['こちらは以前にN回購入されています。', 'こちらは以前に購入されています。'],
    own_purchase: ['お客様は「T」を購入しました。'],
    own_view: ['お客様は「T」をご覧になった。'],
    shared_attribute: ['「T」と同じV。', '「T」と共通の特徴：V。'],
    shared_brand: ['「T」と同じブランド：V。'],
    shared_category: ['「T」と同じカテゴリー：V。'],
    similar: ['「T」とよく似ています。'],
    matches_query: ['検索「V」に一致しています。'],
    trending: ['最近PでN人が購入しています。'],
    new: ['D以降の新商品です。'],
    popular: ['当店の人気商品です。'],
    taste: ['お客様の興味に合っています：V。'],
    picked: ['当店が選んだ商品です。'],
    reduced: ['値下げしました、通常価格V。'],
    cheaper: ['「T」より安いです。'],
  },
  zh: {
    bought_together: ['购买「T」的N位顾客也购买了这款商品。'],
    complement: ['曾与「T」一起订购N次。'],
    bought_before: ['您已购买这款商品N次。', '您曾购买这款商品。'],
    own_purchase: ['您购买过「T」。'],
    own_view: ['您浏览过「T」。'],
    shared_attribute: ['与「T」相同：V。'],
    shared_brand: ['与「T」同品牌：V。'],
    shared_category: ['与「T」同类别：V。'],
    similar: ['这款商品与「T」十分相似。'],
    matches_query: ['符合您搜索的「V」。'],
    trending: ['最近在P有N位顾客购买。'],
    new: ['D上架的新品。'],
    popular: ['本店热门商品。'],
    taste: ['符合您的兴趣：V。'],
    picked: ['本店精选。'],
    reduced: ['降价，原价V。'],
    cheaper: ['比「T」便宜。'],
  },
}

/** What puts a sentence as a cause: around a sentence that ends with a full stop. */
const CAUSES: Readonly<Record<ReasonLang, readonly [before: string, after: string]>> = {
  en: ['Shown because ', '.'],
  de: ['Hier, denn ', '.'],
  fr: ['Recommandé car ', '.'],
  es: ['Recomendado porque ', '.'],
  ja: ['おすすめの理由：', '。'],
  zh: ['推荐，因为', '。'],
}

const leafOf = (path: string) => path.split(' > ').at(-1)!

/** One true sentence about a piece of evidence. */
export function say(evidence: ReasonEvidence, lang: ReasonLang, rng: Rng): string {
  const ways = WAYS[lang][sortOf(evidence)]!.filter((way) => fits(way, evidence))
  return filled(rng.pick(ways), evidence)
}

/** Whether the evidence has the number that a way of saying needs. */
export const fits = (way: string, { count }: ReasonEvidence): boolean =>
  count !== undefined || !/(?<!\p{Script=Latin})N(?!\p{Script=Latin})/u.test(way)

/** Blanks are capital letters that stand alone; what is filled in is looked at no more. */
export const filled = (way: string, { item, value, count, place, since, kind, attribute }: ReasonEvidence): string => {
  const shown = value === undefined ? '' : kind === 'taste' || attribute === 'category' ? leafOf(value) : value
  const blanks: Readonly<Record<string, string>> = {
    T: item ?? '',
    V: shown,
    N: String(count ?? ''),
    P: place ?? '',
    D: since ?? '',
  }
  return way.replace(/(?<!\p{Script=Latin})[TVNPD](?!\p{Script=Latin})/gu, (blank) => blanks[blank]!)
}

export function asCause(sentence: string, lang: ReasonLang): string {
  const [before, after] = CAUSES[lang]
  const bare = sentence.replace(/[.。]$/u, '')
  const joined = lang === 'ja' || lang === 'zh' || /^[\p{Lu}][\p{Lu}\d]/u.test(bare)
  return before + (joined ? bare : bare.charAt(0).toLowerCase() + bare.slice(1)) + after
}

import type { ReasonLang } from './reasons_wording.ts'

type Added = ReadonlyArray<readonly [kind: string, clause: string]>

/** Clauses that nothing bears out; {t} is a title. */
export const ADDED: Readonly<Record<ReasonLang, Added>> = {
  en: [
    ['material', 'made of oak'],
    ['place', 'from Italy'],
    ['comparative', 'cheaper than all others'],
    ['comparative', 'more popular than “{t}”'],
    ['superlative', 'the best of the shop'],
    ['person', 'as a parent you like this'],
    ['person', 'which fits your age'],
    ['time', 'bought every week'],
    ['quality', 'and it lasts for ever'],
    ['quantity', 'bought by most shoppers'],
    ['colour', 'in the same red'],
    ['promise', 'with a guarantee'],
    ['name', 'like “Golden Teapot Deluxe”'],
  ],
  de: [
    ['material', 'aus Eiche'],
    ['place', 'aus Italien'],
    ['comparative', 'günstiger als alle anderen'],
    ['comparative', 'beliebter als „{t}“'],
    ['superlative', 'das Beste im Shop'],
    ['person', 'weil Sie Kinder haben'],
    ['time', 'jede Woche gekauft'],
    ['quality', 'besonders haltbar'],
    ['name', 'wie „Goldene Kanne“'],
  ],
  fr: [
    ['material', 'en chêne'],
    ['place', 'fabriqué en Italie'],
    ['comparative', 'plus populaire que « {t} »'],
    ['superlative', 'le meilleur de la boutique'],
    ['person', 'car vous avez des enfants'],
    ['name', 'comme « Théière dorée »'],
  ],
  es: [
    ['material', 'de roble'],
    ['place', 'de Italia'],
    ['comparative', 'más popular que «{t}»'],
    ['superlative', 'el mejor de la tienda'],
    ['person', 'porque tiene hijos'],
    ['name', 'igual que «Tetera dorada»'],
  ],
  ja: [
    ['material', 'オーク材です'],
    ['place', 'イタリア製です'],
    ['comparative', '「{t}」より人気です'],
    ['superlative', '当店で一番です'],
    ['person', 'お子様のいるお客様に'],
    ['name', '「金の急須」と同じ'],
  ],
  zh: [
    ['material', '橡木制成'],
    ['place', '来自意大利'],
    ['comparative', '比「{t}」更受欢迎'],
    ['superlative', '本店最好'],
    ['person', '因为您有孩子'],
    ['name', '与「金茶壶」相同'],
  ],
}

/** Number words with what they are worth. */
export const COUNTED_WORDS: Readonly<Record<ReasonLang, ReadonlyArray<readonly [word: string, value: number]>>> = {
  en: [
    ['seventy', 70],
    ['eleven', 11],
    ['hundreds of', 300],
    ['a dozen', 12],
    ['thousands of', 2000],
    ['several', -1],
  ],
  de: [
    ['siebzig', 70],
    ['elf', 11],
    ['hunderte', 300],
    ['einige', -1],
  ],
  fr: [
    ['vingt', 20],
    ['cinquante', 50],
    ['des centaines de', 300],
  ],
  es: [
    ['veinte', 20],
    ['cincuenta', 50],
    ['cientos de', 300],
  ],
  ja: [
    ['七十', 70],
    ['数百', 300],
  ],
  zh: [
    ['七十', 70],
    ['数百', 300],
  ],
}

/** The same words with the parts changed over: who did it, to what, and which of two. By what the evidence says. */
export const FLIPPED: Readonly<Record<ReasonLang, Readonly<Record<string, readonly string[]>>>> = {
  en: {
    bought_together: [
      'You bought “T”, and N shoppers also bought this.',
      'You also bought “T”.',
      'You bought “T” and this.',
      'N shoppers bought “T” together with this.',
      'Bought N times with “T”.',
    ],
    complement: ['You ordered “T” with this.', 'N shoppers ordered this with “T”.'],
    bought_before: ['Shoppers bought this N times before.', 'You bought this N times, by shoppers.'],
    own_purchase: [
      'You bought this, like “T”.',
      'You bought this.',
      'You viewed “T”.',
      'Shoppers who bought “T” bought this.',
      'You bought “T” and this item.',
      'You bought “T” twice.',
    ],
    own_view: [
      'You bought “T”.',
      'You looked at this, like “T”.',
      'You looked at this.',
      'You ordered “T”.',
      'Viewed by customers of “T”.',
    ],
    cheaper: [
      '“T” costs less than this.',
      '“T” is cheaper than this item.',
      'This is cheaper, “T” costs less.',
      '“T” is cheaper.',
    ],
    reduced: ['Reduced to V.', 'Costs V.', 'V less than before.', 'The reduced price is V.', 'Reduced by V.'],
    trending: ['You bought this in P lately.', 'Bought N times in P.', 'Bought by N shoppers before.'],
    popular: ['You like this popular item.', 'Popular since 2020.', 'Bought by shoppers.'],
    new: ['New and popular since D.', 'Bought since D.'],
    taste: ['You bought V.', 'You viewed V.', 'Your V is interested in this.'],
    matches_query: ['You bought “V”.', 'This is your “V” shop.'],
    similar: ['The same as “T”.', 'You bought “T”, it is similar.'],
    shared_attribute: ['You bought V, like “T”.', 'Shoppers share V with “T”.'],
    shared_brand: ['You bought V, like “T”.'],
    picked: ['Chosen by you.', 'Chosen by customers.', 'Popular with the shop team.'],
  },
  de: {
    bought_together: [
      'Sie haben „T“ gekauft.',
      'N-mal zusammen mit „T“ gekauft.',
      'Sie haben auch diesen Artikel gekauft, wie „T“.',
    ],
    own_purchase: [
      'Sie haben diesen Artikel gekauft, wie „T“.',
      'Sie haben „T“ angesehen.',
      'Kunden haben „T“ gekauft.',
      'Sie haben dies gekauft.',
    ],
    own_view: ['Sie haben „T“ gekauft.', 'Kunden haben „T“ angesehen.'],
    cheaper: ['„T“ ist günstiger als dieser Artikel.', '„T“ kostet weniger.'],
    reduced: ['Reduziert auf V.', 'Um V reduziert.', 'Preis: V.'],
    bought_before: ['Kunden haben diesen Artikel N-mal gekauft.'],
    trending: ['Sie haben dies zuletzt in P gekauft.'],
  },
  fr: {
    bought_together: ['Vous avez acheté « T ».', 'Vous avez aussi acheté cet article avec « T ».'],
    own_purchase: ['Vous avez acheté cet article, comme « T ».', 'Vous avez vu « T ».'],
    own_view: ['Vous avez acheté « T ».'],
    cheaper: ['« T » coûte moins que cet article.', '« T » est moins cher.'],
    reduced: ['Prix : V.', 'Réduit de V.'],
  },
  es: {
    bought_together: ['Usted compró «T».', 'Compraste «T» y este artículo.'],
    own_purchase: ['Usted compró este artículo con «T».', 'Usted vio «T».'],
    own_view: ['Usted compró «T».'],
    cheaper: ['«T» cuesta menos que este artículo.', '«T» cuesta menos.'],
    reduced: ['Precio: V.', 'Rebajado a V.', 'Rebajado V.'],
  },
  ja: {
    bought_together: ['「T」を購入しました。', 'お客様は「T」を購入しています。', '「T」と一緒にN回購入されています。'],
    own_purchase: ['お客様はこちらを購入しました。', 'お客様は「T」を閲覧しました。', 'N人が「T」を購入しています。'],
    own_view: ['お客様は「T」を購入しました。'],
    cheaper: ['「T」はこちらより安いです。', '「T」は安いです。'],
    reduced: ['値下げ価格Vです。'],
  },
  zh: {
    bought_together: ['您购买过「T」。', '您也购买了「T」。', '与「T」一起购买N次。'],
    own_purchase: ['您购买过这款商品。', '您浏览过「T」。', '顾客购买过「T」。'],
    own_view: ['您购买过「T」。'],
    cheaper: ['「T」比这款商品便宜。', '「T」便宜。'],
    reduced: ['降价V。', '特价V。'],
  },
}

/** Turns a true sentence into its contrary, or into more than is known. */
export const DENIED: Readonly<Record<ReasonLang, ReadonlyArray<readonly [RegExp, string]>>> = {
  en: [
    [/^/u, 'Only '],
    [/^(?=New|Popular|Reduced|From|Chosen|Trending)/u, 'Not '],
    [/\bbought\b/u, 'never bought'],
    [/\bshoppers\b/u, 'of all shoppers'],
    [/\bcustomers\b/u, 'happy customers'],
    [/\b(\d+) /u, 'more than $1 '],
    [/\bsame\b/u, 'very best'],
    [/\bPopular\b/u, 'Most popular'],
    [/\bpopular\b/u, 'unpopular'],
    [/\bless\b/u, 'much less'],
    [/\blately\b/u, 'yesterday'],
  ],
  de: [
    [/\bhaben\b/u, 'haben nie'],
    [/\bKunden\b/u, 'alle Kunden'],
    [/\b(\d+)/u, 'über $1'],
    [/^Beliebt/u, 'Am beliebtesten'],
    [/^Neu/u, 'Nicht neu'],
    [/^/u, 'Nur hier: '],
  ],
  fr: [
    [/\bavez\b/u, "n'avez pas"],
    [/^(\d+) clients/u, 'Plus de $1 clients'],
    [/^Populaire/u, 'Très populaire'],
    [/^/u, 'Seulement : '],
  ],
  es: [
    [/\bcompr/u, 'no compr'],
    [/^(\d+) clientes/u, 'Más de $1 clientes'],
    [/^Popular/u, 'Muy popular'],
    [/^/u, 'Solo: '],
  ],
  ja: [
    [/しています。/u, 'していません。'],
    [/です。/u, 'ではないです。'],
    [/(\d+)人/u, '$1人以上'],
    [/(\d+)人/u, '$1人だけ'],
  ],
  zh: [
    [/购买/u, '没有购买'],
    [/(\d+)位/u, '超过$1位'],
    [/热门/u, '最热门'],
    [/符合/u, '不符合'],
  ],
}

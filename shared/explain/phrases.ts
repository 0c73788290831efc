/**
 * The sentences of template reasons, one table a language. Every blank is filled from an evidence record,
 * so a sentence can only say what the record says.
 */
export interface Phrases {
  boughtTogether(count: number, title: string): string
  goesWith(count: number, title: string): string
  boughtBefore(count: number): string
  sharedAttribute(name: string, value: string, title: string): string
  sharedBrand(value: string, title: string): string
  sharedCategory(value: string, title: string): string
  similar(title: string): string
  matchesQuery(query: string): string
  trending(count: number, market: string): string
  fresh(date: string): string
  popular(): string
}

const shown = (name: string) => name.replaceAll('_', ' ')

const english: Phrases = {
  boughtTogether: (count, title) => `${count} shoppers who bought “${title}” also bought this.`,
  goesWith: (count, title) => `Ordered together with “${title}” ${count} times.`,
  boughtBefore: (count) => (count === 1 ? 'You bought this before.' : `You bought this ${count} times.`),
  sharedAttribute: (name, value, title) => `Same ${shown(name)} as “${title}”: ${value}.`,
  sharedBrand: (value, title) => `From ${value}, like “${title}”.`,
  sharedCategory: (value, title) => `In ${value}, like “${title}”.`,
  similar: (title) => `Described much like “${title}”.`,
  matchesQuery: (query) => `Matches your search for “${query}”.`,
  trending: (count, market) => `Bought by ${count} shoppers in ${market} lately.`,
  fresh: (date) => `New since ${date}.`,
  popular: () => 'Popular in this shop.',
}

const german: Phrases = {
  boughtTogether: (count, title) => `${count} Käufer von „${title}“ haben auch dies gekauft.`,
  goesWith: (count, title) => `${count}-mal zusammen mit „${title}“ bestellt.`,
  boughtBefore: (count) =>
    count === 1 ? 'Das haben Sie schon einmal gekauft.' : `Das haben Sie ${count}-mal gekauft.`,
  sharedAttribute: (name, value, title) => `Wie bei „${title}“ (${shown(name)}): ${value}.`,
  sharedBrand: (value, title) => `Von ${value}, wie „${title}“.`,
  sharedCategory: (value, title) => `Aus ${value}, wie „${title}“.`,
  similar: (title) => `Ganz ähnlich beschrieben wie „${title}“.`,
  matchesQuery: (query) => `Passt zu Ihrer Suche „${query}“.`,
  trending: (count, market) => `In ${market} zuletzt von ${count} Personen gekauft.`,
  fresh: (date) => `Neu seit ${date}.`,
  popular: () => 'Beliebt in diesem Shop.',
}

const japanese: Phrases = {
  boughtTogether: (count, title) => `「${title}」を購入した${count}人がこちらも購入しています。`,
  goesWith: (count, title) => `「${title}」と一緒に${count}回注文されています。`,
  boughtBefore: (count) => (count === 1 ? '以前に購入された商品です。' : `これまでに${count}回購入されています。`),
  sharedAttribute: (name, value, title) => `「${title}」と同じ${shown(name)}：${value}`,
  sharedBrand: (value, title) => `「${title}」と同じブランド：${value}`,
  sharedCategory: (value, title) => `「${title}」と同じカテゴリー：${value}`,
  similar: (title) => `「${title}」と特徴がよく似ています。`,
  matchesQuery: (query) => `「${query}」の検索に一致しています。`,
  trending: (count, market) => `最近${market}で${count}人が購入しています。`,
  fresh: (date) => `${date}に入荷した新商品です。`,
  popular: () => '当店の人気商品です。',
}

const chinese: Phrases = {
  boughtTogether: (count, title) => `${count} 位購買「${title}」的顧客也買了這件。`,
  goesWith: (count, title) => `曾與「${title}」一起訂購 ${count} 次。`,
  boughtBefore: (count) => (count === 1 ? '您以前買過這件。' : `您已買過 ${count} 次。`),
  sharedAttribute: (name, value, title) => `與「${title}」相同的${shown(name)}：${value}`,
  sharedBrand: (value, title) => `與「${title}」同品牌：${value}`,
  sharedCategory: (value, title) => `與「${title}」同類別：${value}`,
  similar: (title) => `與「${title}」的特色十分相近。`,
  matchesQuery: (query) => `符合您搜尋的「${query}」。`,
  trending: (count, market) => `最近在${market}有 ${count} 人購買。`,
  fresh: (date) => `${date} 上架的新品。`,
  popular: () => '本店熱門商品。',
}

const TABLES: Readonly<Record<string, Phrases>> = { en: english, de: german, ja: japanese, zh: chinese }

/** The locale in which reasons are said: the asked one where there are sentences for its language, else English. */
export const spokenLocale = (locale: string): string =>
  Object.hasOwn(TABLES, locale.split('-', 1)[0]!.toLowerCase()) ? locale : 'en'

/** The language's table; English where a language has none. */
export const phrasesFor = (locale: string): Phrases => TABLES[spokenLocale(locale).split('-', 1)[0]!.toLowerCase()]!

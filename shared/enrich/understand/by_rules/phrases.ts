/** What the rule form says, per language. `{}` is the value as the source writes it. */
export interface RulePhrases {
  yes: string
  no: string
  joiner: string
  last: string
  colon: string
  materialQuestion: string
  materialAnswer: string
  colourQuestion: string
  colourAnswer: string
  capacityQuestion: string
  originQuestion: string
  sizeQuestion: string
  /** Whether something can be done: asked of an attribute such as `dishwasher_safe`. */
  flagQuestion: string
  flagNo: string
  forThing: string
  giftQuery: string
  capacityName: RegExp
  originName: RegExp
  sizeName: RegExp
  /** Passages that say whom or what an item is for. */
  forPatterns: readonly RegExp[]
  people: RegExp
}

export const RULE_PHRASES: Readonly<Record<'en' | 'de' | 'ja' | 'zh', RulePhrases>> = {
  en: {
    yes: 'Yes.',
    no: 'No.',
    joiner: ', ',
    last: ' and ',
    colon: ': ',
    materialQuestion: 'What is it made of?',
    materialAnswer: 'It is made of {}.',
    colourQuestion: 'Which colours does it come in?',
    colourAnswer: 'It comes in {}.',
    capacityQuestion: 'How much does it hold?',
    originQuestion: 'Where is it made?',
    sizeQuestion: 'Which sizes are available?',
    flagQuestion: 'Is it {}?',
    flagNo: 'Not {}',
    forThing: 'For {}',
    giftQuery: '{} gift',
    capacityName: /capacity|volume/i,
    originName: /^(?:made[ _]in|origin|country(?:[ _]of[ _]origin)?)$/i,
    sizeName: /^sizes?$/i,
    forPatterns: [
      /\b(?:perfect|ideal|great|good|suited|suitable|designed|made|meant|enough|a gift|gift|companion|choice|fit) for ((?!a\b .{0,20} price|us\b|it\b)[^.,;:!?()—]{3,60})(?=[.,;:!?()—]|$)/giu,
      /(?:^|[.!?] )For ((?:the |a |an |any |anyone |those |people )?[^.,;:!?()—]{3,60})(?=[.,;:!?()—]|$)/gu,
    ],
    people:
      /\b(?:anyone|everyone|lovers?|fans?|enthusiasts?|beginners?|cooks?|bakers?|gardeners?|campers?|hikers?|travell?ers?|readers?|writers?|artists?|students?|children|kids|adults|parents|families|couples|hosts?|musicians?|photographers?|professionals?|people|person|drinkers?|owners?|players?|collectors?|adventurers?|explorers?|minimalists?|individuals?|babies|athletes?|anglers?|seekers?|makers?|those)\b/i,
  },
  de: {
    yes: 'Ja.',
    no: 'Nein.',
    joiner: ', ',
    last: ' und ',
    colon: ': ',
    materialQuestion: 'Woraus ist es gemacht?',
    materialAnswer: 'Aus {}.',
    colourQuestion: 'In welchen Farben gibt es das?',
    colourAnswer: 'Es gibt das in {}.',
    capacityQuestion: 'Wie viel fasst es?',
    originQuestion: 'Wo wird es hergestellt?',
    sizeQuestion: 'Welche Größen gibt es?',
    flagQuestion: 'Ist es {}?',
    flagNo: 'Nicht {}',
    forThing: 'Für {}',
    giftQuery: '{} Geschenk',
    capacityName: /fassungsverm|inhalt|volumen|kapazit/i,
    originName: /^(?:herkunft|hergestellt[ _]in|made[ _]in)$/i,
    sizeName: /^größen?$/i,
    forPatterns: [
      /\b(?:ideal|geeignet|richtig|gemacht|gedacht|geschenk|passend) für ((?:den |die |das )?[^.,;:!?()]{3,60})/giu,
      /(?:^|[.!?] )Für ([^.,;:!?()]{3,60})/gu,
    ],
    people:
      /\b(?:alle|kinder|erwachsene|anfänger|köche|gärtner|liebhaber|fans|familien|paare|gäste|leser|menschen|trinker|profis)\b/i,
  },
  ja: {
    yes: 'はい。',
    no: 'いいえ。',
    joiner: '、',
    last: '、',
    colon: '：',
    materialQuestion: '材質は何ですか？',
    materialAnswer: '{}です。',
    colourQuestion: '色は何がありますか？',
    colourAnswer: '{}です。',
    capacityQuestion: '容量はどのくらいですか？',
    originQuestion: '産地はどこですか？',
    sizeQuestion: '大きさは何がありますか？',
    flagQuestion: '{}ですか？',
    flagNo: '{}不可',
    forThing: '{}に',
    giftQuery: '{} 贈り物',
    capacityName: /容量|内容量/,
    originName: /^(?:産地|原産国|生産地)$/,
    sizeName: /^(?:大きさ|サイズ)$/,
    forPatterns: [
      /([^、。「」\s]{2,18}の(?:贈り物|お祝い|お供|おもてなし))に/gu,
      /([^、。「」\s]{2,18}方)に(?:も|は)?(?:こそ)?[。、]?/gu,
      /([^、。「」\s]{2,14})に(?:ぴったり|おすすめ|最適|向いて|ちょうど)/gu,
    ],
    people: /方|人|子ども|子供|大人|お客|初心者|ファン|好き/u,
  },
  zh: {
    yes: '是。',
    no: '否。',
    joiner: '、',
    last: '、',
    colon: '：',
    materialQuestion: '是什麼材質？',
    materialAnswer: '{}。',
    colourQuestion: '有哪些顏色？',
    colourAnswer: '{}。',
    capacityQuestion: '容量多少？',
    originQuestion: '產地在哪？',
    sizeQuestion: '有哪些尺寸？',
    flagQuestion: '{}嗎？',
    flagNo: '不{}',
    forThing: '適合{}',
    giftQuery: '{} 禮物',
    capacityName: /容量/,
    originName: /^(?:產地|产地)$/,
    sizeName: /^(?:尺寸|大小)$/,
    forPatterns: [/(?:適合|适合)([^，。、「」\s]{2,16})/gu],
    people: /人|者|孩|客|朋友|初學/u,
  },
}

/** Words by what they do in a sentence, as they are written after folding (lower case, no diacritics). */

// Here and not imported: bundlers leave out lists that are not used only where they see this beside them.
/* @__NO_SIDE_EFFECTS__ */
const list = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Words in which a statement is put; what they state stands in the words beside them. */
export const HARMLESS_WORDS = {
  en: list(`made make making comes come coming available offered offer offers sold hold holds holding fit fits fitting measure measures
    measuring weigh weighs weighing feature features featuring featured include includes including included contain contains containing
    suit suits suited suitable safe use used uses using usable designed design designs crafted built constructed manufactured produced
    item items product products article piece thing material materials colour colours color colors colored coloured size sizes sized
    dimension dimensions capacity volume weight width height depth length diameter wide tall high deep long thick thickness heavy across
    option options variant variants choice choose version versions type kind style model set given gives give provides provide offers
    yes serves serve serving accommodates accommodate belongs consists consist composed equipped approximately approx roughly circa
    total overall exactly either goes go going shown shows has brand by maker from origin originates category occasion season room suitability
    intended meant works work property properties attribute describes described called named known form forms range ranges finish finished
    can able ok okay fine put placed keep kept take takes need get gets let lets cm mm ml kg`),
  de: list(`gemacht hergestellt gefertigt besteht bestehend erhaltlich verfugbar angeboten fasst fassen fassungsvermogen passt passen passend misst messen
    wiegt enthalt enthalten inklusive inbegriffen geeignet eignet sicher verwendbar verwendet benutzt nutzbar produkt artikel stuck material farbe
    farben grosse grossen mass masse abmessung abmessungen inhalt gewicht breite hohe tiefe lange durchmesser breit hoch tief lang dick starke
    variante varianten ausfuhrung ausfuhrungen auswahl art sorte modell set bietet verfugt ja rund circa ungefahr insgesamt genau besitzt marke
    stammt kommt herkunft kategorie anlass stil gibt steht bleibt lasst nutzen verwenden fest tauglich`),
  fr: list(
    'fabrique fait disponible contient mesure pese convient produit article couleur couleurs taille matiere capacite oui',
  ),
  es: list('hecho disponible contiene mide pesa apto producto articulo color colores talla material capacidad si'),
} as const

/** Japanese and Chinese words of the same kind. */
export const HARMLESS_CJK = {
  ja: list(`商品 製品 品 素材 材質 材料 色 カラー サイズ 寸法 大きさ 容量 重さ 重量 幅 高さ 奥行 奥行き 長さ 直径 径 使用 使える 使う 対応 可能 可 適 向き 用 製
    展開 種類 入り 入る セット 約 ほど 程度 以上 以下 最大 仕様 タイプ ブランド メーカー 産地 産 作り 作 作る 作られ 持つ 持ち 付き 付 含む 含まれ こと もの 物 方 お
    何 どんな どの いくつ はい いいえ ある あり なし です ます できる でき 場合 時 用途 季節 部屋 スタイル 商 選べる 選べ 届く 収まる 測る 量 一 個 枚 本 点 容`),
  zh: list(`商品 產品 产品 材質 材质 材料 素材 顏色 颜色 色 尺寸 大小 容量 重量 寬 宽 寬度 宽度 高 高度 深 深度 長 长 長度 长度 直徑 直径 使用 可用 可以 可 適合 适合 適用 适用 用於 用于 的 是 有 為 为
    製成 制成 製 制 由 採用 采用 提供 包含 含 約 约 最多 最大 以上 以下 品牌 產地 产地 產 产 款 種 种 個 个 件 組 组 入 什麼 什么 多少 哪 嗎 吗 能 不能 會 会 和 與 与 或 在 用 以 了 也 這 这 此 本 其 之 及`),
} as const

/** Says that what follows (or, for suffixes, what precedes) is not so. */
export const NEGATORS = {
  en: list(`not no without never cannot cant wont isnt arent doesnt dont didnt wasnt werent neither nor avoid avoids lacks lack lacking
    prevents prevent exclude excludes excluding unsuitable unsafe except hardly instead rather unlike minus zero beware damages ruins`),
  de: list(
    `nicht kein keine keinen keinem keiner keines ohne nie niemals weder vermeiden vermeide statt anstatt ausser ungeeignet unsicher`,
  ),
  fr: list('ne pas sans jamais ni aucun aucune'),
  es: list('no sin nunca ni ningun ninguna'),
} as const

/** Ends what a negator governs. */
export const CONTRAST = {
  en: list(
    'but while whereas although though yet however because so since until then and which that who where when if',
  ),
  de: list('sondern aber jedoch wahrend obwohl weil damit dass und wenn'),
  fr: list('mais'),
  es: list('pero sino'),
} as const

/** `BPA free`: the word before is what is absent. */
export const FREE_SUFFIX = { en: ['free', 'less'], de: ['frei'] } as const

/** Words that may be put in for one another when they say that a thing may be done. */
export const SUITABILITY = {
  en: list('safe suitable suited suits suit proof okay ok fit fine friendly appropriate ready compatible resistant'),
  de: list('geeignet fest tauglich sicher passend eignet kompatibel'),
} as const

/** Such a word in the source's clause must stand in the claim too: a needed, optional or missing thing is not an included one. */
export const MODAL_MARKERS: ReadonlyArray<readonly [name: string, words: readonly string[]]> = [
  [
    'needed',
    list('require requires required requiring need needs needed benotigt erforderlich benotigen 必要 需要 別途'),
  ],
  [
    'separate',
    list(
      'separately optional optionally extra addition additional separat optional zusatzlich erhaltlich別売り 別売 另購 另购 選購',
    ),
  ],
  ['only', list('only just merely simply solely nur ausschliesslich のみ 専用 仅 僅 只 專用 专用')],
  [
    'imitation',
    list(
      'faux fake imitation effect look looks lookalike style inspired replica artificial printed plated tone toned optik imitat 風 調 仿',
    ),
  ],
]

/** Relations between an item and another thing; the thing beside them is not the item's own. */
export const OTHER_THING = {
  en: list(
    'like resembles resembling matches match matching beside alongside against unlike reminiscent inspired recalls replaces',
  ),
  de: list('wie ahnlich passend neben gegen erinnert'),
} as const

/** Parts of things: what is said of a part is not said of the whole. */
export const PARTS = {
  en: list(`strap handle lid base leg lining sole frame buckle trim stitch accent zipper zip wheel cover sheath case knob spout tip blade shaft
    head chain band bezel dial face pocket collar cuff sleeve hem button toggle clasp hook loop seat back arm cushion top tabletop drawer door shelf
    hinge rivet screw grip bristle wick liner filling insert basket saucer cord cable plug shade bulb stand foot feet heel upper tassel fringe
    edge rim lip interior exterior inside outside body backing label ribbon bow lens rope cap stopper ferrule tray net lace hardware detail panel
    yoke bracket core shell fill tine tong string fretboard neck key pedal bench upholstery background backdrop border print logo text lettering seam`),
  de: list(`griff deckel boden bein futter sohle rahmen schnalle rad bezug scheide huse knopf tulle spitze klinge stiel kopf kette
    band tasche kragen ausschnitt armel saum haken schlaufe sitz lehne platte schublade tur scharnier fullung einsatz korb untertasse schirm
    fuss absatz rand innenseite aussenseite korper verschluss henkel kabel ruckseite`),
} as const

/** Followed by one of these, a material names what the thing is for. */
export const CARE_NOUNS =
  list(`cleaner conditioner polish care brush cutter stain paint glue adhesive saw bit screw screws hanger oil wax soap
  repair protector spray wipes filler varnish drill soil pot holder`)

/** Advertising without a fact in it; a claim that needs these is no claim. */
export const PROMOTION = {
  en: [
    'best',
    'perfect',
    'ultimate',
    'unbeatable',
    'unrivalled',
    'unrivaled',
    'unmatched',
    'unparalleled',
    'amazing',
    'incredible',
    'awesome',
    'fantastic',
    'must have',
    'must-have',
    'number one',
    'no. 1',
    '#1',
    'world class',
    'best seller',
    'best-seller',
    'bestseller',
    'best selling',
    'best-selling',
    'top rated',
    'top-rated',
    'buy now',
    'order now',
    'shop now',
    'order today',
    'buy today',
    'add to cart',
    'limited time',
    'while stocks last',
    'hurry',
    'guaranteed',
    'satisfaction guaranteed',
    'money back',
    'risk free',
    'free shipping',
    'customers love',
    'everyone loves',
    'loved by',
    'you will love',
    "you'll love",
    'highly recommended',
    'we recommend',
    'recommended for everyone',
    'cheapest',
    'lowest price',
    'bargain',
    'world famous',
    'legendary',
    'once in a lifetime',
    'finest',
    'greatest',
    'superior',
    'second to none',
    'game changer',
    'revolutionary',
    'miracle',
    'award-winning',
    'discount',
    'discounts',
    'discounted',
    'refund',
    'refunds',
    'voucher',
    'coupon',
    'free gift',
    'free gifts',
    'five stars',
    'five star',
    'five-star',
    '5 stars',
    '5-star',
    'stars from',
    'supreme',
    'winner',
    'everybody',
    'lowest',
    'cheapest',
    'on sale',
    'clearance',
  ],
  de: [
    'beste',
    'bester',
    'bestes',
    'besten',
    'perfekt',
    'perfekte',
    'perfekter',
    'perfektes',
    'ultimativ',
    'ultimative',
    'unschlagbar',
    'unvergleichlich',
    'nummer eins',
    'bestseller',
    'jetzt kaufen',
    'jetzt bestellen',
    'muss man haben',
    'kunden lieben',
    'garantiert',
    'versandkostenfrei',
    'billigste',
    'gunstigste',
    'schnappchen',
    'weltklasse',
    'rabatt',
    'gutschein',
    'erstattung',
    'fünf sterne',
    'sensationell',
  ],
  ja: [
    '最高の',
    '最高級',
    '究極',
    '完璧',
    '世界一',
    '日本一',
    '業界初',
    'ナンバーワン',
    'No.1',
    '売れ筋',
    '人気商品',
    '大人気',
    'ベストセラー',
    '今すぐ',
    'お買い得',
    '絶対',
    '必ず買',
    '送料無料',
    '期間限定',
    'おすすめNo',
    '一番安い',
    '最安',
    '割引',
    '返金',
    '五つ星',
  ],
  zh: [
    '最好的',
    '最佳',
    '完美',
    '終極',
    '终极',
    '世界第一',
    '第一品牌',
    '銷量第一',
    '销量第一',
    '暢銷',
    '畅销',
    '熱賣',
    '热卖',
    '立即購買',
    '立即购买',
    '馬上買',
    '必買',
    '必买',
    '免運',
    '包邮',
    '限時',
    '限时',
    '絕對',
    '绝对',
    '無與倫比',
    '最低价',
    '最低價',
    '全网',
    '全網',
    '优惠',
    '優惠',
    '折扣',
    '退款',
    '五星',
  ],
} as const

/** English words with a capital at a claim's start that are no names. */
export const COMMON_STARTS =
  list(`gift gifts ideal great good nice lovely handy useful practical everyday daily weekend weekday home house family families friends people
  anyone everyone someone those cooks cook bakers baker gardeners gardener campers hikers walkers travellers travelers commuters readers writers artists
  students teachers parents mothers fathers grandparents couples hosts guests musicians photographers collectors lovers fans enthusiasts beginners
  professionals office work school travel outdoor outdoors indoor indoors camping hiking fishing cooking baking brewing serving dining entertaining storing
  decorating gardening reading writing painting relaxing sleeping bathing cleaning organising organizing carrying wearing layering making keeping
  morning evening afternoon night breakfast lunch dinner supper tea coffee wine beer bread cake soup salad picnic party parties wedding birthday
  holiday holidays summer winter spring autumn rainy cold warm hot kitchen garden bathroom bedroom living dining desk table shelf small large new young
  men women children kids babies boys girls teens adults seniors men's women's drinkers owners makers players shoppers buyers users sellers chefs
  runners cyclists swimmers anglers drummers guitarists pianists singers decorators crafters sewers knitters homeowners renters campsites
  casual formal business smart simple quick slow quiet busy first second long short everyday special romantic festive seasonal
  keep storing hosting enjoying celebrating adding giving using pairing warming cooling cutting chopping slicing pouring drinking eating sharing playing practising practicing
  recording listening watching working studying walking running riding driving shopping visiting staying sitting standing lounging`)

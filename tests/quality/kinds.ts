import type { Lang, Role } from '../../workers/local/openai/claims.ts'

export interface Quantity {
  role: Role
  unit: string
  range: readonly [from: number, to: number, step: number]
}
/** A kind of product: what one of it may be made of, measure and do. */
export interface Kind {
  noun: Record<Lang, string>
  category: string
  materials: readonly string[]
  parts: readonly string[]
  quantities: readonly Quantity[]
  features: readonly string[]
  substances: readonly string[]
  /** How many of the known devices it may be made for; 0 for none. */
  fits: number
  sizes: readonly string[]
  openers: readonly string[]
  uses: readonly string[]
  audiences: readonly string[]
}

const q = (role: Role, unit: string, from: number, to: number, step: number): Quantity => ({
  role,
  unit,
  range: [from, to, step],
})
const noun = (en: string, de: string, ja: string, zh: string) => ({ en, de, ja, zh })

export const KINDS: readonly Kind[] = [
  {
    noun: noun('bottle', 'Flasche', '水筒', '水壶'),
    category: 'Kitchen > Drinkware > Bottles',
    materials: ['stainless steel', 'borosilicate glass', 'titanium', 'aluminium', 'silicone', 'bamboo'],
    parts: ['lid', 'base', 'strap'],
    quantities: [
      q('capacity', 'ml', 250, 1_500, 50),
      q('height', 'cm', 15, 32, 1),
      q('weight', 'g', 120, 600, 10),
      q('diameter', 'cm', 5, 10, 0.5),
    ],
    features: ['dishwasher_safe', 'freezer_safe', 'microwave_safe'],
    substances: ['lead', 'latex'],
    fits: 0,
    sizes: [],
    openers: ['A slim flask that keeps water cold on long days.', 'One bottle for the desk and for the trail.'],
    uses: ['camping and hiking', 'the office', 'long train rides'],
    audiences: ['cyclists and commuters', 'hikers'],
  },
  {
    noun: noun('knife', 'Messer', '包丁', '菜刀'),
    category: 'Kitchen > Knives',
    materials: ['stainless steel', 'titanium', 'oak', 'walnut', 'beech'],
    parts: ['handle', 'blade', 'case'],
    quantities: [q('length', 'cm', 15, 36, 1), q('weight', 'g', 80, 320, 10), q('guarantee', 'years', 1, 10, 1)],
    features: ['dishwasher_safe'],
    substances: ['nickel'],
    fits: 0,
    sizes: [],
    openers: ['A cook’s knife with a thin edge and a calm balance.', 'Ground by hand and finished with care.'],
    uses: ['herbs and vegetables', 'carving roasts'],
    audiences: ['home cooks', 'patient cooks'],
  },
  {
    noun: noun('phone case', 'Handyhülle', 'スマホケース', '手机壳'),
    category: 'Electronics > Phone Cases',
    materials: ['leather', 'silicone', 'cork', 'recycled plastic', 'aluminium'],
    parts: ['frame', 'lining', 'strap'],
    quantities: [q('weight', 'g', 18, 70, 1), q('guarantee', 'years', 1, 5, 1)],
    features: ['waterproof', 'foldable'],
    substances: ['latex', 'lead'],
    fits: 7,
    sizes: [],
    openers: [
      'A snug cover with a raised edge around the camera.',
      'Slim enough for a pocket, firm enough for a fall.',
    ],
    uses: ['everyday carry', 'travel'],
    audiences: ['commuters', 'photographers on the move'],
  },
  {
    noun: noun('desk lamp', 'Schreibtischlampe', 'デスクランプ', '台灯'),
    category: 'Home > Lighting > Lamps',
    materials: ['brass', 'aluminium', 'oak', 'concrete', 'marble', 'linen', 'rattan'],
    parts: ['base', 'shade', 'legs'],
    quantities: [
      q('power', 'W', 4, 60, 1),
      q('height', 'cm', 28, 70, 1),
      q('width', 'cm', 12, 40, 1),
      q('runtime', 'hours', 4, 30, 1),
    ],
    features: ['dimmable', 'rechargeable', 'batteries_included'],
    substances: ['lead'],
    fits: 0,
    sizes: [],
    openers: ['A quiet light for late reading.', 'It throws a warm pool of light and little glare.'],
    uses: ['reading in bed', 'the home office'],
    audiences: ['night readers', 'students'],
  },
  {
    noun: noun('rain jacket', 'Regenjacke', 'レインジャケット', '雨衣'),
    category: 'Clothing > Jackets',
    materials: ['nylon', 'polyester', 'cotton', 'merino wool'],
    parts: ['lining', 'body'],
    quantities: [q('weight', 'g', 220, 900, 10), q('length', 'cm', 60, 95, 1)],
    features: ['waterproof', 'machine_washable', 'foldable'],
    substances: ['latex'],
    fits: 0,
    sizes: ['XS', 'S', 'M', 'L', 'XL'],
    openers: ['A shell that packs into its own pocket.', 'Cut long at the back, with a deep hood.'],
    uses: ['wet commutes', 'walking the dog'],
    audiences: ['walkers', 'cyclists in the city'],
  },
  {
    noun: noun('face cream', 'Gesichtscreme', 'フェイスクリーム', '面霜'),
    category: 'Beauty > Skin Care',
    materials: ['borosilicate glass', 'aluminium', 'recycled plastic'],
    parts: [],
    quantities: [q('capacity', 'ml', 15, 200, 5)],
    features: ['scented'],
    substances: ['alcohol', 'parabens', 'silicones', 'palm oil'],
    fits: 0,
    sizes: [],
    openers: ['A light cream that sinks in within a minute.', 'A little goes a long way.'],
    uses: ['dry winters', 'the morning routine'],
    audiences: ['people who like short routines', 'gardeners with dry hands'],
  },
  {
    noun: noun('oatmeal biscuits', 'Haferkekse', 'オートミールビスケット', '燕麦饼干'),
    category: 'Food > Biscuits',
    materials: ['recycled plastic', 'aluminium'],
    parts: [],
    quantities: [q('weight', 'g', 80, 750, 10)],
    features: ['freezer_safe'],
    substances: ['gluten', 'lactose', 'added sugar', 'palm oil'],
    fits: 0,
    sizes: [],
    openers: ['Crisp biscuits with a hint of sea salt.', 'Baked twice, so that they stay crisp in the tin.'],
    uses: ['breakfast and elevenses', 'picnics'],
    audiences: ['tea drinkers', 'hikers'],
  },
  {
    noun: noun('earrings', 'Ohrringe', 'イヤリング', '耳环'),
    category: 'Jewellery > Earrings',
    materials: ['brass', 'copper', 'titanium', 'stainless steel', 'porcelain'],
    parts: ['frame', 'base'],
    quantities: [q('length', 'mm', 8, 60, 1), q('weight', 'g', 1, 12, 0.5), q('width', 'mm', 4, 30, 1)],
    features: [],
    substances: ['nickel', 'lead'],
    fits: 0,
    sizes: [],
    openers: ['A pair of small hoops with a hammered face.', 'They catch the light when you turn your head.'],
    uses: ['weddings', 'evenings out'],
    audiences: ['people who travel light', 'dancers'],
  },
  {
    noun: noun('side table', 'Beistelltisch', 'サイドテーブル', '边桌'),
    category: 'Furniture > Tables',
    materials: ['oak', 'walnut', 'bamboo', 'beech', 'marble', 'rattan', 'concrete'],
    parts: ['top', 'legs', 'frame'],
    quantities: [
      q('height', 'cm', 30, 75, 1),
      q('width', 'cm', 25, 90, 1),
      q('load', 'kg', 8, 60, 1),
      q('weight', 'kg', 2, 18, 0.5),
    ],
    features: ['foldable'],
    substances: [],
    fits: 0,
    sizes: [],
    openers: ['A small table that finds room beside any chair.', 'Three feet, so that it never wobbles.'],
    uses: ['small flats', 'balcony breakfasts'],
    audiences: ['people in small flats', 'readers'],
  },
  {
    noun: noun('backpack', 'Rucksack', 'リュックサック', '背包'),
    category: 'Bags > Backpacks',
    materials: ['nylon', 'polyester', 'cotton', 'leather', 'linen'],
    parts: ['lining', 'strap', 'base'],
    quantities: [
      q('capacity', 'l', 8, 65, 1),
      q('weight', 'kg', 0.4, 2.2, 0.1),
      q('load', 'kg', 5, 25, 1),
      q('height', 'cm', 38, 75, 1),
    ],
    features: ['waterproof', 'machine_washable', 'foldable'],
    substances: ['latex'],
    fits: 0,
    sizes: ['S', 'M', 'L'],
    openers: ['Two pockets, one zip, no fuss.', 'A pack with a back that breathes.'],
    uses: ['weekend trips', 'school and sports'],
    audiences: ['students', 'weekend travellers'],
  },
  {
    noun: noun('charging stand', 'Ladeständer', '充電スタンド', '充电支架'),
    category: 'Electronics > Chargers',
    materials: ['aluminium', 'walnut', 'silicone', 'bamboo', 'concrete'],
    parts: ['base', 'frame'],
    quantities: [
      q('power', 'W', 5, 100, 5),
      q('weight', 'g', 60, 450, 10),
      q('length', 'm', 0.5, 3, 0.5),
      q('guarantee', 'years', 1, 5, 1),
    ],
    features: ['foldable'],
    substances: ['lead'],
    fits: 20,
    sizes: [],
    openers: ['It holds the screen upright and the cable out of sight.', 'One stand for the bedside and the desk.'],
    uses: ['bedside tables', 'video calls'],
    audiences: ['people with many devices', 'commuters'],
  },
  {
    noun: noun('casserole', 'Schmortopf', 'キャセロール鍋', '炖锅'),
    category: 'Kitchen > Cookware',
    materials: ['cast iron', 'stainless steel', 'stoneware', 'copper', 'borosilicate glass'],
    parts: ['lid', 'handle', 'base'],
    quantities: [
      q('capacity', 'l', 1, 8, 0.5),
      q('heat', '°C', 180, 300, 10),
      q('weight', 'kg', 1, 7, 0.5),
      q('diameter', 'cm', 16, 34, 1),
    ],
    features: ['dishwasher_safe', 'microwave_safe', 'freezer_safe'],
    substances: ['lead', 'nickel'],
    fits: 0,
    sizes: [],
    openers: ['A heavy pot for slow Sundays.', 'It goes from the hob to the table.'],
    uses: ['stews and braises', 'baking bread'],
    audiences: ['families', 'slow cooks'],
  },
]

import type { Complement } from './types.ts'

const pair = (from: string, to: string, lift: number): Complement => ({ from, to, lift })

/** Complements of the demo shops, by shop id. Directed: whoever buys a fire bowl wants kindling, hardly the other way round. */
export const SHOP_COMPLEMENTS: Readonly<Record<string, readonly Complement[]>> = {
  'hearth-and-field': [
    pair('Kitchen > Tea > Teapots', 'Kitchen > Tea > Cups and Mugs', 2.7),
    pair('Kitchen > Tea > Teapots', 'Kitchen > Tea > Loose Tea', 2.7),
    pair('Kitchen > Tea > Cups and Mugs', 'Kitchen > Tea > Teapots', 1.8),
    pair('Kitchen > Tea > Loose Tea', 'Kitchen > Tea > Cups and Mugs', 1.9),
    pair('Kitchen > Cookware > Pots and Pans', 'Kitchen > Knives > Kitchen Knives', 1.8),
    pair('Kitchen > Cookware > Pots and Pans', 'Home > Cleaning > Brushes and Cloths', 1.9),
    pair('Kitchen > Baking > Tins and Tools', 'Kitchen > Storage > Jars and Larder', 2.3),
    pair('Table > Crockery > Plates and Bowls', 'Table > Linen > Cloths and Napkins', 2.4),
    pair('Table > Crockery > Plates and Bowls', 'Table > Glassware > Glasses and Jugs', 2.4),
    pair('Table > Linen > Cloths and Napkins', 'Home > Fragrance > Candles', 1.6),
    pair('Home > Bedroom > Bedding', 'Home > Textiles > Throws and Blankets', 2),
    pair('Home > Textiles > Throws and Blankets', 'Home > Textiles > Cushions', 2.2),
    pair('Garden > Pots > Pots and Planters', 'Garden > Seeds > Seeds and Bulbs', 2.7),
    pair('Garden > Seeds > Seeds and Bulbs', 'Garden > Tools > Hand Tools', 2.2),
    pair('Garden > Seeds > Seeds and Bulbs', 'Garden > Watering > Cans and Butts', 1.9),
    pair('Garden > Tools > Hand Tools', 'Garden > Tools > Trugs and Kneelers', 2.2),
    pair('Outdoor > Fire > Firepits and Kindling', 'Outdoor > Camping > Camp Kitchen', 2),
    pair('Outdoor > Camping > Camp Kitchen', 'Outdoor > Flasks > Flasks and Bottles', 2.3),
    pair('Outdoor > Flasks > Flasks and Bottles', 'Outdoor > Clothing > Rain and Walking', 1.8),
  ],
  tsukimi: [
    pair('文具 > 筆記具 > 万年筆', '文具 > インク > 瓶インク', 3),
    pair('文具 > インク > 瓶インク', '文具 > 紙もの > 便箋・封筒', 2.2),
    pair('文具 > 筆記具 > 万年筆', '文具 > 紙もの > ノート', 2.3),
    pair('文具 > 筆記具 > ペン・鉛筆', '文具 > 机まわり > 道具・入れ物', 2),
    pair('文具 > 紙もの > 手帳・暦', '文具 > 飾る > 紙テープ・印', 2.4),
    pair('文具 > 紙もの > ノート', '文具 > 飾る > 紙テープ・印', 1.6),
    pair('文具 > 書と絵 > 書道・絵の具', '文具 > 紙もの > 折り紙・千代紙', 1.6),
    pair('お茶 > 茶道具 > 急須', 'お茶 > 茶道具 > 湯呑・茶杯', 2.7),
    pair('お茶 > 茶道具 > 急須', 'お茶 > 茶葉 > 煎茶・玉露', 2.7),
    pair('お茶 > 茶葉 > 煎茶・玉露', 'お茶 > 茶道具 > 茶筒・茶さじ', 2.2),
    pair('お茶 > 茶葉 > 煎茶・玉露', 'お茶 > 菓子 > 茶請け', 2.2),
    pair('お茶 > 抹茶 > 抹茶と道具', 'お茶 > 菓子 > 茶請け', 2.4),
    pair('お茶 > 茶葉 > ほうじ茶・番茶', 'お茶 > 茶道具 > 湯呑・茶杯', 1.9),
    pair('器 > 飯と汁 > 飯碗・汁椀', '器 > 箸 > 箸・箸置き', 2.7),
    pair('器 > 皿と鉢 > 皿', '器 > 箸 > 箸・箸置き', 1.9),
    pair('台所 > 道具 > 鍋・飯道具', '器 > 飯と汁 > 飯碗・汁椀', 2.2),
    pair('台所 > 食卓 > 盆・弁当', '布 > 包む > 風呂敷・袋', 2.3),
    pair('暮らし > 湯 > 風呂・手入れ', '布 > 手ぬぐい > 手ぬぐい・ふきん', 1.8),
    pair('文具 > 机まわり > 読書の道具', '暮らし > 香り > 香・蝋燭', 1.6),
  ],
}

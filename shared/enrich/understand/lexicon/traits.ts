import type { LexiconLine } from './entry.ts'

export const GENDERS: readonly LexiconLine[] = [
  'women||women,womens,woman,ladies,lady,female,her,girlfriend,wife,mum,mom,mother|Damen,Frauen,Frau,sie,Mutter,Freundin|レディース,女性,婦人|女士,女性,女款,媽媽,妈妈',
  'men||men,mens,man,gentlemen,gentleman,male,him,boyfriend,husband,dad,father|Herren,Männer,Mann,ihn,Vater|メンズ,男性,紳士|男士,男性,男款,爸爸',
  'girls||girls,girl|Mädchen|女の子,女児|女孩,女童',
  'boys||boys,boy|Jungen,Junge|男の子,男児|男孩,男童',
  'unisex||unisex,gender neutral|Unisex|ユニセックス,男女兼用|男女通用,中性',
]

export const AGE_GROUPS: readonly LexiconLine[] = [
  'baby||baby,babies,infant,newborn,toddler|Baby,Babys,Säugling,Kleinkind|赤ちゃん,ベビー,乳児,新生児|嬰兒,婴儿,寶寶,宝宝,新生兒',
  'kids||kid,kids,child,children,childrens|Kinder,Kind|子ども,子供,キッズ,こども|兒童,儿童,小孩,孩子',
  'teens||teen,teens,teenager,teenage|Teenager,Jugendliche|十代,ティーン|青少年',
  'adults||adult,adults,grown up,grown ups|Erwachsene|大人,成人|成人,大人',
  'seniors||senior,seniors,elderly|Senioren,Seniorinnen|高齢者,シニア,お年寄り|老人,長者,年長者',
]

export const STYLES: readonly LexiconLine[] = [
  'modern||modern,contemporary|modern,zeitgenössisch|モダン|現代,现代,摩登',
  'minimalist||minimalist,minimal|minimalistisch,schlicht|ミニマル,シンプル|極簡,极简,簡約,简约',
  'classic||classic,traditional,timeless|klassisch,traditionell,zeitlos|伝統,クラシック,定番|經典,经典,傳統,传统',
  'vintage||vintage,retro,antique|vintage,retro,antik|ヴィンテージ,レトロ,アンティーク|復古,复古,古董',
  'rustic||rustic,farmhouse,country style|rustikal,Landhaus|素朴,カントリー|質樸,鄉村風,乡村风',
  'industrial||industrial|industriell,Industrial|インダストリアル|工業風,工业风',
  'bohemian||bohemian,boho|böhmisch,boho|ボヘミアン|波西米亞,波西米亚',
  'rugged||rugged|robust|無骨|粗獷',
  'elegant||elegant|elegant|上品,エレガント|優雅,优雅',
  'casual||casual|lässig,leger|カジュアル|休閒,休闲',
  'formal||formal|formell,festlich|フォーマル|正式',
  'sporty||sporty,athletic|sportlich|スポーティー|運動風,运动风',
  'scandinavian||scandinavian,nordic|skandinavisch,nordisch|北欧|北歐,北欧',
  'botanical||botanical|botanisch|ボタニカル|植物風',
  'coastal||coastal,nautical|maritim,nautisch|マリン|海洋風',
  'art_deco||art deco|Art déco|アールデコ|裝飾藝術',
  'japanese_modern||japanese modern|japanisch modern|和モダン|和風現代',
]

export const PATTERNS: readonly LexiconLine[] = [
  'striped||striped,stripe,pinstripe|gestreift,Streifen|縞,ストライプ,ボーダー|條紋,条纹',
  'checked||checked,checkered,chequered,plaid,tartan,gingham|kariert,Karo|格子,チェック,市松|格紋,格纹,格子',
  'floral||floral,flowery,flower print|geblümt,Blumenmuster,floral|花柄|花卉,花紋,印花',
  'polka_dot||polka dot,spotted|gepunktet,Punkte|水玉,ドット|圓點,波點,波点',
  'paisley||paisley|Paisley|ペイズリー|佩斯利',
  'herringbone||herringbone|Fischgrat|ヘリンボーン|人字紋,人字纹',
  'chevron||chevron,zigzag|Zickzack|シェブロン|鋸齒紋',
  'geometric||geometric|geometrisch|幾何学|幾何,几何',
  'camouflage||camouflage,camo|Camouflage,Tarnmuster|迷彩|迷彩',
  'leopard||leopard print,animal print,snake print|Leopardenmuster,Animal-Print|豹柄,ヒョウ柄|豹紋,豹纹',
  'plain||plain,plain coloured,solid colour|einfarbig,uni|無地|素色,純色,纯色',
  'seigaiha||seigaiha,wave pattern|Wellenmuster|青海波,波|波紋',
  'asanoha||hemp leaf pattern|Hanfblattmuster|麻の葉|麻葉',
]

export const OCCASIONS: readonly LexiconLine[] = [
  'birthday||birthday|Geburtstag|誕生日|生日',
  'wedding||wedding,bridal|Hochzeit|結婚式,結婚祝い,結婚|婚禮,婚礼,結婚,结婚',
  'anniversary||anniversary|Jahrestag|記念日|週年,周年',
  'christmas||christmas,xmas,advent|Weihnachten,weihnachtlich,Advent|クリスマス|聖誕,圣诞',
  'easter||easter|Ostern|イースター|復活節,复活节',
  'halloween||halloween|Halloween|ハロウィン|萬聖節,万圣节',
  'valentines||valentines,valentine|Valentinstag|バレンタイン|情人節,情人节',
  'mothers_day||mothers day|Muttertag|母の日|母親節,母亲节',
  'fathers_day||fathers day|Vatertag|父の日|父親節,父亲节',
  'new_year||new year,new years|Neujahr,Silvester|正月,新年,お年玉|新年,春節,春节',
  'graduation||graduation|Abschluss|卒業|畢業,毕业',
  'retirement||retirement|Ruhestand|退職,還暦|退休',
  'baby_shower||baby shower,newborn gift|Babyparty|出産祝い|彌月,滿月',
  'housewarming||housewarming|Einweihung|新築祝い,引っ越し祝い|喬遷,入厝',
  'party||party,parties|Party,Feier|パーティー,宴|派對,派对,聚會,聚会',
  'dinner_party||dinner party|Abendessen mit Gästen|おもてなし,来客|宴客',
  'picnic||picnic|Picknick|ピクニック|野餐',
  'camping||camping|Camping,Zelten|キャンプ|露營,露营',
  'travel||travel,travelling,traveling|Reise,Reisen|旅行,旅先|旅行',
  'office||office,work desk|Büro|オフィス,仕事場|辦公室,办公室',
  'tea_time||tea time,afternoon tea|Teezeit|お茶|下午茶,茶',
  'baking||baking|Backen|お菓子作り|烘焙',
  'everyday||everyday|Alltag|普段使い,毎日|日常',
]

export const ROOMS: readonly LexiconLine[] = [
  'kitchen||kitchen|Küche|台所,キッチン|廚房,厨房',
  'living_room||living room,lounge|Wohnzimmer|居間,リビング|客廳,客厅',
  'bedroom||bedroom|Schlafzimmer|寝室|臥室,卧室',
  'bathroom||bathroom|Badezimmer,Bad|浴室,風呂,洗面所|浴室',
  'dining||dining room,dining|Esszimmer,Esstisch|食卓,ダイニング|餐廳,餐桌,餐厅',
  'hallway||hallway,hall,entrance|Flur,Diele|玄関|玄關,玄关',
  'study||study,home office|Arbeitszimmer|書斎|書房,书房',
  'nursery||nursery|Kinderzimmer|子供部屋|嬰兒房,兒童房',
  'garden||garden|Garten|庭|花園,花园,庭園',
  'outdoors||outdoors,outdoor|draußen,Outdoor|野外,屋外,アウトドア|戶外,户外',
  'balcony||balcony,patio,terrace|Balkon,Terrasse|ベランダ,バルコニー|陽台,阳台,露台',
]

export const SEASONS: readonly LexiconLine[] = [
  'spring||spring|Frühling,Frühjahr|春|春天,春季,春',
  'summer||summer|Sommer|夏|夏天,夏季,夏',
  'autumn||autumn,fall season|Herbst|秋|秋天,秋季,秋',
  'winter||winter|Winter|冬|冬天,冬季,冬',
  'rainy||rainy season|Regenzeit|梅雨|梅雨',
  'all_season||all season,year round|ganzjährig|通年,一年中|四季',
]

export const FEATURES: readonly LexiconLine[] = [
  'pocket||pocket|Tasche mit Fach,Innentasche|ポケット|口袋',
  'zip||zip,zipper,zippered|Reißverschluss|ファスナー,チャック|拉鏈,拉链',
  'hood||hood,hooded|Kapuze|フード付き|連帽,连帽',
  'handle||handle,handled|Griff,Henkel|取っ手,持ち手|把手,提把',
  'wheels||wheels,castors,casters|Rollen,Räder|キャスター|滾輪,滚轮',
  'usb||usb|USB|USB|USB',
  'led||led|LED|LED|LED',
  'solar||solar|solar,Solar|ソーラー|太陽能,太阳能',
  'touchscreen||touchscreen,touch screen|Touchscreen|タッチパネル|觸控,触控',
  'noise_cancelling||noise cancelling,noise canceling|Geräuschunterdrückung|ノイズキャンセリング|降噪',
  'gps||gps|GPS|GPS|GPS',
  'timer||timer|Timer|タイマー|定時器',
]

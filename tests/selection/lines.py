"""Invented shows that set the traps of real ones."""

from datetime import date

from .shows import Line, Show, arcs, film, ova, remade, seasons, spin_off

LINES = (
    # seasons in words
    seasons(
        "wayfarer",
        "Hoshikuzu no Tabibito",
        "Stardust Wayfarer",
        "星屑の旅人",
        "星尘旅人",
        "24 23 12",
        others=[
            film(
                "Hoshikuzu no Tabibito 0",
                "Stardust Wayfarer 0",
                "劇場版 星屑の旅人 0",
                "2015-12-24",
            )
        ],
    ),
    seasons(
        "bookkeeper",
        "Maou-sama no Kaikei-gakari",
        "The Demon King's Bookkeeper",
        "魔王様の会計係",
        "魔王的会计",
        "12 12",
        others=[
            spin_off(
                "Maou-sama no Kaikei-gakari: Mini",
                "The Demon King's Bookkeeper Mini",
                "魔王様の会計係 みに",
                "2015-02-01",
            )
        ],
    ),
    seasons(
        "rain",
        "Ame Nochi Ryuu",
        "Rain, Then Dragons",
        "雨のち竜",
        "雨后之龙",
        "13 11 12 10",
        "word",
    ),
    seasons(
        "jellyfish",
        "Kurage Shokudou",
        "The Jellyfish Diner",
        "くらげ食堂",
        "水母食堂",
        "10 10",
        "capital",
        others=[
            spin_off("Ebi Shokudou", "The Shrimp Diner", "えび食堂", "2015-04-03"),
            film(
                "Kurage Shokudou Movie",
                "The Jellyfish Diner Movie",
                "映画 くらげ食堂",
                "2016-07-01",
            ),
        ],
    ),
    seasons(
        "unread", "Tsundoku Majo", "The Unread Witch", "積読魔女", "积读魔女", "12 12 12", "word"
    ),
    seasons(
        "lighthouse",
        "Toudai-mori no Neko, Yoru wo Iku.",
        "The Lighthouse Cat Walks by Night",
        "灯台守の猫、夜を行く。",
        "灯塔守猫夜行",
        "12 13",
    ),
    seasons(
        "clocktown",
        "Tokeimachi Rhapsody",
        "Clocktown Rhapsody",
        "時計町ラプソディ",
        "钟镇狂想曲",
        "26 26",
    ),
    seasons(
        "salt", "Shio to Kiseki", "Salt and Miracles", "塩と奇跡", "盐与奇迹", "11 11 11", "ordinal"
    ),
    # roman numerals
    seasons("castellan", "Shiromori", "Castellan", "城守", "守城者", "13 13 13 13", "roman"),
    seasons(
        "hunters",
        "Oni Gari",
        "Ogre Hunt",
        "鬼狩り",
        "猎鬼",
        "12 12",
        "roman",
        others=[
            film(
                "Oni Gari: Hakuma no Yama",
                "Ogre Hunt: White Mountain",
                "劇場版 鬼狩り 白魔の山",
                "2017-02-01",
            )
        ],
    ),
    seasons(
        "alchemy", "Renkin Gakuin", "Alchemy Academy", "錬金学院", "炼金学院", "24 12 12", "roman"
    ),
    seasons("visitor", "Visitor V", "Visitor V", "ビジターV", "访客V", "12 12", "word"),
    # bare digits
    seasons(
        "hero",
        "Eiyuu no Gakkou",
        "School of Heroes",
        "英雄の学校",
        "英雄学校",
        "13 25 25 25",
        "digit",
    ),
    seasons(
        "blessing",
        "Kono Mizuumi ni Kampai wo!",
        "Cheers to This Lake!",
        "この湖に乾杯を！",
        "为这湖水干杯",
        "10 10 11",
        "digit",
        others=[
            ova(
                "Kono Mizuumi ni Kampai wo! 2 OVA",
                "Cheers to This Lake! 2 OVA",
                "この湖に乾杯を！2 OVA",
                "2016-07-24",
            )
        ],
    ),
    seasons("oven", "Kamado Girls", "Oven Girls", "かまどガールズ", "灶台少女", "12 12", "digit"),
    # cours
    seasons(
        "family",
        "AGENT×HOME",
        "AGENT x HOME",
        "AGENT×HOME",
        "特工之家",
        "12+13 12",
        "word",
        others=[
            film(
                "AGENT×HOME CODE: Red",
                "AGENT x HOME CODE: Red",
                "劇場版 AGENT×HOME CODE: Red",
                "2018-12-22",
            )
        ],
    ),
    seasons(
        "journey",
        "Yume Tabi: Isekai de Hon Ki",
        "Dream Trip",
        "夢旅",
        "梦旅",
        "11+12 12+12",
        "roman",
        "part",
    ),
    seasons(
        "giants",
        "Kyojin no Mori",
        "Forest of Giants",
        "巨人の森",
        "巨人之森",
        "25 12 12+10",
        "word",
    ),
    seasons("volley", "Rally!!", "Rally!!", "ラリー！！", "拉力", "25 13+12", "ordinal", "nd"),
    seasons(
        "restart",
        "Re:Boot kara Hajimaru Kaisha Seikatsu",
        "Re:BOOT -Starting Over at the Office-",
        "Re:ブートから始まる会社生活",
        "Re:重启开始的公司生活",
        "25 13+12",
    ),
    seasons(
        "automata",
        "Gear:Automata Ver2.1b",
        "Gear:Automata Ver2.1b",
        "ギア:オートマタ Ver2.1b",
        "齿轮自动机",
        "12+12",
        "word",
        "cour",
    ),
    seasons(
        "eighty",
        "47: Forty Seven",
        "47 Forty-Seven",
        "47―フォーティセブン―",
        "47-不存在的战区",
        "11+12",
        "word",
    ),
    seasons("fantasy", "Tsukimichi Sanpo", "Moonlit Stroll", "月道散歩", "月道散步", "12 12+13"),
    # seasons with names
    arcs(
        "blades",
        "Yaiba no Sato",
        "Village of Blades",
        "刃の里",
        "刃之里",
        [
            ("", "", "", 26),
            ("Kajiya-hen", "Smith Arc", "鍛冶屋編", 11),
            ("Keiko-hen", "Training Arc", "稽古編", 8),
        ],
        others=[
            film(
                "Yaiba no Sato: Yakou Ressha-hen",
                "Village of Blades the Movie: Night Train",
                "劇場版 刃の里 夜行列車編",
                "2016-10-16",
            )
        ],
    ),
    arcs(
        "abyss",
        "Fukami no Machi",
        "Town in the Deep",
        "深みの街",
        "深渊之城",
        [("", "", "", 13), ("Gekkou no Miyako", "Capital of Moonlight", "月光の都", 12)],
    ),
    arcs(
        "romance",
        "Toko-sama wa Makenai",
        "Miss Toko Won't Lose",
        "桃子様は負けない",
        "桃子不认输",
        [
            ("", "", "", 12),
            ("Second Stage", "Second Stage", "セカンドステージ", 12),
            ("Ultra Sweet", "Ultra Sweet", "ウルトラスイート", 13),
        ],
        others=[
            ova(
                "Toko-sama wa Makenai OVA",
                "Miss Toko Won't Lose OVA",
                "桃子様は負けない OVA",
                "2018-05-19",
            )
        ],
    ),
    arcs(
        "sword",
        "Ken no Kyoukai",
        "Boundary of Swords",
        "剣の境界",
        "剑之境界",
        [
            ("", "", "", 40),
            ("Shinkai", "Deep World", "深界", 24),
            ("Shinkai - Tasogare no Kuni", "Deep World - Twilight Land", "深界 黄昏の国", 12),
        ],
    ),
    arcs(
        "striker",
        "Red Goal",
        "RED GOAL",
        "レッドゴール",
        "红色球门",
        [("", "", "", 24), ("vs. U-18 WORLD", "vs. U-18 WORLD", "VS. U-18 WORLD", 14)],
        others=[
            film(
                "Red Goal: EPISODE Kaji",
                "RED GOAL THE MOVIE -EPISODE KAJI-",
                "劇場版 レッドゴール EPISODE 梶",
                "2016-04-19",
            )
        ],
    ),
    arcs(
        "muscle",
        "Kinniku Mahou",
        "Muscle Magic",
        "筋肉魔法",
        "肌肉魔法",
        [("", "", "", 12), ("Shiken-hen", "The Exam Arc", "試験編", 12)],
    ),
    arcs(
        "spirits",
        "Reijuu Kikou",
        "Spirit Chronicle",
        "霊獣紀行",
        "灵兽纪行",
        [
            ("", "", "", 12),
            ("Higashi no Umi", "The Eastern Sea", "東の海", 12),
            ("Nishi no Sabaku", "The Western Desert", "西の砂漠", 12),
        ],
    ),
    # signs
    seasons(
        "band",
        "Hoka-Go!",
        "HOKA-GO!",
        "ほかごー！",
        "放课后",
        "12",
        others=[
            spin_off("Hoka-Go!!", "HOKA-GO!!", "ほかごー！！", "2016-04-07", 24, "TV", "SEQUEL")
        ],
    ),
    seasons(
        "silver",
        "Gindama",
        "Silver Ball",
        "銀球",
        "银球",
        "49",
        others=[spin_off("Gindama'", "Silver Ball'", "銀球'", "2017-04-04", 51, "TV", "SEQUEL")],
    ),
    # numbers in titles
    seasons("days", "63 Days", "63 Days", "63デイズ", "63天", "12"),
    seasons(
        "psycho",
        "Denpa Shounen 100",
        "Radio Boy 100",
        "電波少年100",
        "电波少年100",
        "12 13 12",
        "roman",
    ),
    seasons("fraction", "31/4", "31/4", "サンジュウイチ", "三十一分之四", "12"),
    seasons(
        "years",
        "Slime Kai de 300-nen, Itsu no Ma ni ka",
        "Keeping Slimes for 300 Years",
        "スライム飼って300年",
        "养史莱姆300年",
        "12 12",
    ),
    seasons(
        "bucket",
        "Kaiju 100: Yaritai 100 no Koto",
        "Kaiju 100: A List of 100 Wishes",
        "カイジュウ100",
        "怪兽100",
        "12",
    ),
    seasons(
        "future", "2189: Tsuki no Umi", "2189: Sea of the Moon", "2189 月の海", "2189 月之海", "12"
    ),
    seasons("resolution", "Kane 1080", "Bell 1080", "鐘1080", "钟1080", "12"),
    seasons("gate", "Kagi", "Key", "鍵", "钥", "12 12", "ordinal"),
    seasons(
        "zero",
        "Steam;Lab",
        "Steam;Lab",
        "スチーム・ラボ",
        "蒸汽实验室",
        "24",
        others=[
            spin_off(
                "Steam;Lab 0",
                "Steam;Lab 0",
                "スチーム・ラボ ゼロ",
                "2018-04-12",
                23,
                "TV",
                "SEQUEL",
            )
        ],
    ),
    seasons("ward", "Dai 3 Byoutou", "Ward No. 3", "第3病棟", "第3病栋", "12 12", "ordinal"),
    seasons(
        "lion", "5-gatsu no Tora", "May Comes in Like a Tiger", "5月のトラ", "五月的老虎", "22 22"
    ),
    # without end
    seasons(
        "pirate",
        "Kaizoku Hakusho",
        "Pirate White Paper",
        "海賊白書",
        "海贼白皮书",
        "?",
        year=1999,
        others=[
            film(
                "Kaizoku Hakusho Film: Gold Rush",
                "Pirate White Paper Film: Gold Rush",
                "海賊白書 FILM GOLD RUSH",
                "2016-07-23",
            )
        ],
    ),
    seasons(
        "detective",
        "Kotantei Jinroku",
        "Record of a Small Detective",
        "小探偵塵録",
        "小侦探尘录",
        "?",
        year=1996,
        others=[
            spin_off(
                "Kotantei Jinroku: Tea Break",
                "Record of a Small Detective: Tea Break",
                "小探偵塵録 ティーブレイク",
                "2022-04-05",
                6,
            )
        ],
    ),
    seasons("ninja", "Kage Gakuen", "Shadow School", "影学園", "影学园", "220", year=2002),
    # remakes
    seasons(
        "basket",
        "Peach Cart (2019)",
        "Peach Cart (2019)",
        "ピーチカート (2019)",
        "桃子推车",
        "25",
        year=2019,
        others=[remade("Peach Cart", "Peach Cart", "ピーチカート", "2001-07-05", 26)],
    ),
    seasons(
        "seeker",
        "SEEKER×SEEKER (2011)",
        "Seeker x Seeker (2011)",
        "SEEKER×SEEKER (2011)",
        "全职探索者",
        "148",
        year=2011,
        others=[remade("SEEKER×SEEKER", "Seeker x Seeker", "SEEKER×SEEKER", "1999-10-16", 62)],
    ),
    seasons(
        "iron",
        "Tetsu no Jutsushi: IRON SAGE",
        "Iron Sage: Fellowship",
        "鉄の術師 IRON SAGE",
        "铁之术师",
        "64",
        year=2009,
        others=[remade("Tetsu no Jutsushi", "Iron Sage", "鉄の術師", "2003-10-04", 51)],
    ),
    # one season
    seasons("rock", "Hitori Rock!", "HITORI ROCK!", "ひとりろっく！", "独自摇滚", "12"),
    seasons("chain", "Nokogiri Otoko", "Saw Blade Boy", "ノコギリ男", "锯男", "12"),
    seasons("cook", "Meikyuu Gohan", "Labyrinth Lunch", "迷宮ごはん", "迷宫午餐", "24"),
    seasons(
        "aisle",
        "Konbini no Ryuujin",
        "The Dragon God of Aisle Five",
        "コンビニの龍神",
        "便利店龙神",
        "12",
    ),
    seasons(
        "postman",
        "Tegami wa Sora wo Tobu",
        "Letters Fly the Sky",
        "手紙は空を飛ぶ",
        "信飞天空",
        "13",
    ),
    seasons(
        "violin", "Uso to Violin", "Lies and a Violin", "嘘とヴァイオリン", "谎言与小提琴", "22"
    ),
    seasons("nova", "Nova Persona", "Nova Persona", "ノヴァ・ペルソナ", "新星人格", "12"),
    seasons(
        "ghost",
        "Yuurei-kan no Shitsuji & Meido",
        "The Ghost House Butler & Maid",
        "幽霊館の執事とメイド",
        "鬼馆管家",
        "12",
    ),
    seasons("camp", "Mori Camp△", "Woodland Camp", "もりキャン△", "森林露营", "12 13", "capital"),
    seasons(
        "season-word", "Shiki no Season", "A Season for Shiki", "四季のシーズン", "四季之季", "12"
    ),
    seasons("tower", "Tou no Ue no Koi", "Love atop the Tower", "塔の上の恋", "塔上之恋", "12"),
    seasons("umbrella", "Kasa ga Nai!", "No Umbrella!", "傘がない！", "没有伞", "12"),
    seasons(
        "bakery", "Panya no Kaidan", "Ghost Stories of a Bakery", "パン屋の怪談", "面包店怪谈", "13"
    ),
    seasons(
        "satellite", "Eisei Shoujo Luna", "Satellite Girl Luna", "衛星少女ルナ", "卫星少女", "24"
    ),
    seasons("ferry", "Watashibune no Uta", "Song of the Ferry", "渡し舟の唄", "渡船之歌", "12"),
    seasons(
        "mirror",
        "Kagami no Naka no Niwa",
        "The Garden in the Mirror",
        "鏡の中の庭",
        "镜中庭园",
        "12",
    ),
    # films of their own
    Line(
        "film",
        (
            Show(
                key="s1",
                romaji="Kimi no Koe.",
                english="Your Voice.",
                native="君の声。",
                chinese="你的声音",
                episodes=1,
                start=date(2016, 8, 26),
                base="Kimi no Koe.",
                english_base="Your Voice.",
                short="Kimi no Koe.",
                format="MOVIE",
                season=None,
            ),
        ),
    ),
)
LINE = {line.key: line for line in LINES}

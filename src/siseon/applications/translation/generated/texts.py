"""What stands on generated pages, in five languages: each row says one thing."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal, NamedTuple

Language = Literal["en", "es", "zh", "ja", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "es", "zh", "ja", "ko")


class Saying(NamedTuple):
    """One thing, said in each language."""

    en: str
    es: str
    zh: str
    ja: str
    ko: str


SIGNS = (
    Saying("Wet paint", "Pintura fresca", "油漆未干", "ペンキ塗りたて", "페인트 주의"),
    Saying("No parking", "Prohibido aparcar", "禁止停车", "駐車禁止", "주차 금지"),
    Saying("Emergency exit", "Salida de emergencia", "紧急出口", "非常口", "비상구"),
    Saying("Mind the step", "Cuidado con el escalón", "小心台阶", "段差に注意", "계단 조심"),
    Saying("Summer sale", "Rebajas de verano", "夏季大减价", "夏のセール", "여름 세일"),
    Saying(
        "Fresh bread every day",
        "Pan fresco todos los días",
        "每天新鲜面包",
        "毎日焼きたてパン",
        "매일 신선한 빵",
    ),
    Saying("Open until nine", "Abierto hasta las nueve", "营业至九点", "九時まで営業", "아홉 시까지 영업"),
    Saying(
        "Tickets at the entrance", "Entradas en la puerta", "门口售票", "入口で切符販売", "입구에서 표 판매"
    ),
    Saying(
        "Please wash your hands",
        "Lávese las manos, por favor",
        "请洗手",
        "手を洗ってください",
        "손을 씻어 주세요",
    ),
    Saying("Children play here", "Aquí juegan niños", "儿童在此玩耍", "子供が遊んでいます", "어린이 놀이터"),
    Saying("City museum", "Museo de la ciudad", "城市博物馆", "市立博物館", "시립 박물관"),
    Saying("Street market", "Mercado callejero", "街头集市", "青空市場", "거리 시장"),
)
"""Short ones, for titles and signs."""

NOTICES = (
    Saying(
        "Keep the door closed, the cat is not allowed outside",
        "Mantenga la puerta cerrada, el gato no debe salir",
        "请关好门，猫不能出去",
        "猫が外に出ないように、ドアを閉めてください",
        "고양이가 나가지 않도록 문을 닫아 주세요",
    ),
    Saying(
        "The library is closed on Monday and on holidays",
        "La biblioteca cierra los lunes y los días festivos",
        "图书馆星期一和节假日不开放",
        "図書館は月曜日と祝日は休みです",
        "도서관은 월요일과 공휴일에 쉽니다",
    ),
    Saying(
        "Swimming is only allowed between the two red flags",
        "Solo se permite nadar entre las dos banderas rojas",
        "只能在两面红旗之间游泳",
        "二本の赤い旗の間だけで泳いでください",
        "두 개의 붉은 깃발 사이에서만 수영하세요",
    ),
    Saying(
        "Bring your own cup and get the second coffee for free",
        "Traiga su taza y el segundo café es gratis",
        "自带杯子，第二杯咖啡免费",
        "カップを持ってくると二杯目のコーヒーは無料です",
        "컵을 가져오시면 두 번째 커피는 무료입니다",
    ),
    Saying(
        "The last train to the harbour leaves at half past ten",
        "El último tren al puerto sale a las diez y media",
        "去港口的末班车十点半出发",
        "港へ行く最終電車は十時半に出ます",
        "항구로 가는 마지막 기차는 열 시 반에 떠납니다",
    ),
    Saying(
        "Music, food and games for the whole family in the park",
        "Música, comida y juegos para toda la familia en el parque",
        "公园里有适合全家的音乐、美食和游戏",
        "公園で家族みんなの音楽と食べ物とゲーム",
        "공원에서 온 가족을 위한 음악과 음식과 놀이",
    ),
)
"""Longer ones, for paragraphs."""

SPEECHES = (
    Saying(
        "What was that noise?", "¿Qué fue ese ruido?", "那是什么声音？", "今の音は何だ？", "저게 무슨 소리지?"
    ),
    Saying(
        "I do not see anyone here",
        "Aquí no veo a nadie",
        "我在这里看不到人",
        "ここには誰もいない",
        "여기 아무도 없는데",
    ),
    Saying(
        "Wait for me, please!", "¡Espérame, por favor!", "请等等我！", "待ってください！", "기다려 주세요!"
    ),
    Saying(
        "We must leave before night",
        "Debemos irnos antes de la noche",
        "我们必须在天黑前离开",
        "夜になる前に出よう",
        "밤이 되기 전에 떠나야 해",
    ),
    Saying(
        "Are you sure this is the way?",
        "¿Seguro que es por aquí?",
        "你确定是这条路吗？",
        "本当にこの道なのか？",
        "이 길이 확실해?",
    ),
    Saying("Look at the sky!", "¡Mira el cielo!", "看天空！", "空を見ろ！", "하늘을 봐!"),
    Saying(
        "It cannot be true", "No puede ser verdad", "这不可能是真的", "そんなはずはない", "그럴 리가 없어"
    ),
    Saying(
        "Tomorrow will be another day",
        "Mañana será otro día",
        "明天又是新的一天",
        "明日はまた別の日だ",
        "내일은 또 다른 날이야",
    ),
    Saying(
        "I left the key at home",
        "Dejé la llave en casa",
        "我把钥匙忘在家里了",
        "鍵を家に忘れてきた",
        "열쇠를 집에 두고 왔어",
    ),
    Saying(
        "Nobody told me about it",
        "Nadie me lo dijo",
        "没有人告诉我",
        "誰も教えてくれなかった",
        "아무도 말해 주지 않았어",
    ),
)
"""For balloons."""

CAPTIONS = (
    Saying("One hour later", "Una hora después", "一小时后", "一時間後", "한 시간 뒤"),
    Saying(
        "Meanwhile in the city",
        "Mientras tanto, en la ciudad",
        "与此同时在城里",
        "その頃、街では",
        "한편 도시에서는",
    ),
    Saying("The next morning", "A la mañana siguiente", "第二天早上", "翌朝", "다음 날 아침"),
)

EVERYTHING = SIGNS + NOTICES + SPEECHES + CAPTIONS


def glossary(target: Language) -> MappingProxyType[str, str]:
    """Each text in every other language with what it is in ``target``."""
    return MappingProxyType(
        {
            getattr(saying, language): getattr(saying, target)
            for saying in EVERYTHING
            for language in LANGUAGES
            if language != target
        }
    )

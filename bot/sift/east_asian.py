"""Personal data as Japanese and Chinese posts write it, where no space ends a word."""

import re
from collections.abc import Callable, Iterator

from stdnum.cn import ric

from bot.sift.plain_text import LETTER, ONE_UNSPACED

Found = tuple[str, int, int]

# The long-vowel sign is typed for a hyphen between digits.
_HYPHEN = re.compile(r"(?<=\d)[ー一](?=\d)")
_MONEY = re.compile(r"(?<=\d)(?:円|圓|元|块|塊|万|萬|億|亿)")
_SIGN = "、"
"""Stands for a character of an unspaced script: neither a letter nor a blank."""

_KANJI = "々〇一-鿿ヶケヵ"
_KANA = "ぁ-んァ-ヴー"

# kind → what is numbered. The word "number" follows in _NUMBER.
_LABELS = {
    "order number": "注文|オーダー|受注|購入|订单|訂單|订购|訂購|购买|購買",
    "booking number": "予約|预订|預訂|预约|預約|订座|訂位",
    "customer number": "お客様|会員|顧客|ユーザー|客户|客戶|会员|會員|用户|用戶|保单|保單|合同|契約",
    "account number": "口座|アカウント|账户|帳戶|账|帳|银行卡|銀行卡|银行|銀行",
    "tracking number": "追跡|送り状|伝票|荷物|お?問い?合わ?せ|快递|快遞|运单|運單|物流|包裹|追踪|追蹤",
    "invoice number": "請求書?|領収書?|发票|發票",
    "case number": "受付|案件|ケース|工单|工單|服务单|服務單|投诉|投訴",
    "passport number": "パスポート|旅券|护照|護照",
    "driving licence number": "運転免許証?|免許証?|驾照|駕照|驾驶证|駕駛執照",
}
_NUMBER = r"(?:の?(?:番号|ナンバー|コード|ID|No\.?)|编号|編號|号码|號碼|号|號|单号|單號|代码|代碼)"
_LINK = r"[ ]{0,2}(?:は|が|:|=|是|为|為|「|【|\(|#){0,2}[ ]{0,2}[#「]?"
_VALUE = rf"(?P<value>(?=[A-Za-z-]{{0,8}}\d)[A-Za-z0-9]{{1,20}}(?:-[A-Za-z0-9]{{1,20}}){{0,4}})(?!{LETTER})"
_LABELLED = {
    kind: re.compile(rf"(?:{words}){_NUMBER}{_LINK}{_VALUE}", re.IGNORECASE)
    for kind, words in _LABELS.items()
}
_CALL_WORDS = (
    "電話番号|電話|携帯番号|携帯|ケータイ|連絡先|TEL|℡|☎|手机号码?|手機號碼?|手机|手機|电话号码|电话|電話號碼|"
    "联系方式|聯絡方式|致电"
)
_CALL = re.compile(
    rf"(?:{_CALL_WORDS})(?:は|が|:|是|为|為|\(|→|/|まで|に)?[ ]{{0,2}}"
    r"(?P<value>\+?\(?\d(?:[ ()-]{0,2}\d){6,13})(?!\d)",
    re.IGNORECASE,
)
_MESSENGER = re.compile(
    r"(?:微信号?|微信號|wechat|\bvx|LINEのID|LINE ?ID|LINE)"
    r"(?:(?:は|:|是|为|為)|(?<=号)|(?<=號)|(?<=ID))[ ]{0,2}"
    r"(?P<value>[A-Za-z][A-Za-z0-9_-]{4,19})"
    rf"(?!{LETTER})",
    re.IGNORECASE,
)
_PHONES = (
    re.compile(r"(?<![\dA-Za-z+-])0[5-9]0[- ]?\d{4}[- ]?\d{4}(?![\d-])"),  # Japan, mobile
    re.compile(r"(?<![\dA-Za-z+-])\(?0\d{1,4}\)?-?\d{1,4}-\d{4}(?![\d-])"),  # Japan and Taiwan, landline
    re.compile(r"(?<![\dA-Za-z+-])(?:86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\d-])"),  # China, mobile
    re.compile(r"(?<![\dA-Za-z+-])0\d{2,3}-\d{7,8}(?![\d-])"),  # China, landline
    re.compile(r"(?<![\dA-Za-z+-])09\d{2}-?\d{3}-?\d{3}(?![\d-])"),  # Taiwan, mobile
)
# Nobody's own: free and shared-cost lines of Japan, China and Taiwan.
_SERVICE = re.compile(
    r"(?<![\dA-Za-z+-])(?:0120-?\d{2,3}-?\d{3,4}|0570-?\d{2,3}-?\d{3,4}|080[019]-?\d{3}-?\d{3,4}|[48]00-\d{3,4}-?\d{3,4}|"
    r"400\d{7})(?![\d-])"
)
_PREFECTURES = (
    "北海道|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県|千葉県|東京都|神奈川県|新潟県|富山県|"
    "石川県|福井県|山梨県|長野県|岐阜県|静岡県|愛知県|三重県|滋賀県|京都府|大阪府|兵庫県|奈良県|和歌山県|鳥取県|島根県|"
    "岡山県|広島県|山口県|徳島県|香川県|愛媛県|高知県|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県|鹿児島県|沖縄県"
)
_JAPANESE_CODE = r"〒\s?\d{3}-?\d{4}|(?<!\d)\d{3}-\d{4}"
_BLOCK = r"[\d一二三四五六七八九十]{1,4}(?:(?:丁目|番地?|号|の|-)\s?\d{0,4}){1,4}"
_BUILDING = rf"(?:[ 、]?[{_KANJI}{_KANA}A-Za-z・]{{2,20}}[ ]?\d{{1,4}}(?:号室|号|室|階|F)?)?"
_JAPANESE = re.compile(
    rf"(?:(?:{_JAPANESE_CODE})[ 、]{{0,2}})?"
    rf"(?:(?:{_PREFECTURES})[{_KANJI}{_KANA}]{{0,16}}?|(?<![{_KANJI}])[{_KANJI}]{{1,5}}[市区町村][{_KANJI}ノのァ-ヴー]{{0,12}}?)"
    rf"{_BLOCK}{_BUILDING}"
)
_JAPANESE_CODE_ALONE = re.compile(r"〒\s?\d{3}-?\d{4}|(?<=郵便番号)[は: ]{0,2}(?P<code>\d{3}-?\d{4})(?!\d)")
_CHINESE_CODE_ALONE = re.compile(
    r"(?:邮编|邮政编码|郵遞區號|郵編)(?:是|为|為|:)?[ ]{0,2}(?P<code>\d{3,6})(?!\d)"
)
_PROVINCES = (
    "北京|上海|天津|重庆|重慶|广东|廣東|浙江|江苏|江蘇|四川|湖北|湖南|福建|山东|山東|河南|河北|陕西|陝西|辽宁|遼寧|吉林|"
    "黑龙江|黑龍江|安徽|江西|山西|云南|雲南|贵州|貴州|广西|廣西|海南|甘肃|甘肅|青海|宁夏|寧夏|新疆|西藏|内蒙古|"
    "台北|臺北|新北|桃园|桃園|台中|臺中|台南|臺南|高雄|新竹|基隆|嘉义|嘉義|香港|九龙|九龍|澳门|澳門|广州|廣州|深圳|杭州|"
    "南京|苏州|蘇州|武汉|武漢|成都|西安|青岛|青島|大连|大連|厦门|廈門|宁波|寧波|长沙|長沙|郑州|鄭州|沈阳|瀋陽|无锡|無錫"
)
_ROAD = r"(?:路|街|大道|道|巷|弄|胡同|村|花园|花園|小区|小區|苑|里)"
_HOUSE = (
    r"[\d一二三四五六七八九十]{1,4}(?:号|號|弄|巷|段|栋|棟|幢|单元|單元|楼|樓|座|室|之|-)"
    r"(?:[ ]?[\dA-Za-z一二三四五六七八九十]{0,5}"
    r"(?:号|號|弄|巷|段|栋|棟|幢|单元|單元|楼|樓|座|室|之|-|户|戶)?(?<![,。])){0,6}"
)
_CHINESE = re.compile(
    rf"(?:(?:{_PROVINCES})[一-鿿]{{0,16}}?|"
    rf"(?:(?<=住在)|(?<=寄到)|(?<=送到)|(?<=地址是)|(?<=地址:)|(?<=地址: ))[一-鿿]{{2,16}}?)"
    rf"{_ROAD}[一二三四五六七八九十]?{_HOUSE}"
)


def _taiwanese(value: str) -> bool:
    """Taiwan's identity number: a letter's two-digit number and nine digits, weighted: a multiple of 10."""
    letter = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(value[0].upper()) + 10
    digits = [letter // 10, letter % 10, *map(int, value[1:])]
    return sum(d * w for d, w in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


_NATIONAL: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (re.compile(r"(?<![\dA-Za-z-])\d{17}[\dXx](?![\dA-Za-z-])"), ric.is_valid),
    (re.compile(r"(?<![\dA-Za-z-])[A-Za-z][12]\d{8}(?![\dA-Za-z-])"), _taiwanese),
)
_HONG_KONG = re.compile(r"(?<![\dA-Za-z-])[A-Z]{1,2}\d{6}\([\dA]\)")
_NATIONAL_LABELLED = re.compile(
    r"(?:マイナンバー|個人番号|身份证号?码?|身份證號?碼?|身分證字?號?|在留カード(?:番号)?)"
    r"(?:は|が|も|の番号は|:|是|为|為)?[ ]{0,2}"
    r"(?P<value>[A-Za-z]{0,2}\d(?:[ -]?\d){6,17}[A-Za-z]{0,2})(?![\dA-Za-z])"
)


_CARD_LABELLED = re.compile(
    r"(?:卡号|卡號|カード番号|信用卡|银行卡|銀行卡|クレジットカード)(?:は|:|是|为|為)?[ ]{0,2}"
    r"(?P<value>\d(?:[ -]?\d){12,18})(?!\d)"
)
_BOOKING = re.compile(r"(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{5,8}")


def hyphened(text: str) -> str:
    """`text` at its length, with the signs that stand for a hyphen between digits made one."""
    return _HYPHEN.sub("-", text)


def without_unspaced(text: str) -> str:
    """`text` at its length for the patterns of spaced scripts: every other character ends a word there."""
    return ONE_UNSPACED.sub(_SIGN, _MONEY.sub("€", text))


def messenger_names(text: str) -> Iterator[Found]:
    """Names on WeChat and LINE, said to be such."""
    for found in _MESSENGER.finditer(text):
        yield "messenger name", found.start("value"), found.end("value")


def east_asian_data(text: str) -> Iterator[Found]:
    """(kind, start, end) of what leads to a person in Japanese and Chinese. `text` is plain and `hyphened`.

    An empty kind keeps a place from being taken: a service line is nobody's own number.
    """
    for found in _SERVICE.finditer(text):
        yield "", found.start(), found.end()
    for kind, pattern in _LABELLED.items():
        for found in pattern.finditer(text):
            if _BOOKING.fullmatch(found["value"]) or sum(c.isdigit() for c in found["value"]) >= 3:
                yield kind, found.start("value"), found.end("value")
    for found in _NATIONAL_LABELLED.finditer(text):
        yield "national number", found.start("value"), found.end("value")
    for found in _CARD_LABELLED.finditer(text):
        yield "card number", found.start("value"), found.end("value")
    for found in _HONG_KONG.finditer(text):
        yield "national number", found.start(), found.end()
    for pattern, check in _NATIONAL:
        for found in pattern.finditer(text):
            if check(found[0]):
                yield "national number", found.start(), found.end()
    for pattern in (_CHINESE, _JAPANESE):
        for found in pattern.finditer(text):
            yield "street address", found.start(), found.start() + len(found[0].rstrip(" 、-の"))
    for pattern in (_JAPANESE_CODE_ALONE, _CHINESE_CODE_ALONE):
        for found in pattern.finditer(text):
            yield "postcode", *(found.span("code") if found["code"] else found.span())
    for found in _CALL.finditer(text):
        yield "phone number", found.start("value"), found.end("value")
    for pattern in _PHONES:
        for found in pattern.finditer(text):
            yield "phone number", found.start(), found.end()

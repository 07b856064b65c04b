"""Street addresses with a house number, as people in the languages of the packs write them."""

import re
from collections.abc import Iterator

Found = tuple[str, int, int]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_UP = "A-ZÆØÅÄÖÜÉÈÀÂÊÎÔÇÑÁÍÓÚ"
_CAP = rf"(?:[{_UP}][\w'-]{{0,30}}(?!\.)|[{_UP}]\w{{0,2}}\.)"
_NO = (
    r"(?!0)\d{1,4}(?:[a-zA-Z](?!\w)|\s[A-HJ-Z](?![\w']))?"
    r"(?:\s?[-/]\s?\d{1,4}[a-zA-Z]?(?!\w)|-(?:I{1,3}|IV|hs|huis)(?!\w))?"
    r"(?![\w:%€$£]|[.,]\d)"
)
# Not a house number: "Hauptstraße 5 Minuten", "gade 12 km".
_NOT_UNIT = (
    r"(?!\s?(?:%|€|\$|£|(?i:km|m|min|mins|minut\w*|uhr|uur|kl|kr|kg|stk|std|stunden|timer|dage|tage|dagen|"
    r"dagar|jahre|"
    r"years?|days?|hours?|times?|gange|mal|keer|x)\b))"
)

# "Vestergade 12": words that end in a street word. The first group may stand in small letters.
_SURE = (
    r"gade|gaden|vej|vejen|stræde|strædet|vænget|gata|gatan|gaten|vägen|veien|vegen|gränden|straat|gracht|"
    r"kade|"
    r"straße|strasse|gasse|str\."
)
_WITH_CAPITAL = (
    r"väg|vei|veg|gränd|allé|alle|alleen|allén|allee|laan|weg|dijk|plein|singel|steeg|plads|pladsen|torv|"
    r"torvet|platz|"
    r"damm|ufer|steig|stieg|hof|plass|plassen|torget|torg|backen|bakken|stien|stigen|bulevarden|"
    r"boulevarden|kaj|kajen|"
    r"chaussee|markt|hoek|toften|parken|kirkegate|storgate|strandgate|tollbugate|kongensgate|skippergate"
)
_NO_STREETS = _words(
    "bahnhof hauptbahnhof friedhof parkplatz arbeitsplatz sitzplatz spielplatz stellplatz campingplatz "
    "flugplatz arbejdsplads sittplatz brigade motorvej motorvejen omvej undervej underveis underweg "
    "unterweg supermarkt baumarkt aktienmarkt arbeitsmarkt biomarkt drogeriemarkt getränkemarkt kade "
    "blokade decade arkade fassade marmelade limonade schokolade norweg halfweg onderweg einweg mehrweg "
    "vorstieg abstieg einstieg ausstieg umstieg aufstieg anstieg bahnsteig arbeidsplass parkeringsplass "
    "parkeringsplads barnehageplass sykkelvei gade vej alle hoek invalshoek geweg"
)
_COMPOUND = re.compile(
    rf"(?<![\w@#/-])(?P<street>(?:(?:[A-ZÆØÅÄÖÜ]\.\s?){{0,3}}(?:{_CAP}\s){{0,3}})?"
    rf"(?P<word>[\w'-]{{2,30}}?(?:{_SURE})|[{_UP}][\w'-]{{1,30}}?(?:{_WITH_CAPITAL})))[ ,]{{1,2}}"
    rf"(?P<no>{_NO}){_NOT_UNIT}",
)
# "Berliner Straße 12", "Nørre Allé 5", "Karl Johans gate 7", "Lange Weg 3".
_SECOND = (
    r"Straße|Strasse|Str\.|Allee|Weg|Platz|Damm|Gasse|Ring|Ufer|Allé|Alle|Gade|Vej|Plads|Boulevard|Torv|"
    r"Vei|vei|väg|Väg|Gata|gata|plass|Laan|Plein|Kade|Singel|Straat"
)
_TWO_WORDS = re.compile(
    rf"(?<![\w@#/-])(?:{_CAP}\s){{1,3}}(?:{_SECOND})\s(?P<no>{_NO}){_NOT_UNIT}"
    rf"|(?<![\w@#/-])(?:{_CAP}\s){{0,3}}{_CAP}(?<=s)\s(?:gate|Gate)\s(?P<no2>{_NO}){_NOT_UNIT}"
)
# Any street with a number, when postcode and place follow: "Engdraget 17, 4000 Roskilde".
_BEFORE_POSTCODE = re.compile(
    rf"(?<![\w@#/-])(?:{_CAP}\s){{0,3}}{_CAP}\s\d{{1,4}}(?:\s?[a-zA-Z](?!\w))?(?=(?:,\s?[\w. ]{{1,12}})?,\s?"
    rf"(?:[A-Z]{{1,2}}-)?(?:\d{{5}}(?:-\d{{3}})?|\d{{3}}\s\d{{2}}|\d{{4}}-\d{{3}}|\d{{4}}(?:\s?[A-Z]{{2}})?)\s"
    rf"[{_UP}][\w'-]{{2,}})"
)
_BARE_GERMAN = re.compile(
    rf"(?<!\w)(?:Am|An der|An den|Auf der|Auf dem|Im|In der|Unter den|Zum|Zur|Hinter der|Vor dem|Op de|"
    rf"Aan de|Aan het)\s"
    rf"{_CAP}(?:\s{_CAP})?\s\d{{1,3}}[a-z]?(?=,?\s(?:[A-Z]{{1,2}}-)?\d{{4,5}}\s)"
)
_FRENCH = re.compile(
    r"(?<![\w-])\d{1,4}(?:\s?(?:bis|ter|quater))?,?\s(?:rue|avenue|av\.|ave\.|boulevard|bd\.?|place|"
    r"chemin|allée|impasse|"
    r"quai|cours|route|square|passage|faubourg|sentier|villa)\s"
    rf"(?:(?:de la|de l'|des|du|de|d'|la|le|les|aux|au|à la)\s?){{0,2}}[\w'.-]{{2,30}}(?:[ -](?:de|du|des|"
    rf"la|le|{_CAP})\b){{0,4}}",
    re.IGNORECASE,
)
_NUMBER_LAST = re.compile(
    rf"(?<![\w-])(?:[Cc]alle|[Cc]/|[Aa]venida|[Aa]vda\.?|[Aa]v\.|[Pp]laza|[Pp]za\.?|[Pp]aseo|[Cc]amino|"
    rf"[Rr]onda|"
    rf"[Cc]arrer|[Tt]ravesía|[Vv]ia|[Vv]iale|[Pp]iazz(?:a|ale)|[Cc]orso|[Ll]argo|[Vv]icolo|[Ss]trada|"
    rf"[Cc]ontrada|[Rr]ua|[Rr]\.|[Pp]raça|[Tt]ravessa|[Ee]strada|[Aa]lameda|[Rr]odovia)\s?(?:(?:de la|de los|"
    rf"de las|del|de|da|do|das|dos|di|dei|degli|delle|della|la|el)\s){{0,2}}(?:{_CAP}\s?){{1,4}}"
    r"(?:\sde\s[\w]+)?,?\s?(?:n[ºo°.]{1,2}\s?|núm\.?\s|número\s)?\d{1,4}(?![\w:%€$£]|"
    r"[.,]\d)(?:\s?[ºª]\s?[A-Z]\b)?"
    r"(?:,\s?\d{1,2}[ºª°]\s?\w{0,4})?",
)
_ENGLISH_WORDS = (
    r"Street|St|Str|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Way|Crescent|Cres|Place|Pl|"
    r"Boulevard|Blvd|Terrace|"
    r"Gardens|Grove|Square|Sq|Hill|Row|Mews|Parkway|Pkwy|Highway|Hwy|Circle|Walk|Rise|Green|Quay|Wharf|"
    r"Vale|View|Parade"
)
_ENGLISH = re.compile(
    r"(?<![\w@#£$€.,:/-])(?:(?:Flat|Apt|Apartment|Unit|Suite|Room)\.?\s#?\w{1,5},?\s)?"
    rf"\d{{1,5}}[A-Za-z]?(?:-\d{{1,5}})?,?\s(?P<name>(?:[NSEW]\.?\s)?(?:(?:[A-Z][\w'-]{{0,25}}\.?|"
    rf"\d{{1,3}}(?:st|nd|rd|th))\s){{1,3}}"
    rf"(?:{_ENGLISH_WORDS}))(?![\w'])"
)
_ENGLISH_SMALL = re.compile(
    r"(?<![\w@#£$€.,:/-])\d{1,5}[a-z]?\s(?P<name>(?:[a-z']{2,20}\s){1,2}(?:street|road|rd|avenue|ave|lane|"
    r"crescent|"
    r"boulevard|terrace|st))(?![\w'-])(?!\s(?:food|lights?|price|team|view|works?|trip))\.?"
)
_NO_NAME = _words(
    "a an the my our your his her their this that on in of at to for from off per and or with by is are "
    "was no any minute minutes min mins hour hours day days week weeks month months year years second "
    "seconds times time mile miles km meters metres feet people men women cars lanes blocks more less "
    "other different new old star stars percent cent st nd rd th am pm way street busy long open lane "
    "point quid pounds dollars euros bucks big jan feb mar apr may june july aug sept sep oct nov dec "
    "january february march april august september october november december down up across along away "
    "into near back all"
)
_MAYBE_NAME = _words(
    "old new long big open busy lane street star march may august back down the st point way"
)
_PO_BOX = re.compile(
    r"(?<!\w)(?:P\.?\s?O\.? ?Box|Postboks|Postbus|Postfach|Apartado)\s\d{1,6}", re.IGNORECASE
)

_AREAS = (
    "AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|"
    "EN|EX|FK|FY|"
    "G|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|"
    "NE|NG|NN|NP|NR|"
    "NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|"
    "TS|TW|UB|W|WA|"
    "WC|WD|WF|WN|WR|WS|WV|YO|ZE"
)
_UK_CODE = rf"(?:{_AREAS})\d[\dA-HJKMNPR-Y]?\s?\d(?!GB|TB)[ABD-HJLNP-UW-Z]{{2}}"
_UK_POSTCODE = re.compile(rf"(?<![\w-])(?:{_UK_CODE})(?![\w-])")
_UK_POSTCODE_SMALL = re.compile(rf"(?<=postcode )(?:is )?(?P<code>{_UK_CODE})(?![\w-])", re.IGNORECASE)
_DUTCH_CODE_AND_NUMBER = re.compile(
    r"(?<![\w-])[1-9]\d{3}\s?(?!SA|SD|SS|AM|PM)[A-Z]{2}[ ,]{1,2}(?:nr\.?\s|huisnummer\s|"
    r"nummer\s)?\d{1,4}[a-zA-Z]?(?![\w:%€,.]\d?)"
    r"|(?<=postcode )[1-9]\d{3}\s?(?!SA|SD|SS)[A-Z]{2}(?!\w)"
)
_TOWN = rf"[{_UP}][\w'-]{{1,30}}"
_PLACE = (
    rf"(?!(?:Mobile|Phone|Tel|Fax|Email|Desk)\b){_TOWN}"
    rf"(?:[ -](?:{_TOWN}|[A-ZÆØÅ]\b|(?:am|an der|upon|on|de|sur|den|aan den|la|les)"
    rf"[ -]{_TOWN})(?:[ -]{_TOWN})?)?"
)
_FLOOR = (
    r"(?:\d{1,2}\.?\s?(?:sal|etage|OG|Etage|tr)\b\.?|(?:\d{1,2}|st|kl)\.?,?\s?(?:tv|th|mf)\b\.?|(?:st|"
    r"kl)\.(?=\s?(?:tv|th|mf|,))|"
    r"lejl\.?\s?\d+|lgh\.?\s?\d+|[Ww]ohnung\s\d+|[Aa]pt(?:\.\s?|\s)#?\w{1,5}|[Aa]partment\s\w{1,5}|"
    r"[Ff]lat\s\w{1,4}|[Ss]uite\s\w{1,5}|"
    r"[Uu]nit\s\w{1,4}|\d\s?hoog|bis|EG|HH\b|#\s?\d+\w?|appt\.?\s?\d+|étage\s\d|apto\.?\s?\d+|"
    r"\d{1,2}\.?[oaº°ª]\s?(?:[A-Z]\b|izq\w*\.?|dcha\.?|der\w*\.?)|"
    r"int(?:erno|\.)\s?\d+|scala\s\w\b|bloco\s\w+|\d{1,2}\.?[oº°]\s?(?:[Ee]sq|[Dd]to|[Dd]ir|[Ff]te|[Aa]ndar)\w*\.?)"
)
_TAIL = re.compile(
    rf"(?:\s{{0,3}},?\s{{0,3}}{_FLOOR}){{0,3}}"
    rf"(?:\s{{0,3}},?\s{{0,3}}(?:"
    rf"(?:(?:DK|D|NL|S|SE|N|NO|A|CH|F|FR|E|B|I|P|BR)-)?(?:\d{{5}}(?:-\d{{3}})?|\d{{3}}\s\d{{2}}|"
    rf"\d{{4}}-\d{{3}}|\d{{4}}(?:\s?[A-Z]{{2}}\b)?)(?:\s?,?\s{_PLACE})"
    rf"|\d{{4}}\s?(?!SA|SD|SS)[A-Z]{{2}}\b"
    rf"|(?:{_PLACE}\s?,?\s{{0,3}}){{0,2}}(?:{_UK_CODE})(?!\w)"
    rf"|(?:{_PLACE}\s?,?\s{{0,3}}){{1,2}}(?:[A-Z]{{2}}|[A-Z][a-z]+)?,?\s\d{{5}}(?:-\d{{4}})?(?!\w)"
    r"))?"
)


_DIGIT = re.compile(r"\d")
_NUMBER_BEHIND = re.compile(r"[\s,]\d")
_NUMBER_IN_FRONT = re.compile(r"\d(?:[a-z]|\s?(?:bis|ter|quater))?,?\s", re.IGNORECASE)
_STREET_WORDS = tuple(
    {word.replace("\\", "") for word in f"{_SURE}|{_WITH_CAPITAL}|{_SECOND}|gate|Gate".split("|")}
)
_FEWEST_WITH_POSTCODE = 5
"""Digits: one of the house, four of the postcode."""
_LETTERS_OF_A_CODE = re.compile(r"\d\s?[A-Za-z]{2}")


def street_addresses(text: str) -> Iterator[Found]:
    """Streets with a house number, with floor, postcode and place when they follow. `text` is plain."""
    digits = len(_DIGIT.findall(text))
    if not digits:
        return
    for start, end in _streets(text, digits):
        # "12 Mill Rd., York YO1 7AA": the dot is part of it only when something follows.
        tail = _TAIL.match(text, end + text.startswith(".", end))
        yield "street address", start, tail.end() if tail and tail[0] else end
    for pattern in (_UK_POSTCODE, _DUTCH_CODE_AND_NUMBER) if _LETTERS_OF_A_CODE.search(text) else ():
        for found in pattern.finditer(text):
            yield "postcode", found.start(), found.end()
    for found in _UK_POSTCODE_SMALL.finditer(text):
        yield "postcode", found.start("code"), found.end("code")


def _streets(text: str, digits: int) -> Iterator[tuple[int, int]]:
    if _has_street_word(text):
        for found in _COMPOUND.finditer(text):
            if found["word"].casefold() not in _NO_STREETS and not _is_year(found["no"]):
                yield found.start(), found.end("no")
        for found in _TWO_WORDS.finditer(text):
            if not _is_year(found["no"] or found["no2"]):
                yield found.start(), found.end()
    with_postcode = (_BEFORE_POSTCODE, _BARE_GERMAN) if digits >= _FEWEST_WITH_POSTCODE else ()
    in_front = _NUMBER_IN_FRONT.search(text) is not None
    for pattern in (_NUMBER_LAST, *with_postcode, *((_FRENCH,) if in_front else ()), _PO_BOX):
        for found in pattern.finditer(text):
            yield found.start(), found.start() + len(found[0].rstrip(" ,.'-"))
    for pattern in (_ENGLISH, _ENGLISH_SMALL) if in_front else ():
        for found in pattern.finditer(text):
            name = found["name"].casefold().split()[:-1]
            # In capitals only what is never a name stops it: there are an Old Mill Lane and a Long Street.
            unlikely = _NO_NAME - _MAYBE_NAME if pattern is _ENGLISH else _NO_NAME
            if not any(word.strip("'.") in unlikely for word in name):
                yield found.start(), found.end()


def _has_street_word(text: str) -> bool:
    """Whether a number stands behind a street word: cheaper than to look for the street's whole name."""
    return any(
        text[: number.start()].rstrip(" ,").endswith(_STREET_WORDS)
        for number in _NUMBER_BEHIND.finditer(text)
    )


def _is_year(number: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", number))

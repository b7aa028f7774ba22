"""Uzbek Cyrillic made from Uzbek Latin, so that the two scripts of one text cannot drift apart.

The letters follow the 1995 Latin alphabet. Loanwords do not follow from their letters: the Latin
spelling lost ц, ь, ъ, щ and э, and only a reviewed list can bring them back. Extend ROOTS and STEMS
when a reviewer finds another one.
"""

import re

# What people type for the marks of oʻ, gʻ and ʼ.
APOSTROPHES = "'`\u02bb\u02bc\u2018\u2019\u02b9\u00b4\u2032\uff07"

# What Uzbek Cyrillic texts write in Latin, too. Endings after them turn Cyrillic.
KEPT = [
    "eGov", "E-Gov", "e-gov", "Egov", "eQonaq", "eOtinish", "eLicense", "e-License", "WhatsApp",
    "Telegram", "Viber", "Instagram", "Facebook", "Messenger", "TikTok", "YouTube", "IMO",
    "Google", "Play", "Store", "App", "Apple", "Android", "iPhone", "iOS", "Windows", "Kaspi",
    "Zoom", "Gmail", "Wi-Fi", "WiFi", "Bluetooth", "Western", "Union", "MoneyGram", "Visa",
    "Mastercard", "PDF", "QR", "HTML", "MP3", "MP4", "JPEG", "JPG", "PNG", "SMS", "MMS", "SIM",
    "ID", "IP", "GPS", "USB", "URL", "VPN", "PIN", "CV", "FAQ", "SOS", "COVID", "WebP", "Opus",
    "IOM", "ILO", "EAEU", "UNHCR", "UNICEF", "UNODC", "OSCE", "ODIHR", "USAID", "GRETA",
    "ICMPD", "UTC", "GMT", "KZT", "USD", "EUR", "RUB", "UZS", "KGS", "TJS",
]  # fmt: skip
_KEPT_LONGEST_FIRST = "|".join(re.escape(kept) for kept in sorted(KEPT, key=len, reverse=True))

# Word beginnings after which anything may follow.
ROOTS = {
    # ц
    "abzats": "абзац",
    "aksent": "акцент",
    "aksiz": "акциз",
    "dotsent": "доцент",
    "fransuz": "француз",
    "kalsiy": "кальций",
    "kantselyar": "канцеляр",
    "konsentr": "концентр",
    "konsepsi": "концепци",
    "konsern": "концерн",
    "konsert": "концерт",
    "litsenz": "лиценз",
    "litsey": "лицей",
    "meditsina": "медицина",
    "ofitser": "офицер",
    "porsiya": "порция",
    "potensial": "потенциал",
    "prinsip": "принцип",
    "proporsi": "пропорци",
    "protsedur": "процедур",
    "protsent": "процент",
    "protsess": "процесс",
    "retsept": "рецепт",
    "retsidiv": "рецидив",
    "sellofan": "целлофан",
    "sement": "цемент",
    "sentner": "центнер",
    "senzura": "цензура",
    "shveysariya": "Швейцария",
    "shprits": "шприц",
    "silindr": "цилиндр",
    "sirkul": "циркул",
    "sitrus": "цитрус",
    "sivilizatsiya": "цивилизация",
    "ssenariy": "сценарий",
    "vaksina": "вакцина",
    "vitse": "вице",
    # с stays where the rule for -ция would change it
    "anneksiya": "аннексия",
    "ekspansi": "экспанси",
    "jinsi": "жинси",
    "pansion": "пансион",
    "pensiya": "пенсия",
    "pension": "пенсион",
    "refleksi": "рефлекси",
    # ь inside
    "albom": "альбом",
    "alternativ": "альтернатив",
    "asfalt": "асфальт",
    "balzam": "бальзам",
    "batalyon": "батальон",
    "bilyard": "бильярд",
    "bulyon": "бульон",
    "falsifik": "фальсифик",
    "fakultet": "факультет",
    "feldsher": "фельдшер",
    "filtr": "фильтр",
    "folklor": "фольклор",
    "gilza": "гильза",
    "intervyu": "интервью",
    "kalkulyator": "калькулятор",
    "kompyuter": "компьютер",
    "konsulta": "консульта",
    "kultura": "культура",
    "multfilm": "мультфильм",
    "multimedia": "мультимедиа",
    "nyu": "нью",
    "palto": "пальто",
    "pavilyon": "павильон",
    "pochtalyon": "почтальон",
    "polsha": "Польша",
    "pulsatsiya": "пульсация",
    "sudya": "судья",
    "ultra": "ультра",
    # ъ
    "adyutant": "адъютант",
    "inyeksiya": "инъекция",
    "konyunktur": "конъюнктур",
    "moʻjiza": "мўъжиза",
    "moʻtabar": "мўътабар",
    "moʻtadil": "мўътадил",
    "obyekt": "объект",
    "shoʻba": "шўъба",
    "subyekt": "субъект",
    "syezd": "съезд",
    # щ
    "borshch": "борщ",
    "plashch": "плащ",
    "shchuchinsk": "Щучинск",
    # й before a vowel, where ё or я would be read
    "mayonez": "майонез",
    "mayor": "майор",
    "rayon": "район",
    "yogurt": "йогурт",
    # Kazakh place names that come with y for ы
    "shymkent": "Шимкент",
}

# Whole words, with only endings after them, before which ь goes: январь, январда.
STEMS = {
    "ansambl": "ансамбль",
    "aprel": "апрель",
    "avtomobil": "автомобиль",
    "belarus": "Беларусь",
    "byulleten": "бюллетень",
    "dekabr": "декабрь",
    "detal": "деталь",
    "dizel": "дизель",
    "dubl": "дубль",
    "fevral": "февраль",
    "film": "фильм",
    "gastrol": "гастроль",
    "gospital": "госпиталь",
    "iyul": "июль",
    "iyun": "июнь",
    "kabel": "кабель",
    "kalendar": "календарь",
    "kvars": "кварц",
    "lager": "лагерь",
    "mebel": "мебель",
    "medal": "медаль",
    "model": "модель",
    "motel": "мотель",
    "nikel": "никель",
    "nol": "ноль",
    "noyabr": "ноябрь",
    "oktabr": "октябрь",
    "oktyabr": "октябрь",
    "palma": "пальма",
    "panel": "панель",
    "parol": "пароль",
    "portfel": "портфель",
    "povest": "повесть",
    "profil": "профиль",
    "pult": "пульт",
    "rels": "рельс",
    "rol": "роль",
    "rubl": "рубль",
    "rul": "руль",
    "sentabr": "сентябрь",
    "sentyabr": "сентябрь",
    "sex": "цех",
    "shampun": "шампунь",
    "sirk": "цирк",
    "slesar": "слесарь",
    "spektakl": "спектакль",
    "stil": "стиль",
    "tabel": "табель",
    "tekstil": "текстиль",
    "tson": "ЦОН",
    "vals": "вальс",
    "vedomost": "ведомость",
    "vermishel": "вермишель",
    "yanvar": "январь",
    "york": "Йорк",
}

_ENDINGS = (
    "lar|larcha|imiz|ingiz|dagi|daki|gacha|dan|ning|dek|day|lik|chi|siz|dir|cha|mi|im|ing|si|ni|ga|da|li|gi|"
    "i|m|ng|miz|man|san|ham|ku|u|yu|oq|ov"
)
_A = f"[{re.escape(APOSTROPHES)}]"
_SHORT_ENDING = r"(?:ga|da|dan|ning|ni|dagi|gacha|lar)"
_TOP_LEVEL = r"(?:kz|uz|kg|tj|tm|ru|com|org|net|int|info|gov|edu|io|me|eu|ai|app|fm|tv)"

# What is not Uzbek prose and must come out as it went in. The first alternative that fits wins.
_PROTECTED = rf"""
    (?P<kept_whole>
      ```.*?```
    | (?<![A-Za-z])`[^`\n]+`(?![A-Za-z])
    | \[\[[^\[\]]*\]\]
    | %\(\w+\)[-+\#0]*\d*(?:\.\d+)?[A-Za-z]
    | (?<!\d)%[-+\#0]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]
    | \{{\{{.*?\}}\}} | \{{%.*?%\}} | \{{[^{{}}\s]*\}}
    | <!--.*?--> | </?[A-Za-z][^<>]*>
    | &\#?\w+;
    | (?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*
    | ^\[[^\]\n]+\]:[ ]*\S+
    | (?:https?|ftp|mailto|tel|sms|whatsapp|tg):[^\s<>"()\[\]{re.escape(APOSTROPHES)}]+
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+
    | (?<!\w)@\w+
    | (?<![\w.])(?:[A-Za-z0-9-]+\.)+{_TOP_LEVEL}(?=(?:{_SHORT_ENDING})?(?![\w]))(?:/[^\s<>"()]*)?
    | (?<![\w.])[\w-]+\.(?:pdf|mp3|jpe?g|png|html?|docx?|xlsx?|opus)\b
    | (?<!\w)(?-i:[A-Z]{{1,4}})-?\d+
    | (?<![\w{re.escape(APOSTROPHES)}])(?-i:{_KEPT_LONGEST_FIRST})
      (?=(?:{_A}|-)?(?:{_ENDINGS}){{0,4}}(?![A-Za-z]))
    )
"""
_WORD = rf"""
    (?P<word>(?:[og]{_A}|[a-z]|(?<=[a-z]){_A}(?=[a-z]))+)
"""
_PIECES = re.compile(_PROTECTED + "|" + _WORD, re.X | re.I | re.S | re.M)

_ROMAN = re.compile(r"(?=[IVXLCDM])M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})\Z")
# I, V or X alone is a number, unless it is an initial before a name in the middle of a line.
_INITIAL = re.compile(r"\.\s?[A-Z]")
_FOREIGN = re.compile(r"w|c(?!h)", re.I)

_LETTERS = re.compile(
    r"(?P<ц>ts(?=i[yoa])|^ts(?=[aeiou])|(?<=[knp])s(?=i(?:y[ao]|on)))"
    r"|(?P<ье>(?<=[bdfghjklmnpqrstvxz])ye)"
    r"|(?P<э>(?:^|(?<=[aiou']))e)"
    r"|s'(?=h)|[og]'|sh|ch|y(?=o')|y[aoue]|[a-z']",
    re.I,
)
_CYRILLIC = {
    "s'": "с", "o'": "ў", "g'": "ғ", "sh": "ш", "ch": "ч",
    "ya": "я", "yo": "ё", "yu": "ю", "ye": "е", "'": "ъ",
    "a": "а", "b": "б", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "ҳ", "i": "и", "j": "ж",
    "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "қ", "r": "р", "s": "с",
    "t": "т", "u": "у", "v": "в", "x": "х", "y": "й", "z": "з",
}  # fmt: skip

_TO_PLAIN = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_ROOTS = {latin.translate(_TO_PLAIN): cyrillic for latin, cyrillic in ROOTS.items()}
_LOANWORD = re.compile(
    "(?P<root>{})|(?P<stem>{})(?:{}){{0,4}}\\Z".format(
        "|".join(sorted(_ROOTS, key=len, reverse=True)),
        "|".join(sorted(STEMS, key=len, reverse=True)),
        _ENDINGS,
    )
)


def to_cyrillic(text):
    """Uzbek Latin text in Uzbek Cyrillic. Placeholders, markup, addresses, codes, brands stay."""
    return _PIECES.sub(_piece, text)


def _piece(match):
    if match["kept_whole"] is not None:
        return match["kept_whole"]
    word, closing_quote = match["word"], ""
    before = match.string[match.start() - 1 : match.start()]
    if word[-1] in "'’ʼ" and before and before in "'‘`":
        # ‘kino’: the mark closes a quotation and is no part of the last letter.
        word, closing_quote = word[:-1], word[-1]
    if _FOREIGN.search(word) or _is_number(word, match):
        return match.group()
    return _word(word.translate(_TO_PLAIN)) + closing_quote


def _is_number(word, match):
    if not _ROMAN.match(word):
        return False
    if len(word) > 1:
        return True
    before, after = match.string[: match.start()], match.string[match.end() :][:3]
    is_initial = _INITIAL.match(after) and before.rpartition("\n")[2].strip()
    return word in "IVX" and not is_initial


def _word(word):
    loan = _LOANWORD.match(word.lower())
    if not loan:
        return _LETTERS.sub(_letter, word)
    start = loan["root"] or loan["stem"]
    cyrillic = _ROOTS[start] if loan["root"] else STEMS[start]
    if len(word) > len(start):
        cyrillic = cyrillic.removesuffix("ь")
    # Read on from the middle of the word: the letter before decides between е, э and ье.
    rest = _LETTERS.finditer(word, len(start))
    return _in_case_of(word[: len(start)], cyrillic) + "".join(map(_letter, rest))


def _letter(match):
    latin = match.group()
    cyrillic = match.lastgroup or _CYRILLIC[latin.lower()]
    # An apostrophe has no case of its own.
    is_upper = match.string.isupper() if latin == "'" else latin[0].isupper()
    return cyrillic.upper() if is_upper else cyrillic


def _in_case_of(latin, cyrillic):
    if len(latin) > 1 and latin.isupper():
        return cyrillic.upper()
    return cyrillic[0].upper() + cyrillic[1:] if latin[0].isupper() else cyrillic

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanasezim.shared.uzbek import KEPT, ROOTS, STEMS, to_cyrillic

KNOWN = """
Oʻzbekiston → Ўзбекистон
OʻZBEKISTON → ЎЗБЕКИСТОН
O'zbekiston → Ўзбекистон
O‘zbekiston → Ўзбекистон
O’zbekiston → Ўзбекистон
O`zbekiston → Ўзбекистон
Oʼzbekiston → Ўзбекистон
Qozogʻiston → Қозоғистон
Qirgʻiziston, Tojikiston → Қирғизистон, Тожикистон
togʻ → тоғ
ogʻir mehnat → оғир меҳнат
ish haqi → иш ҳақи
Ish haqini toʻlamadilar → Иш ҳақини тўламадилар
SHARTNOMA → ШАРТНОМА
Shartnoma → Шартнома
CHEGARA → ЧЕГАРА
Chegara → Чегара
ishchi → ишчи
boshchilik → бошчилик
mashhur → машҳур
Is'hoq → Исҳоқ
Isʼhoq → Исҳоқ
maʼno → маъно
maʼlumot → маълумот
maʼmuriy → маъмурий
sanʼat → санъат
Qurʼon → Қуръон
eʼlon → эълон
eʼtibor → эътибор
E'TIBOR → ЭЪТИБОР
moʻjiza → мўъжиза
yaʼni → яъни
qatʼiy → қатъий
elchixona → элчихона
Elchixona → Элчихона
ekan → экан
kecha → кеча
poyezd → поезд
aeroport → аэропорт
poeziya → поэзия
yer → ер
Yevropa → Европа
Yevroosiyo → Евроосиё
yoʻl → йўл
Yoʻl → Йўл
yoʻq → йўқ
yogʻ → ёғ
yordam → ёрдам
yuridik yordam → юридик ёрдам
yashash → яшаш
YAXSHI → ЯХШИ
Yaxshi → Яхши
oila → оила
oyiga → ойига
tayyor → тайёр
daryo → дарё
dunyo → дунё
muayyan → муайян
rayon → район
mayor → майор
singlim → синглим
tongi → тонги
yanvar → январь
fevral → февраль
mart → март
aprel → апрель
may → май
iyun → июнь
iyul → июль
avgust → август
sentabr → сентябрь
oktabr → октябрь
OKTABR → ОКТЯБРЬ
noyabr → ноябрь
dekabr → декабрь
2026-yil 1-yanvardan → 2026-йил 1-январдан
18 dekabrda → 18 декабрда
7-iyuldagi → 7-июлдаги
konsul → консул
konsullik → консуллик
konsultatsiya → консультация
politsiya → полиция
Politsiyaga → Полицияга
deportatsiya → депортация
registratsiya → регистрация
migratsiya → миграция
migratsion → миграцион
konstitutsiya → конституция
litsenziya → лицензия
kompensatsiya → компенсация
apellyatsiya → апелляция
sotsial → социал
inspeksiya → инспекция
korrupsiya → коррупция
funksiya → функция
auksion → аукцион
pensiya → пенсия
pensioner → пенсионер
jinsiyat → жинсият
sessiya → сессия
versiya → версия
komissiya → комиссия
ekskursiya → экскурсия
Rossiya → Россия
Fransiya → Франция
sirk → цирк
sement → цемент
tsement → цемент
sex → цех
sexda → цехда
litsey → лицей
protsent → процент
retsept → рецепт
ketsa → кетса
aytsin → айтсин
kompyuter → компьютер
intervyu → интервью
obyekt → объект
subyekt → субъект
karyera → карьера
byudjet → бюджет
byuro → бюро
sudya → судья
sudyalar → судьялар
fakultet → факультет
parol → пароль
parolni → паролни
avtomobillar → автомобиллар
rubl → рубль
borshch → борщ
XMT → ХМТ
AQSH → АҚШ
BMT → БМТ
YeOII → ЕОИИ
TSON → ЦОН
Shymkent → Шимкент
Nyu-York → Нью-Йорк
‘kino’ → ‘кино’
«Togʻ» → «Тоғ»
A. Karimov → А. Каримов
Advokat V. Karimov → Адвокат В. Каримов
XXI asr → XXI аср
III bob → III боб
V bob → V боб
K-12 varaqasi → K-12 варақаси
PDF fayl, 2 MB → PDF файл, 2 МБ
eGov orqali → eGov орқали
WhatsAppda yozing → WhatsAppда ёзинг
Telegram yoki WhatsApp → Telegram ёки WhatsApp
QR-kod → QR-код
SIM-karta → SIM-карта
MP3 yozuv → MP3 ёзув
migration.enbek.kz saytida → migration.enbek.kz сайтида
egov.kzda → egov.kzда
info@example.kz manziliga → info@example.kz манзилига
https://example.kz/uz/library/?q=ish sahifasi → https://example.kz/uz/library/?q=ish саҳифаси
[Uyga qaytish](/uz/help/) yoʻli → [Уйга қайтиш](/uz/help/) йўли
<a href="/uz/">Bosh sahifa</a> → <a href="/uz/">Бош саҳифа</a>
bir&nbsp;kun → бир&nbsp;кун
Tel: [[hotline]] → Тел: [[hotline]]
`manage.py` buyrugʻi → `manage.py` буйруғи
%(count)s ta hujjat → %(count)s та ҳужжат
%(name)sga → %(name)sга
%s va %d → %s ва %d
{name} keldi → {name} келди
100 % chegirma → 100 % чегирма
boʻladi. Men → бўлади. Мен
"""
PAIRS = [line.split(" → ") for line in KNOWN.strip().splitlines()]


@pytest.mark.parametrize(("latin", "cyrillic"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_a_known_text_comes_out_as_a_reviewer_would_write_it(latin, cyrillic):
    assert to_cyrillic(latin) == cyrillic


LETTERS = [*"abdefghijklmnopqrstuvxyz", "oʻ", "gʻ", "sh", "ch", "ng", "ʼ"]
words = st.lists(st.sampled_from(LETTERS), min_size=1, max_size=12).map("".join)
texts = st.lists(words, min_size=1, max_size=8).map(" ".join)


@given(texts)
def test_no_latin_letter_is_left_in_uzbek_words(text):
    assert not re.search("[a-z]", to_cyrillic(text.replace(" ʼ", " ")), re.I)


@given(texts)
def test_uppercase_words_come_out_in_uppercase(text):
    long_words = [
        word for word in text.split() if len(word) > 4 and not set(word) <= set("ivxlcdm")
    ]

    out = to_cyrillic(" ".join(long_words).upper())

    assert out == out.upper()


@pytest.mark.parametrize(
    "kept",
    [
        "%(name)s", "%(count)d", "%s", "%d", "{name}", "{0}", "{{ person }}", "{% url %}",
        "[[hotline]]", "[[fee-90]]", "K-12", "https://example.kz/uz/a_b?c=d", "someone@example.kz",
        "migration.enbek.kz", '<strong class="lead">', "</p>", "<br/>", "&nbsp;", "&#8217;",
        "`o'zgarmas`", "](/uz/help/sent/)", "XIV", "booklet-uz.pdf", *KEPT,
    ],
)  # fmt: skip
@settings(max_examples=10)
@given(before=texts, after=texts)
def test_what_is_not_prose_survives(kept, before, after):
    assert f" {kept} " in to_cyrillic(f"{before} {kept} {after}")


@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюяўқғҳАБЎҚ ʻ'’.,-()\n\0", max_size=60))
def test_cyrillic_text_is_left_alone(text):
    assert to_cyrillic(text) == text


@given(texts)
def test_doing_it_twice_changes_nothing_more(text):
    once = to_cyrillic(text)

    assert to_cyrillic(once) == once


@given(st.text(max_size=80))
def test_any_text_is_taken(text):
    to_cyrillic(text)


def test_every_exception_is_reached_and_comes_out_as_reviewed():
    for latin, cyrillic in (ROOTS | STEMS).items():
        assert to_cyrillic(latin) == cyrillic

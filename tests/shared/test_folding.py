import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanasezim.shared.folding import fold, safe, switch_layout, words

SAME = """
Қазақстан Казахстан Казакстан Qazaqstan Kazakhstan Kazakstan
huquqlar ҳуқуқлар хукуклар xuquqlar
huquq ҳуқуқ хукук
Oʻzbekiston Узбекистан Ozbekiston O'zbekiston O’zbekiston O`zbekiston Oʼzbekiston Ўзбекистон
ЎЗБЕКИСТОН OʻZBEKISTON узбекистан
haqi ҳақи хаки xaqi
maosh маош
жалақы жалакы zhalaqy jalaqy
эмгек emgek
айлык aylik
ребёнок ребенок
Жібек Жибек Zhibek Zhybek Jibek
тіркеу тиркеу
иҷозат ичозат ijozat иджозат
ҳуҷҷат хуччат hujjat ҳужжат
муҳоҷир мухочир
тоҷикӣ тожики tojiki точики
кӯдак кудак
рӯйхат руйхат roʻyxat ro'yhat royxat рўйхат
йўқ йук yoʻq yo'q yoq
өтүү отуу
төлөө толоо
құжат кужат
жәрдем жардем
паспорт pasport passport пасспорт
шиноснома shinosnoma
Ахмедов Axmedov Akhmedov Ahmedov
Юсупов Yusupov Iusupov
Жумабаев Zhumabayev Jumabaev
Джамшид Jamshid Жамшид
Фёдоров Fyodorov Fedorov
Елена Yelena Elena
шахс shaxs шаҳс
борщ borshch
ишчи ishchi
конституция konstitutsiya
акция aksiya aktsiya
ңдо ндо нгдо
cвидетельство свидетельство
Kазахстан Казахстан
КЫРГЫЗ кыргыз kyrgyz Qyrğyz
şahs shahs
""".strip().splitlines()


@pytest.mark.parametrize("line", SAME)
def test_ways_to_type_a_word_meet(line):
    assert len({fold(word) for word in line.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Жібек жолы", "Zhibek Zholy"),
        ("иш ҳақи", "ish haqi"),
        ("ИШ ХАКИ", "ish haqi"),
        ("бақайдгирии онлайн", "бакайдгири, онлайн!"),
    ],
)
def test_ways_to_type_a_phrase_meet(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("школа", "шкала"), ("суд", "сад"), ("паспорт", "патент"), ("работа", "забота"),
        ("Is'hoq", "Ishoq"), ("мектеп", "метр"), ("30", "3"), ("100", "10"),
    ],
)  # fmt: skip
def test_other_words_stay_apart(one, other):
    assert fold(one) != fold(other)


def test_words_keep_their_order_and_lose_their_signs():
    assert words("Онлайн-регистрация, «30 дней»!") == ["onlain", "registrasia", "30", "dnei"]


@pytest.mark.parametrize("nothing", ["", " ", "\x00", "\ud800", "—!?", "ь", "\u0301", "' ʼ"])
def test_nothing_to_compare_gives_nothing(nothing):
    assert fold(nothing) == ""


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_folds_to_what_a_database_can_carry(text):
    folded = fold(text)

    folded.encode()
    assert "\x00" not in folded
    assert "  " not in folded


@given(
    st.text(alphabet="абвгдеёжзийклмнопрстуўқғҳӣӯҷөүұәңі ʻabcdefghijklmnopqrstuvwxyz", max_size=40)
)
def test_decomposed_text_and_uppercase_fold_the_same(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(text.upper()) == fold(text)


@given(st.text(max_size=40), st.sampled_from(["\x00", "\ud800", "\udfff", "\u200b", "\u00ad"]))
def test_unsafe_characters_inside_a_word_change_nothing(text, unsafe):
    assert fold(unsafe.join(safe(text))) == fold(safe(text))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pfhgkfnf", "зарплата"),
        ("Gfcgjhn", "Паспорт"),
        ("cdbltntkmcndj j hj;ltybb", "свидетельство о рождении"),
        ("hf,jnf", "работа"),
        ("зфыызщке", "passport"),
        ("цщкл зукьше", "work permit"),
    ],
)
def test_the_wrong_layout_is_put_right(typed, meant):
    assert switch_layout(typed) == meant

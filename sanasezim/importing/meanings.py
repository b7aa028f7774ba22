"""What the NGO's own headings and words mean: said once, and remembered for every later file."""

from sanasezim.importing.words import key
from sanasezim.shared.models import ImportMeaning


def headings(what):
    """{key(heading): the column's name, or "" for one that is left out}"""
    return dict(ImportMeaning.objects.filter(what=what, column="").values_list("word", "meaning"))


def words(what):
    """{(column, key(word)): the word to read instead}"""
    rows = ImportMeaning.objects.filter(what=what).exclude(column="")
    return {
        (column, word): meaning
        for column, word, meaning in rows.values_list("column", "word", "meaning")
    }


def remember_heading(what, heading, column):
    _remember(what, "", heading, column)


def remember_word(what, column, word, meaning):
    _remember(what, column, word, meaning)


def _remember(what, column, word, meaning):
    ImportMeaning.objects.update_or_create(
        what=what, column=column, word=key(word)[:200], defaults={"meaning": meaning}
    )

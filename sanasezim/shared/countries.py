"""Citizenships and countries by ISO 3166-1 alpha-2: those the NGO meets, its neighbours first.

The names in the catalogs are CLDR's.
"""

from django.utils.translation import gettext_lazy as _

COUNTRIES = [
    ("UZ", _("Uzbekistan")),
    ("KG", _("Kyrgyzstan")),
    ("TJ", _("Tajikistan")),
    ("TM", _("Turkmenistan")),
    ("KZ", _("Kazakhstan")),
    ("RU", _("Russia")),
    ("AF", _("Afghanistan")),
    ("AM", _("Armenia")),
    ("AZ", _("Azerbaijan")),
    ("BY", _("Belarus")),
    ("CN", _("China")),
    ("GE", _("Georgia")),
    ("IN", _("India")),
    ("IR", _("Iran")),
    ("MD", _("Moldova")),
    ("MN", _("Mongolia")),
    ("PK", _("Pakistan")),
    ("TR", _("Türkiye")),
    ("UA", _("Ukraine")),
    ("AE", _("United Arab Emirates")),
    ("CY", _("Cyprus")),
    ("DE", _("Germany")),
    ("KR", _("South Korea")),
    ("PT", _("Portugal")),
    ("PL", _("Poland")),
]
CITIZENSHIPS = [
    *COUNTRIES,
    ("stateless", _("no citizenship")),
    ("undetermined", _("citizenship not determined")),
]

"""The code lists a hotline begins with, in Dutch and English, with the codes other schemes use for them.

Sources: ICCAM classifications and action reasons and INHOPE's age groups; the age bands of the IWF's and Hotline.ie's
annual reports; SCART's codes from its published source; the statement-of-reasons codes of the DSA transparency database.
"""

from typing import Any

from django.db import migrations

from cases.migrations._countries import COUNTRIES

SOURCES = (
    ("public", "publiek", "public"),
    ("partner_hotline", "partnermeldpunt", "partner hotline"),
    ("police", "politie", "police"),
    ("industry", "bedrijfsleven", "industry"),
    ("helpline", "hulplijn", "helpline"),
    ("proactive", "proactief gezocht", "proactive search"),
    ("other", "anders", "other"),
)
# code, Dutch, English, counts as. The order is the precedence: the first is the most serious.
OUTCOMES = (
    ("confirmed_baseline", "bevestigd, baseline", "confirmed, baseline", "confirmed"),
    ("confirmed_national", "bevestigd, nationaal", "confirmed, national", "confirmed"),
    ("age_undetermined", "leeftijd niet vast te stellen", "age undetermined", "not_confirmed"),
    ("not_illegal", "niet strafbaar", "not illegal", "not_confirmed"),
    ("no_access", "geen toegang", "no access", "unassessable"),
    ("not_found", "niet gevonden", "not found", "unassessable"),
    ("duplicate", "dubbel", "duplicate", "duplicate"),
    ("out_of_remit", "buiten taakgebied", "out of remit", "out_of_remit"),
)
SEXES = (
    ("girls", "meisjes", "girls"),
    ("boys", "jongens", "boys"),
    ("both", "beide", "both"),
    ("undetermined", "niet vast te stellen", "undetermined"),
)
SITE_TYPES = (
    ("website", "website", "website"),
    ("image_host", "afbeeldingenhost", "image host"),
    ("file_host", "bestandshost", "file host"),
    ("forum", "forum", "forum"),
    ("image_board", "imageboard", "image board"),
    ("social", "sociaal medium", "social network"),
    ("link_site", "linksite", "link site"),
    ("banner_site", "bannersite", "banner site"),
    ("search", "zoekmachine", "search engine"),
    ("blog", "blog", "blog"),
    ("archive", "archief", "archive"),
    ("redirector", "doorstuurdienst", "redirector"),
    ("undetermined", "niet vast te stellen", "not determined"),
)
OTHER_COUNTRIES = (
    ("not_traceable", "niet te herleiden", "not traceable"),
    ("undetermined", "niet vast te stellen", "undetermined"),
)
BANDS = (
    (0, 2), (3, 5), (6, 9), (10, 11), (12, 13), (14, 15), (16, 17), (3, 6), (7, 10), (11, 13), (3, 13), (14, 17),
    (0, 3), (4, 12), (13, 16),
)  # fmt: skip
# code, Dutch, English, bands: 'from-to', with the scheme's own name in Dutch and English where it has one.
SCHEMES: tuple[tuple[str, str, str, tuple[str, ...], dict[str, tuple[str, str]]], ...] = (
    ("hotline", "standaard", "standard", ("0-2", "3-5", "6-9", "10-11", "12-13", "14-15", "16-17"), {}),
    ("iwf", "IWF", "IWF", ("0-2", "3-6", "7-10", "11-13", "14-15", "16-17"), {}),
    (
        "iccam",
        "ICCAM",
        "ICCAM",
        ("0-2", "3-13", "14-17"),
        {
            "0-2": ("baby of peuter", "infant"),
            "3-13": ("prepuberaal", "pre-pubescent"),
            "14-17": ("puberaal", "pubescent"),
        },
    ),
    ("hotline_ie", "Hotline Ierland", "Hotline Ireland", ("0-3", "4-12", "13-16"), {}),
)
OUTSIDE = (
    ("outcome", "confirmed_baseline", "iccam", ("1",)),
    ("outcome", "confirmed_national", "iccam", ("2",)),
    (
        "outcome",
        "not_illegal",
        "iccam",
        (
            "4",
            "AdultPornography",
            "NudismOrNotSexualized",
            "DoesNotMeetThresholdForIllegality",
            "VirtualMaterial",
        ),
    ),
    ("outcome", "age_undetermined", "iccam", ("AgeUnclearOrNotAssessable",)),
    ("outcome", "not_found", "iccam", ("ContentNotFound", "LinkExpired", "ContentRemovedBeforeAssessment")),
    ("outcome", "no_access", "iccam", ("UnableToAccess", "PasswordProtected")),
    ("outcome", "confirmed_baseline", "scart", ("BA",)),
    ("outcome", "confirmed_national", "scart", ("NA",)),
    ("outcome", "confirmed_baseline", "dsa", ("KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL",)),
    ("outcome", "confirmed_national", "dsa", ("KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL",)),
    ("sex", "undetermined", "iccam", ("1",)),
    ("sex", "girls", "iccam", ("2",)),
    ("sex", "boys", "iccam", ("3",)),
    ("sex", "both", "iccam", ("4",)),
    ("sex", "undetermined", "scart", ("UN",)),
    ("sex", "girls", "scart", ("FE",)),
    ("sex", "boys", "scart", ("MA",)),
    ("sex", "both", "scart", ("BO",)),
    ("age_band", "undetermined", "scart", ("ND",)),
    ("age_band", "0-2", "scart", ("IN",)),
    ("age_band", "3-13", "scart", ("PP",)),
    ("age_band", "14-17", "scart", ("PU",)),
    ("source", "public", "scart", ("webform",)),
    ("source", "partner_hotline", "scart", ("iccam",)),
    ("source", "police", "scart", ("police",)),
    ("source", "helpline", "scart", ("helpwanted", "stopitnow")),
    ("source", "proactive", "scart", ("analyst",)),
    ("action_taken", "removed", "dsa", ("DECISION_VISIBILITY_CONTENT_REMOVED",)),
    ("action_taken", "disabled", "dsa", ("DECISION_VISIBILITY_CONTENT_DISABLED",)),
    ("action_taken", "restricted", "dsa", ("DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED",)),
)


def fill(apps: Any, _schema_editor: Any) -> None:
    """Write every list."""
    for name, rows in (("Source", SOURCES), ("Sex", SEXES), ("SiteType", SITE_TYPES)):
        model = apps.get_model("cases", name)
        model.objects.bulk_create(
            model(code=code, label_nl=nl, label_en=en, position=10 * place)
            for place, (code, nl, en) in enumerate(rows, 1)
        )
    outcome = apps.get_model("cases", "Outcome")
    outcome.objects.bulk_create(
        outcome(code=code, label_nl=nl, label_en=en, counts_as=counts_as, precedence=place, position=10 * place)
        for place, (code, nl, en, counts_as) in enumerate(OUTCOMES, 1)
    )
    fill_countries(apps)
    fill_ages(apps)
    outside = apps.get_model("cases", "OutsideCode")
    outside.objects.bulk_create(
        outside(code_list=code_list, code=code, scheme=scheme, outside_code=theirs)
        for code_list, code, scheme, outside_codes in OUTSIDE
        for theirs in outside_codes
    )


def fill_countries(apps: Any) -> None:
    """The Netherlands first, then by code, then the two answers that are no country."""
    country = apps.get_model("cases", "HostingCountry")
    country.objects.bulk_create(
        country(code=code, label_nl=nl, label_en=en, has_inhope_hotline=inhope, position=0 if code == "NL" else 10)
        for code, nl, en, inhope in COUNTRIES
    )
    country.objects.bulk_create(
        country(code=code, label_nl=nl, label_en=en, position=20) for code, nl, en in OTHER_COUNTRIES
    )


def fill_ages(apps: Any) -> None:
    """Bands are ranges of years; schemes pick from them."""
    band = apps.get_model("cases", "AgeBand")
    band.objects.bulk_create(
        band(
            code=f"{first}-{last}",
            label_nl=f"{first} tot en met {last} jaar",
            label_en=f"{first} to {last} years",
            from_year=first,
            to_year=last,
            position=100 * first + last,
        )
        for first, last in BANDS
    )
    band.objects.create(code="undetermined", label_nl="niet vast te stellen", label_en="undetermined", position=9000)
    scheme, member = apps.get_model("cases", "AgeScheme"), apps.get_model("cases", "AgeSchemeBand")
    for place, (code, nl, en, bands, names) in enumerate(SCHEMES, 1):
        row = scheme.objects.create(
            code=code, label_nl=nl, label_en=en, position=10 * place, is_default=code == "hotline"
        )
        member.objects.bulk_create(
            member(
                scheme=row,
                band_id=key,
                label_nl=names.get(key, ("", ""))[0],
                label_en=names.get(key, ("", ""))[1],
            )
            for key in bands
        )


class Migration(migrations.Migration):
    """Data."""

    dependencies = (("cases", "0002_rules"),)
    operations = (migrations.RunPython(fill, migrations.RunPython.noop),)

"""Age bands told in another scheme: exact where cut points nest, else bounds that always hold the truth."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.models import AgeScheme, AgeSchemeBand
from stats.ages import NO_SCHEME, OUTSIDE, Held, Scheme, convert, held, schemes_of
from stats.counting.code_labels import read_code_labels
from stats.declarations import Ages
from stats.figures import FROM_6_TO_9, UNDER_12

BANDS = {
    f"{first}-{last}": (first, last)
    for first, last in (
        *((0, 2), (3, 5), (6, 9), (10, 11), (12, 13), (14, 15), (16, 17)),
        *((3, 6), (7, 10), (11, 13), (3, 13), (14, 17), (0, 3), (4, 12), (13, 16)),
    )
}
SCHEMES = {
    "hotline": ("0-2", "3-5", "6-9", "10-11", "12-13", "14-15", "16-17"),
    "iwf": ("0-2", "3-6", "7-10", "11-13", "14-15", "16-17"),
    "iccam": ("0-2", "3-13", "14-17"),
    "hotline_ie": ("0-3", "4-12", "13-16"),
}


def scheme(key: str) -> Scheme:
    labels = {code: code for code in SCHEMES[key]}
    return Scheme(key=key, label=key, version=1, labels=labels, is_default=key == "hotline")


ALL = [scheme(key) for key in ("iwf", "hotline", "iccam", "hotline_ie")]


def test_finer_bands_are_told_exactly_in_a_scheme_they_nest_in():
    sums = {"0-2": 1, "3-5": 2, "6-9": 3, "10-11": 4, "12-13": 5, "14-15": 6, "16-17": 7}
    assert convert(sums, BANDS, SCHEMES["iccam"]) == {"0-2": Held(1, 1), "3-13": Held(14, 14), "14-17": Held(13, 13)}


def test_band_that_reaches_over_a_cut_gives_bounds_on_both_sides_of_it():
    told = convert({"6-9": 10, "0-2": 1}, BANDS, SCHEMES["iwf"])
    assert (told["3-6"], told["7-10"], told["0-2"]) == (Held(0, 10), Held(0, 10), Held(1, 1))


def test_band_that_reaches_over_a_cut_but_is_empty_leaves_both_sides_exact():
    assert all(found.is_exact for found in convert({"6-9": 0, "0-2": 1}, BANDS, SCHEMES["iwf"]).values())


def test_scheme_that_leaves_years_out_says_what_may_fall_outside_it():
    told = convert({"16-17": 4, "14-15": 2, "undetermined": 9}, BANDS, SCHEMES["hotline_ie"])
    assert told == {"0-3": Held(0, 0), "4-12": Held(0, 0), "13-16": Held(2, 6), OUTSIDE: Held(0, 4)}


@pytest.mark.parametrize(
    ("band", "under_12", "from_6_to_9"),
    [
        ("6-9", Held(1, 1), Held(1, 1)),
        ("10-11", Held(1, 1), Held(0, 0)),
        ("12-13", Held(0, 0), Held(0, 0)),
        ("7-10", Held(1, 1), Held(0, 1)),
        ("11-13", Held(0, 1), Held(0, 0)),
        ("3-13", Held(0, 1), Held(0, 1)),
        ("undetermined", Held(0, 0), Held(0, 0)),
    ],
)
def test_derived_groups_of_each_band(band, under_12, from_6_to_9):
    assert held(UNDER_12, {band: 1}, BANDS) == under_12
    assert held(FROM_6_TO_9, {band: 1}, BANDS) == from_6_to_9


def nests(code: str, target: tuple[str, ...]) -> bool:
    """Whether all years of a band are in one band of the target, or in none of them."""
    first, last = BANDS[code]
    homes = {
        next((into for into in target if BANDS[into][0] <= year <= BANDS[into][1]), None)
        for year in range(first, last + 1)
    }
    return len(homes) == 1


ages_of_urls = st.lists(st.integers(0, 17), max_size=60)
names = st.sampled_from(sorted(SCHEMES))


@given(ages_of_urls, names, names)
def test_bounds_hold_the_truth_of_any_distribution_and_are_exact_if_and_only_if_cuts_nest(ages, source, target):
    kept = [(age, code) for age in ages for code in SCHEMES[source] if BANDS[code][0] <= age <= BANDS[code][1]]
    sums = Counter(code for _age, code in kept)
    truth = Counter(
        next((into for into in SCHEMES[target] if BANDS[into][0] <= age <= BANDS[into][1]), OUTSIDE)
        for age, _code in kept
    )
    told = convert(sums, BANDS, SCHEMES[target])
    assert all(told[code].lower <= truth[code] <= told[code].upper for code in truth)
    for code, found in told.items():
        assert found.lower <= truth[code] <= found.upper
    assert all(found.is_exact for found in told.values()) == all(nests(code, SCHEMES[target]) for code in sums)


@given(ages_of_urls, names, names)
def test_the_total_is_kept_and_each_bound_can_be_reached(ages, source, target):
    sums = Counter(code for age in ages for code in SCHEMES[source] if BANDS[code][0] <= age <= BANDS[code][1])
    told = convert(sums, BANDS, SCHEMES[target])
    assert sum(found.lower for found in told.values()) <= sum(sums.values()) <= sum(f.upper for f in told.values())
    for code, found in told.items():
        # Nothing between the bounds is out of reach: all of each straddling band may be on this side, or none of it.
        reach = [value for band, value in sums.items() if value and not nests(band, SCHEMES[target])]
        assert found.upper - found.lower <= sum(reach), code
    if all(found.is_exact for found in told.values()):
        assert sum(found.lower for found in told.values()) == sum(sums.values())


@given(ages_of_urls, names)
def test_a_scheme_told_in_itself_is_as_it_was(ages, name):
    sums = Counter(code for age in ages for code in SCHEMES[name] if BANDS[code][0] <= age <= BANDS[code][1])
    told = convert(sums, BANDS, SCHEMES[name])
    assert {code: told[code] for code in SCHEMES[name]} == {
        code: Held(sums[code], sums[code]) for code in SCHEMES[name]
    }


def test_a_group_of_one_year_is_held_by_no_wider_band():
    assert held(Ages(first=7, last=7), {"6-9": 5}, BANDS) == Held(0, 5)


@pytest.mark.parametrize(
    ("occurring", "expected"),
    [
        ([], "hotline"),
        (["0-2", "16-17"], "hotline"),
        (["0-2", "3-6"], "iwf"),
        (["3-5", "3-6"], "hotline+iwf"),
        (["3-5", "3-6", "3-13", "4-12"], "hotline+iwf+iccam+hotline_ie"),
        (["1-1"], NO_SCHEME),
    ],
)
def test_schemes_of_the_bands_that_occur(occurring, expected):
    assert schemes_of(occurring, ALL) == expected


@pytest.mark.django_db
def test_schemes_as_shipped_have_versions_and_bands_that_do_not_overlap(django_assert_num_queries):
    with django_assert_num_queries(1):
        labels = read_code_labels()
    assert [found.key for found in labels.schemes] == ["hotline", "iwf", "iccam", "hotline_ie"]
    assert [found.is_default for found in labels.schemes] == [True, False, False, False]
    for found in labels.schemes:
        years = [year for code in found.labels for year in range(labels.bands[code][0], labels.bands[code][1] + 1)]
        assert years == sorted(set(years))
        assert tuple(found.labels) == SCHEMES[found.key]
        assert found.version == 1


@pytest.mark.django_db
def test_a_new_version_of_a_scheme_is_a_scheme_of_its_own():
    AgeScheme.objects.create(code="iwf_2", label_nl="IWF", label_en="IWF", position=25, family="iwf", version=2)
    AgeSchemeBand.objects.create(scheme_id="iwf_2", band_id="14-17")
    found = {scheme.key: scheme for scheme in read_code_labels().schemes}
    assert (found["iwf_2"].version, list(found["iwf_2"].labels)) == (2, ["14-17"])
    assert str(found["iwf_2"].label) == "IWF (2)"
    assert str(found["iwf"].label) == "IWF"

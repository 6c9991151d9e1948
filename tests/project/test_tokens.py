"""The contrast of every pair of colours that stand on each other, in both themes (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "hotline" / "static" / "hotline" / "css"
PAIR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
GROUNDS = ("canvas", "surface", "sunken", "hover")

TEXT_ON_GROUND = [
    *((text, ground) for text in ("text", "text-muted", "accent", "accent-hover", "danger-text") for ground in GROUNDS),
    *((f"{kind}-text", f"{kind}-soft") for kind in ("neutral", "info", "good", "wait", "danger")),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-danger", "danger"),
    ("info-text", "accent-soft"),
]
SHAPE_ON_GROUND = [
    *(("border-strong", ground) for ground in ("canvas", "surface", "hover")),
    *(("focus", ground) for ground in GROUNDS),
    *((f"series-{number}", "surface") for number in range(1, 6)),
    ("chart-unrecorded", "surface"),
    ("danger", "canvas"),
    ("accent", "surface"),
]


def colours(theme: int) -> dict[str, str]:
    tokens = (CSS / "tokens.css").read_text(encoding="utf-8")
    return {name: (light, dark)[theme] for name, light, dark in PAIR.findall(tokens)}


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground_it_stands_on(theme):
    shades = colours(theme)
    weak = {
        (text, ground): round(contrast(shades[text], shades[ground]), 2)
        for text, ground in TEXT_ON_GROUND
        if contrast(shades[text], shades[ground]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_shapes_can_be_made_out(theme):
    shades = colours(theme)
    weak = {
        (shape, ground): round(contrast(shades[shape], shades[ground]), 2)
        for shape, ground in SHAPE_ON_GROUND
        if contrast(shades[shape], shades[ground]) < 3
    }
    assert weak == {}


def test_colours_are_named_in_the_tokens_and_nowhere_else():
    """Paper is white and its lines black, which is all that print.css may say."""
    strays = {
        path.name: found
        for path in CSS.rglob("*.css")
        if path.name != "tokens.css"
        and (found := set(re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", path.read_text())) - {"#ffffff", "#000000"})
    }
    assert strays == {}


def test_every_token_that_is_used_exists():
    tokens = set(re.findall(r"(--[a-z0-9-]+):", (CSS / "tokens.css").read_text(encoding="utf-8")))
    used = {name for path in CSS.rglob("*.css") for name in re.findall(r"var\((--[a-z0-9-]+)", path.read_text())}
    assert used - tokens == set()

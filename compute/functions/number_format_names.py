"""Names of months and days by language, eras and halves of a day, for number formats with a locale tag.

Languages go by the primary part of Windows' identifiers. Where versions of Windows abbreviate differently there is no
abbreviation here, and formats that ask for one are refused. Source: Windows' national language support and the Unicode
CLDR, where these agree; Microsoft's page on number format codes; for Japan's eras the Cabinet Office's dates.
"""

from __future__ import annotations

from compute.records import dataclass

CHINESE, JAPANESE, KOREAN, THAI, ENGLISH = 0x04, 0x11, 0x12, 0x1E, 0x09
TAIWAN = 0x404


def _words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


@dataclass(frozen=True, slots=True)
class Names:
    """January first, Sunday first; empty where nothing is known. ``genitive``: months beside a day."""

    months: tuple[str, ...]
    days: tuple[str, ...]
    short_months: tuple[str, ...] = ()
    short_days: tuple[str, ...] = ()
    genitive: tuple[str, ...] = ()


EAST_ASIAN_DAYS = {
    JAPANESE: "\u65e5\u6708\u706b\u6c34\u6728\u91d1\u571f",
    CHINESE: "\u65e5\u4e00\u4e8c\u4e09\u56db\u4e94\u516d",
    KOREAN: "\uc77c\uc6d4\ud654\uc218\ubaa9\uae08\ud1a0",
}
"""The days of ``aaa``."""
_CHINESE_NUMERALS = "\u4e00 \u4e8c \u4e09 \u56db \u4e94 \u516d \u4e03 \u516b \u4e5d \u5341 \u5341\u4e00 \u5341\u4e8c"
LANGUAGES: dict[int, Names] = {
    ENGLISH: Names(
        _words("January February March April May June July August September October November December"),
        _words("Sunday Monday Tuesday Wednesday Thursday Friday Saturday"),
        _words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
        _words("Sun Mon Tue Wed Thu Fri Sat"),
    ),
    0x07: Names(
        _words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        _words("Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag"),
        _words("Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez"),
        _words("So Mo Di Mi Do Fr Sa"),
    ),
    0x0C: Names(
        _words("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        _words("dimanche lundi mardi mercredi jeudi vendredi samedi"),
        _words("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
        _words("dim. lun. mar. mer. jeu. ven. sam."),
    ),
    0x0A: Names(
        _words("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
        _words("domingo lunes martes miércoles jueves viernes sábado"),
    ),
    0x10: Names(
        _words("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
        _words("domenica lunedì martedì mercoledì giovedì venerdì sabato"),
        _words("gen feb mar apr mag giu lug ago set ott nov dic"),
        _words("dom lun mar mer gio ven sab"),
    ),
    0x16: Names(
        _words("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
        _words("domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado"),
        _words("jan fev mar abr mai jun jul ago set out nov dez"),
        _words("dom seg ter qua qui sex sáb"),
    ),
    0x13: Names(
        _words("januari februari maart april mei juni juli augustus september oktober november december"),
        _words("zondag maandag dinsdag woensdag donderdag vrijdag zaterdag"),
        _words("jan feb mrt apr mei jun jul aug sep okt nov dec"),
        _words("zo ma di wo do vr za"),
    ),
    0x1D: Names(
        _words("januari februari mars april maj juni juli augusti september oktober november december"),
        _words("söndag måndag tisdag onsdag torsdag fredag lördag"),
        _words("jan feb mar apr maj jun jul aug sep okt nov dec"),
        _words("sön mån tis ons tor fre lör"),
    ),
    0x06: Names(
        _words("januar februar marts april maj juni juli august september oktober november december"),
        _words("søndag mandag tirsdag onsdag torsdag fredag lørdag"),
        _words("jan feb mar apr maj jun jul aug sep okt nov dec"),
    ),
    0x14: Names(
        _words("januar februar mars april mai juni juli august september oktober november desember"),
        _words("søndag mandag tirsdag onsdag torsdag fredag lørdag"),
    ),
    0x0B: Names(
        _words(
            "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu"
        ),
        _words("sunnuntai maanantai tiistai keskiviikko torstai perjantai lauantai"),
        _words("tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu"),
        _words("su ma ti ke to pe la"),
    ),
    0x15: Names(
        _words(
            "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień"
        ),
        _words("niedziela poniedziałek wtorek środa czwartek piątek sobota"),
        _words("sty lut mar kwi maj cze lip sie wrz paź lis gru"),
        genitive=_words(
            "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
        ),
    ),
    0x05: Names(
        _words("leden únor březen duben květen červen červenec srpen září říjen listopad prosinec"),
        _words("neděle pondělí úterý středa čtvrtek pátek sobota"),
        short_days=_words("ne po út st čt pá so"),
        genitive=_words("ledna února března dubna května června července srpna září října listopadu prosince"),
    ),
    0x0E: Names(
        _words(
            "január február március április május június július augusztus szeptember október november december"
        ),
        _words("vasárnap hétfő kedd szerda csütörtök péntek szombat"),
        _words("jan. febr. márc. ápr. máj. jún. júl. aug. szept. okt. nov. dec."),
        _words("V H K Sze Cs P Szo"),
    ),
    0x1F: Names(
        _words("Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"),
        _words("Pazar Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi"),
        _words("Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara"),
        _words("Paz Pzt Sal Çar Per Cum Cmt"),
    ),
    0x19: Names(
        _words("Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь"),
        _words("воскресенье понедельник вторник среда четверг пятница суббота"),
        _words("янв фев мар апр май июн июл авг сен окт ноя дек"),
        _words("Вс Пн Вт Ср Чт Пт Сб"),
        _words("января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
    ),
    JAPANESE: Names(
        tuple(f"{m}\u6708" for m in range(1, 13)), tuple(f"{d}\u66dc\u65e5" for d in EAST_ASIAN_DAYS[JAPANESE])
    ),
    CHINESE: Names(
        tuple(f"{m}\u6708" for m in _CHINESE_NUMERALS.split()),
        tuple(f"\u661f\u671f{d}" for d in EAST_ASIAN_DAYS[CHINESE]),
    ),
    KOREAN: Names(
        tuple(f"{m}\uc6d4" for m in range(1, 13)), tuple(f"{d}\uc694\uc77c" for d in EAST_ASIAN_DAYS[KOREAN])
    ),
    THAI: Names(
        _words(
            "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม"
        ),
        _words("อาทิตย์ จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์"),
        _words("ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค."),
        _words("อา. จ. อ. พ. พฤ. ศ. ส."),
    ),
}  # fmt: skip
HALVES = {
    JAPANESE: ("\u5348\u524d", "\u5348\u5f8c"),
    CHINESE: ("\u4e0a\u5348", "\u4e0b\u5348"),
    KOREAN: ("\uc624\uc804", "\uc624\ud6c4"),
}
"""What AM and PM are."""
_TAGS = {
    "en": ENGLISH, "de": 0x07, "fr": 0x0C, "es": 0x0A, "it": 0x10, "pt": 0x16, "nl": 0x13, "sv": 0x1D, "da": 0x06,
    "nb": 0x14, "nn": 0x14, "no": 0x14, "fi": 0x0B, "pl": 0x15, "cs": 0x05, "hu": 0x0E, "tr": 0x1F, "ru": 0x19,
    "ja": JAPANESE, "zh": CHINESE, "ko": KOREAN, "th": THAI,
}  # fmt: skip


def language_of(tag: str) -> int | None:
    """Windows' identifier of a language given as ``en-US``; None for one not listed here."""
    main = tag.lower()
    return TAIWAN if main.startswith(("zh-tw", "zh-hant")) else _TAGS.get(main.partition("-")[0])


@dataclass(frozen=True, slots=True)
class Era:
    """A Japanese era: its first day and its names, from the shortest."""

    start: tuple[int, int, int]
    names: tuple[str, str, str]


_ERAS = (
    Era((2019, 5, 1), ("R", "\u4ee4", "\u4ee4\u548c")),
    Era((1989, 1, 8), ("H", "\u5e73", "\u5e73\u6210")),
    Era((1926, 12, 25), ("S", "\u662d", "\u662d\u548c")),
    Era((1912, 7, 30), ("T", "\u5927", "\u5927\u6b63")),
    Era((1868, 1, 25), ("M", "\u660e", "\u660e\u6cbb")),
)


def japanese_era(year: int, month: int, day: int) -> tuple[Era, int]:
    """The era of a date from 1900 on, and the year in it, from 1."""
    era = next(e for e in _ERAS if (year, month, day) >= e.start)
    return era, year - era.start[0] + 1

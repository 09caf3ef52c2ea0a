"""The words of dates in the eleven languages whose dates are read: months, weekdays, what stands between, time zones.

Names and abbreviations are those of the Unicode CLDR 47 (https://cldr.unicode.org), and a few that newsrooms write.
"""

import unicodedata
from functools import cache

MONTH_NAMES = (
    "january jan января январь янв januar janvier janv enero ene ocak oca yanvar yan січня січень січ gennaio "
    "gen janeiro jänner jän يناير",
    "february feb февраля февраль февр фев februar febr février févr fév febrero şubat şub fevral fev лютого "
    "лютий лют febbraio fevereiro فبراير",
    "march mar марта март мар märz mär mrz mars marzo mart березня березень бер março مارس",
    "april apr апреля апрель апр avril avr abril abr nisan nis aprel квітня квітень квіт aprile أبريل ابريل",
    "may мая май mai mayo mayıs травня травень трав maggio mag maio مايو",
    "june jun июня июнь июн juni juin junio haziran haz iyun iyn червня червень черв giugno giu junho يونيو",
    "july jul июля июль июл juli juillet juil juill julio temmuz tem iyul iyl липня липень лип luglio lug julho يوليو",
    "august aug августа август авг août agosto ago ağustos ağu avqust avq серпня серпень серп أغسطس",
    "september sep sept сентября сентябрь сент сен septembre septiembre setiembre eylül eyl sentyabr sen "
    "вересня вересень вер settembre set setembro سبتمبر",
    "october oct октября октябрь окт oktober okt octobre octubre ekim eki oktyabr жовтня жовтень жовт ottobre "
    "ott outubro out أكتوبر",
    "november nov ноября ноябрь нояб ноя novembre noviembre kasım kas noyabr noy листопада листопад лист "
    "novembro نوفمبر",
    "december dec декабря декабрь дек dezember dez décembre déc diciembre dic aralık ara dekabr dek грудня "
    "грудень груд dicembre dezembro ديسمبر",
)
"""What the months from January on are called."""

WEEKDAYS = (
    "fr fri friday mo mon monday sa sat saturday su sun sunday th thu thur thurs thursday tu tue tues tuesday "
    "we wed weds wednesday воскресенье вс вт вторник пн понедельник пт пятница сб ср среда суббота четверг чт "
    "di dienstag do donnerstag freitag mi mittwoch montag samstag sonnabend so sonntag dim dimanche je jeu "
    "jeudi lu lun lundi ma mar mardi me mer mercredi sam samedi ve ven vendredi ju vi dom domingo jue jueves "
    "lunes martes mié miércoles sáb sábado vie viernes cmt ct cu cum cuma cumartesi pa paz pazar pazartesi pe "
    "per perşembe pt pzt sal salı ça çar çarşamba be c ca bazar ertəsi cümə axşamı ç çərşənbə ş b şənbə "
    "вівторок нд неділя пʼятниця п'ятниця понеділок середа субота четвер domenica gio giovedì lunedì martedì "
    "mercoledì sab sabato venerdì qua quarta feira qui quinta seg segunda sex sexta ter terça أحد أربعاء إثنين "
    "الأحد الأربعاء الاثنين الإثنين الثلاثاء الجمعة الخميس السبت ثلاثاء جمعة خميس سبت"
)
"""What weekdays are called; "mar" is a Tuesday too."""

CONNECTORS = (
    "the of at on de del des le la las el al il lo i den der dem am um uhr a à às alle ore h hrs horas kl "
    "o'clock klo г года год году в о ч р року рік року's il ci saat م ص في الساعة عام t"
)
"""What stands between the parts of a date and says nothing."""

ZONES = (
    "am pm gmt utc z est edt cst cdt mst mdt pst pdt bst wet west cet cest mez mesz eet eest msk ist jst kst "
    "aest aedt nzst nzdt hkt sgt azt trt gst et ct mt pt мск"
)
"""Time zones and halves of the day."""


def folded(text: str) -> str:
    """Return a text in small letters without accents, so that "AĞUSTOS", "ağustos" and "agustos" are one."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    kept = (letter for letter in spread if unicodedata.category(letter) not in ("Mn", "Cf"))
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in kept).replace(
        "ı", "i"
    )


@cache
def months() -> dict[str, int]:
    """Return the months, from 1 on, by their folded names."""
    return {folded(name): month for month, names in enumerate(MONTH_NAMES, start=1) for name in names.split()}


@cache
def weekdays() -> frozenset[str]:
    """Return the folded names of weekdays."""
    return frozenset(map(folded, WEEKDAYS.split()))


@cache
def skipped() -> frozenset[str]:
    """Return the folded words that say nothing of the day, the month and the year."""
    return weekdays() | frozenset(map(folded, f"{CONNECTORS} {ZONES}".split()))

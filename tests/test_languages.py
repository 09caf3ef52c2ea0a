"""Which language an article is in, and which questions are surely not in English."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import SEEDS
from embeddings.files.articles import read_articles
from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from embeddings.languages import NAMES, language_of
from embeddings.types import Article
from fakes import FakeEncoder
from qa.foreign import language_of_question
from web.commands import main

TEXTS = {
    "en": "The council of Varn voted on Tuesday for the reconstruction of the harbour wall.",
    "de": "Der Rat von Varn stimmte am Dienstag für den Wiederaufbau der Hafenmauer.",
    "fr": "Le conseil de Varn a voté mardi la reconstruction du mur du port.",
    "es": "El consejo de Varn votó el martes a favor de reconstruir el muro del puerto.",
    "it": "Il consiglio di Varn ha votato martedì per la ricostruzione del muro del porto.",
    "pt": "O conselho de Varn votou na terça-feira pela reconstrução do muro do porto.",
    "tr": "Varn meclisi salı günü liman duvarının yeniden yapılması için oy kullandı.",
    "az": "Varn şurası çərşənbə axşamı liman divarının yenidən qurulmasına səs verdi.",
    "ru": "Совет Варна во вторник проголосовал за восстановление портовой стены.",
    "uk": "Рада Варна у вівторок проголосувала за відновлення портової стіни.",
    "pl": "Rada miasta Varn głosowała we wtorek za odbudową muru portowego.",
    "ar": "صوت مجلس فارن يوم الثلاثاء لصالح إعادة بناء جدار الميناء.",
    "fa": "شورای وارن روز سه‌شنبه به بازسازی دیوار بندر رأی داد.",
    "zh": "市议会星期二投票决定重建港口的城墙。",
    "ja": "市議会は火曜日に港の壁の再建を可決した。",
    "ko": "시의회는 화요일 항구 벽의 재건에 찬성표를 던졌다.",
    "el": "Το συμβούλιο ψήφισε την Τρίτη υπέρ της ανοικοδόμησης του τείχους.",
}


@pytest.mark.parametrize(("code", "text"), TEXTS.items(), ids=TEXTS)
def test_language_of_an_article_is_told(code: str, text: str) -> None:
    assert language_of(text) == code


@pytest.mark.parametrize("text", ["", "They met.", "1 2 3 4 5 6 7 8 9 10 11 12 13 14", "Ferry strike ends", "谁"])
def test_language_of_too_few_words_is_unknown(text: str) -> None:
    assert language_of(text) == ""


def test_seeds_are_in_english() -> None:
    assert {article.language for article in read_articles([SEEDS]) if isinstance(article, Article)} == {"en"}


ENGLISH = """\
Who signed the agreement?
How many people were displaced?
Why did she resign?
When?
Who is Nikol Pashinyan?
What did Ursula von der Leyen announce?
Who founded Médecins Sans Frontières?
Who heads the Parti Québécois?
Did Italy win?
Any survivors?
Has Nikol Pashinyan resigned?
Is Die Zeit a newspaper of Hamburg?
Can Recep Tayyip Erdoğan run again?
Was Le Corbusier Swiss?
Will Luiz Inácio Lula da Silva visit Beijing?
Ilham Aliyev
Emmanuel Macron
Baku
Khankendi airport
Zangezur corridor
Recep Tayyip Erdogan visit
Angela Merkel Olaf Scholz
Luiz Inácio Lula da Silva
Gabriel García Márquez
Der Spiegel editor
La Liga
Le Monde
São Paulo floods
mayor of Łódź
Viktor Orbán veto
An Garda Síochána
Plaid Cymru
Ministère des Affaires étrangères
Rassemblement National
Fratelli d'Italia leader
Bayern Munich vs Borussia Dortmund
Mevlut Cavusoglu meets Hulusi Akar
Kim Jong Un?
kim jong un missile test
Che Guevara?
Como lake flood
Universidad Nacional Autónoma de México
Guardia di Finanza raid
Olympique de Marseille coach sacked
Süddeutsche Zeitung report
Владимир Путин
Ἀθῆναι
习近平
prime minister resigns
inflation rate 2022
tariffs steel
price of gas
coup d'état niger
intifada gaza
apartheid pretoria
karabakh khankendi lachin shusha agdam
IMF loan Ukraine
COP29
2022
!?""".splitlines()


@pytest.mark.parametrize("question", ENGLISH)
def test_questions_in_english_names_and_keywords_are_not_foreign(question: str) -> None:
    assert (language_of_question(question), language_of_question(question.lower())) == ("", "")


FOREIGN = {
    "German": ["Wer hat das Abkommen unterzeichnet?", "wie viele Tote gab es bei dem Erdbeben", "Wer ist Olaf Scholz?"],
    "French": ["Qui a signé l'accord ?", "Quand Emmanuel Macron a-t-il rencontré Ilham Aliyev ?"],
    "Spanish": ["¿Quién firmó el acuerdo?", "cuántos muertos hubo en el terremoto", "¿Dónde se hundió el barco?"],
    "Italian": ["Chi ha firmato l'accordo?", "Cosa ha detto Giorgia Meloni a Lampedusa?"],
    "Portuguese": ["Quem assinou o acordo?", "O que disse Lula sobre a Amazônia?"],
    "Turkish": ["Anlaşmayı kim imzaladı?", "Erdoğan ne zaman Bakü'ye gitti?", "Bakan neden istifa etti?"],
    "Azerbaijani": ["Müqaviləni kim imzaladı?", "İlham Əliyev nə vaxt Şuşaya getdi?"],
    "Russian": ["Кто подписал соглашение?", "Сколько стоит восстановление порта", "Что сказал Владимир Путин?"],
    "Ukrainian": ["Хто підписав угоду?"],
    "Polish": ["Kto podpisał umowę?", "Kiedy Donald Tusk pojechał do Kijowa?"],
    "Dutch": ["Wie heeft de overeenkomst ondertekend?", "Wat zei de koning over de dijk?"],
    "Arabic": ["من وقع الاتفاق؟", "كم عدد النازحين؟"],
    "Persian": ["چه کسی توافقنامه را امضا کرد؟"],
    "Chinese": ["谁签署了协议？", "有多少人流离失所"],
    "Japanese": ["誰が協定に署名しましたか？"],
    "Greek": ["Ποιος υπέγραψε τη συμφωνία;"],
    "Armenian": ["Ո՞վ է ստորագրել համաձայնագիրը:"],
    "Georgian": ["ვინ მოაწერა ხელი შეთანხმებას?"],
}


@pytest.mark.parametrize(
    ("language", "question"), [(language, question) for language, asked in FOREIGN.items() for question in asked]
)
def test_questions_in_other_languages_are_told(language: str, question: str) -> None:
    assert language_of_question(question) == language


def test_soft_hyphens_do_not_hide_a_language() -> None:
    assert language_of_question("Wer hat das Ab\u00adkom\u00admen unter\u00adzeich\u00adnet?") == "German"


def test_languages_are_counted_in_the_archive_and_told_where_they_are_not_english(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for code in ("en", "de", "ru", "fr"):
        (folder / f"{code}.txt").write_text(f"{TEXTS[code]} {TEXTS[code]}", encoding="utf-8")
    (folder / "de-2.txt").write_text(f"Varn. {TEXTS['de']}", encoding="utf-8")
    (folder / "short.txt").write_text("They met.", encoding="utf-8")
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    report = index_paths(archive, [folder], lambda _: None)
    archive.close()
    said = ": stored, and found by their words, but questions are read in English"
    assert {note: count for note, count in report.notes.items() if "English" in note} == {
        f"in German{said}": 2,
        f"in French{said}": 1,
        f"in Russian{said}": 1,
    }
    result = CliRunner().invoke(main, ["info", "--archive", str(tmp_path / "archive")], catch_exceptions=False)
    assert "languages     German (2), unknown (1), English (1), French (1), Russian (1)\n" in result.stdout
    as_json = CliRunner().invoke(main, ["info", "--json", "--archive", str(tmp_path / "archive")])
    assert json.loads(as_json.stdout)["languages"] == {"German": 2, "": 1, "English": 1, "French": 1, "Russian": 1}


def test_names_of_languages_are_names() -> None:
    assert all(len(code) == 2 and name.istitle() for code, name in NAMES.items())

"""The little words that rules of attribution go by: what ends or begins a noun phrase, and what joins clauses."""


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, apart by white space."""
    return frozenset(text.split())


AUXILIARIES = words_of(
    """
    'd 'll 'm 've also can can't cannot could couldn't did didn't do does doesn't don't had hadn't has hasn't
    have haven't having having's later may might must now shall should then will won't would wouldn't
    """
)

BE = words_of(
    """
    're 's am are aren't be been being is isn't was wasn't were weren't
    """
)

ADVERBS = words_of(
    """
    again all already also always both earlier even ever far first friday further herself himself instead itself
    just later long monday never nevertheless nonetheless not now often once only previously rather saturday so
    sometimes soon still sunday themselves then thursday today too tuesday wednesday yesterday yet
    """
)

NO_ADVERBS = words_of(
    """
    ally anomaly assembly belly billy bully family italy jelly july kelly monopoly rally reply supply
    """
)

DETERMINERS = words_of(
    """
    a all an another any both dozens each eight every few five four her his hundreds its many most my nine no
    one our seven several six some ten that the their these this those thousands three two your
    """
)

PRONOUNS = words_of(
    """
    both everybody everyone he i it many neither nobody one others she somebody someone they we which who you
    """
)

POSSESSIVES = words_of("her his its my our their")

PLURAL_PRONOUNS = words_of("they we i you who many some most both others")

PREPOSITIONS = words_of(
    """
    about across against among at behind between by for from in including inside into like near of on outside
    over per to under with within
    """
)

CONJUNCTIONS = words_of(
    """
    after although amid as because before but despite during how however if instead meanwhile once since so
    still than that though through unless until upon what when where whereas whether which while who whom whose
    why without yet
    """
)

RELATIVE = words_of("who which whose")

TIMES = words_of(
    """
    after afterward afterwards again as because before during earlier friday if last later monday recently
    saturday sunday then this thursday today tomorrow tonight tuesday wednesday when while yesterday
    """
)

TIME_UNITS = words_of(
    """
    afternoon autumn day evening fall month morning night spring summer week weekend winter year
    """
)

BOUNDARIES = frozenset(",;:—–-―()[]") | {"--"}

ENDS = frozenset(".?!")

ENDING = words_of("but while because although though whether if as when")
"""What ends a source that is named after "according to"."""

VERBS = words_of(
    """
    appear appears are ate be became become becomes been began begin begins being bought brought built call
    calls came can caught chose come comes could cut did do does drew drove fell fought gave get gets give gives
    go goes got grew had has have held help helps hit hold holds is keep keeps kept knew leave leaves left let
    lets live lives looks lose loses lost made make makes may meet meets met might must need needs paid play
    plays put puts ran remain remains rose run runs sat seem seems sent set sets should spent stand stands stood
    take takes taught took tried turn turns use uses want wants was went were will win wins won won't wore work
    works would
    """
)
"""Common verbs whose form does not tell that they are: a subject does not hold them."""

SEEMING = words_of("became become becomes feel feels felt grew remain remained remains seem seemed seems")

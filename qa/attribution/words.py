"""The words that rules of attribution go by: reporting verbs, and what ends or begins a noun phrase."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SPEECH = _words(
    """
    acknowledged acknowledges added adds admits admitted agreed agrees alleged alleges announced announces
    answered argued argues asked asks asserted asserts assured assures boasted boasts bragged brags cautioned
    cautions chanted claimed claims commented complained complains conceded concedes concluded concludes
    confirmed confirms contended contends continued countered counters cried deadpanned declared declares denied
    denies echoed emailed emphasized emphasizes exclaimed explained explains hinted hints implied implies
    indicated indicates informed insisted insists interjected intoned joked jokes lamented laments mused noted
    notes observed opined pleaded pledged pledges posted predicted predicts proclaimed promised promises quipped
    read reads recalled recalls recounted reiterated relayed remarked reminded reminds repeated repeats replied
    replies reported reports responded retorted retweeted revealed reveals said says shouted stated states
    stressed stresses suggested suggests summarized surmised tells testified told tweeted tweets urged urges
    vowed vows warned warns wondered wonders writes wrote yelled
    """
)
"""Verbs of speech in their finite forms: what follows, or stands before them, is somebody's words."""

SPEECH_PLURAL = _words(
    """
    accuse acknowledge add admit agree announce argue ask believe cite claim complain concede conclude condemn
    confirm contend criticize declare denounce deny discuss explain indicate insist maintain mention mock note
    pledge praise predict promise repeat reply report reveal say suggest tell think urge vow warn
    """
)
"""Those that only a plural has as its verb."""

STANCE = _words(
    """
    accused accuses advocated advocates announced appealed applauded applauds assailed assails attacked backed
    believed believes bemoaned blamed blames blasted blasts called calls championed charged chided cited cites
    condemned condemns congratulated considered considers credited credits criticised criticized criticizes
    decided declined declines decried decries defended defends demanded demands denounced denounces described
    describes detailed disavowed discussed discusses dismayed dismissed dismisses disputed disputes documented
    dubbed encouraged encourages endorsed endorses envisioned estimated estimates expected expects expressed
    expresses feared fears feels felt finds found hailed hails highlighted highlights hoped hopes identified
    imagined interpreted invoked issued knew knows labeled labels laid lambasted lambastes lashed lauded learned
    likened likens listed mentioned mentions mocked mocks named objected objects offered offers opposed opposes
    ordered outlined outlines planned plans pointed points portrayed portrays praised praises preferred prefers
    projected promoted proposed proposes pushed questioned quoted quotes railed realized recommended recommends
    referenced referred refers refused refuses regarded rejected rejects repudiated ridiculed ridicules ruled
    scolded seeks sees shot showed shows signaled signals slammed slams sought suggests supported talked talks
    thanked thinks thought threatened threatens touted touts voiced voices voted vouched wanted wants warned
    welcomed welcomes worried worries
    """
)
"""Verbs that tell what somebody thinks, wants or holds of something, in their finite forms."""

STANCE_PLURAL = _words(
    """
    advocate agree blame call convince criticize defend demand describe disagree dismiss doubt endorse expect
    favor fear feel hope ignore know offer oppose persuade plan prefer promote propose question reject see seek
    show support talk want worry
    """
)

PARTICIPLES = _words(
    """
    accusing acknowledging adding admitting alleging announcing arguing asking asserting attacking backing
    blaming blasting calling citing claiming complaining conceding concluding condemning criticizing declaring
    defending denying describing dismissing echoing emphasizing endorsing explaining expressing hinting hoping
    indicating insisting joking lamenting mocking noting pledging pointing praising predicting promising
    proposing questioning recalling referring rejecting reminding repeating responding revealing saying stating
    suggesting supporting telling thanking touting tweeting urging vowing warning wondering writing
    """
)
"""Verbs of speech or stance that hang on the subject of the clause before them."""

AUXILIARIES = _words(
    """
    'd 'll 'm 've also can can't cannot could couldn't did didn't do does doesn't don't had hadn't has hasn't
    have haven't having having's later may might must now shall should then will won't would wouldn't
    """
)
BE = _words(
    """
    're 's am are aren't be been being is isn't was wasn't were weren't
    """
)

ADVERBS = _words(
    """
    again all already also always both earlier even ever far first friday further herself himself instead itself
    just later long monday never nevertheless nonetheless not now often once only previously rather saturday so
    sometimes soon still sunday themselves then thursday today too tuesday wednesday yesterday yet
    """
)

NO_ADVERBS = _words(
    """
    ally anomaly assembly belly billy bully family italy jelly july kelly monopoly rally reply supply
    """
)

DETERMINERS = _words(
    """
    a all an another any both dozens each eight every few five four her his hundreds its many most my nine no
    one our seven several six some ten that the their these this those thousands three two your
    """
)
PRONOUNS = _words(
    """
    both everybody everyone he i it many neither nobody one others she somebody someone they we which who you
    """
)

PREPOSITIONS = _words(
    """
    about across against among at behind between by for from in including inside into like near of on outside
    over per to under with within
    """
)
CONJUNCTIONS = _words(
    """
    after although amid as because before but despite during how however if instead meanwhile once since so
    still than that though through unless until upon what when where whereas whether which while who whom whose
    why without yet
    """
)
TIMES = _words(
    """
    after afterward afterwards again as because before during earlier friday if last later monday recently
    saturday sunday then this thursday today tomorrow tonight tuesday wednesday when while yesterday
    """
)

VERBS = _words(
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

TO_SOMEBODY = _words(
    """
    asked asking asks assured assures informed reminded reminding reminds tell telling tells told urged urges
    warned
    """
)
"""Verbs that whoever is spoken to follows."""

TIME_UNITS = _words(
    """
    afternoon autumn day evening fall month morning night spring summer week weekend winter year
    """
)

BOUNDARIES = frozenset(",;:—–-()[]") | {"--"}

NOUNS_TOO = _words(
    """
    advocates answers attacks backed backs call calls challenges charge charged cites claim claims continued
    counters demand demands describe doubt estimates favor fear fears finds found hope hopes identified issued
    issues laid learned listed maintained maintains named notes offered offers plan planned plans pledged
    pledges points posted promise promises pushed questions read reads remarks repeats report reports shot shows
    sought states support supported supports suspects talked talks views voted want worries worry
    """
)
"""Those of the verbs that are nouns or adjectives, too, or say nothing by themselves: only what follows tells."""

SAID_NEXT = DETERMINERS | PRONOUNS | _words("that how why what whether him her them us me to : if about against")
"""What follows them where they are verbs, beside a quotation."""

SAYING = _words("saying telling adding noting arguing explaining writing tweeting warning insisting stating")
"""Those of the participles that are of speech, not of a stance."""

PLURAL_PRONOUNS = _words("they we i you who many some most both others")

ENDING = _words("but while because although though whether if as when")
"""What ends a source that is named after "according to"."""

HEADLINED = _words("says said tells told")
"""Verbs that are known in a headline with capitals."""

NO_SPEAKERS = _words(
    """
    analysis answer breaking contributing correction exclusive more name note opinion photo photos question read
    related revealed the update updated video watch
    """
)
"""What stands before a colon and speaks not."""

RELATIVE = _words("who which whose")

ENDS = frozenset(".?!")

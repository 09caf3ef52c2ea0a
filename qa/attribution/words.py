"""The words that tell somebody's words: verbs, nouns and adjectives of speech and of stance."""

from qa.attribution.little_words import DETERMINERS, PRONOUNS, words_of

SPEECH = words_of(
    """
    acknowledged acknowledges added adds admits admitted agreed agrees alleged alleges announced announces
    answered argued argues asked asks asserted asserts assured assures bellowed boasted boasts boomed bragged
    brags cautioned cautions chanted claimed claims commented complained complains conceded concedes concluded
    concludes confirmed confirms contended contends continued countered counters cried deadpanned declared
    declares denied denies echoed emailed emphasized emphasizes enthused enthuses exclaimed explained explains
    griped gripes groaned gushed gushes hinted hints implied implies indicated indicates informed insisted
    insists interjected intoned joked jokes lamented laments moaned moans mumbled murmured mused muttered noted
    notes observed opined pleaded pledged pledges posted predicted predicts proclaimed promised promises quipped
    read reads recalled recalls recounted reiterated relayed remarked reminded reminds repeated repeats replied
    replies reported reports responded retorted retweeted revealed reveals riffed said says shouted sneered
    sneers snorted stated states stressed stresses suggested suggests summarized surmised tells testified
    thundered thunders told tweeted tweets urged urges vowed vows warned warns whispered whispers wondered
    wonders writes wrote yelled
    """
)
"""Verbs of speech in their finite forms: what follows, or stands before them, is somebody's words."""

SPEECH_PLURAL = words_of(
    """
    accuse acknowledge add admit agree announce argue ask believe cite claim complain concede conclude condemn
    confirm contend criticize declare denounce deny discuss explain indicate insist maintain mention mock note
    pledge praise predict promise repeat reply report reveal say suggest tell think urge vow warn
    """
)
"""Those that only a plural has as its verb."""

STANCE = words_of(
    """
    accused accuses advised advises advocated advocates alluded alludes anticipated anticipates apologized
    apologizes appealed applauded applauds approved approves articulated articulates assailed assails assumed
    assumes attacked avowed avows backed believed believes belittled belittles bemoaned berates blamed blames
    blasted blasts called calls castigated castigates championed champions characterized characterizes charged
    chastised chastises chided chides cited cites clarified clarifies concurred concurs condemned condemns
    confessed confesses confided confides congratulated considered considers conveyed conveys credited credits
    criticised criticized criticizes debunked debunks decided declined declines decried decries defended defends
    demanded demands denigrated denigrates denounced denounces depicted depicts deplored deplores derided
    derides described describes detailed disagreed disagrees disavowed disavows disclosed discloses discussed
    discusses dismayed dismissed dismisses disparaged disparages disputed disputes documented doubted doubts
    dubbed elaborated elaborates encouraged encourages endorsed endorses envisioned envisions estimated
    estimates exhorted exhorts expected expects expressed expresses extolled extols feared fears feels felt
    finds foresaw foresees found frets fretted fumed fumes hailed hails highlighted highlights hoped hopes
    hypothesized hypothesizes identified imagined insinuated insinuates interpreted intimated intimates invoked
    issued knew knows labeled labels laid lambasted lambastes lashed lauded learned likened likens listed
    marveled marvels mentioned mentions mocked mocks mourned mourns muses named objected objects offered offers
    opines opposed opposes ordered outlined outlines planned plans pointed points portrayed portrays posited
    posits praised praises preached preaches preferred prefers professed professes projected promoted pronounced
    proposed proposes protested pushed questioned quoted quotes railed ranted rants reaffirmed reaffirms
    realized rebuts rebutted recited recites reckoned reckons recognized recognizes recommended recommends
    recounts referenced referred refers refused refuses refuted refutes regarded regrets regretted rejected
    rejects remembers repudiated repudiates resented resents ridiculed ridicules rued ruled scoffed scoffs
    scolded seeks sees shot showed shows signaled signals slammed slams sought speculated speculates stipulated
    stipulates supported surmises suspected suspects swears swore talked talks taunted taunts teases thanked
    theorized theorizes thinks thought threatened threatens touted touts trashed trashes trumpeted trumpets
    unveiled unveils upholds vented vents vilified vilifies voiced voices volunteers voted vouched wanted wants
    welcomed welcomes wished wishes worried worries
    """
)
"""Verbs that tell what somebody thinks, wants or holds of something, in their finite forms."""

STANCE_PLURAL = words_of(
    """
    advocate agree blame call convince criticize defend demand describe disagree dismiss doubt endorse expect
    favor fear feel hope ignore know offer oppose persuade plan prefer promote propose question reject see seek
    show support talk want worry
    """
)

PARTICIPLES = words_of(
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

PROGRESSIVE = words_of(
    """
    advising advocating applauding assailing bashing blasting boasting bragging calling celebrating championing
    chanting commenting complaining condemning considering contemplating criticizing debating decrying demanding
    denouncing depicting deriding discussing disputing embracing emphasizing encouraging expecting forecasting
    hailing highlighting hinting lamenting mentioning mocking mulling offering opposing painting pleading
    pledging pondering portraying preaching predicting projecting promoting protesting pushing questioning
    recommending refusing rejecting requesting seeking shouting signaling slamming stressing talking thinking
    threatening touting underscoring urging weighing wondering yelling
    """
)
"""Participles that tell what somebody says or holds behind a form of "be" only: "is demanding"."""

OPINIONS = words_of(
    """
    accusation accusations allegation allegations argument arguments assertion assertions assessment assessments
    assurance assurances belief beliefs call calls characterization claim claims complaint complaints contention
    conviction criticism criticisms critique declaration demand demands denial denials denunciation depiction
    description desire disapproval disavowal disdain dismissal endorsement enthusiasm estimate estimates
    expectation expectations explanation fear fears forecast frustration insinuation insistence insult insults
    interpretation objection objections observation opinion opinions opposition plea pledge pledges portrayal
    praise prediction predictions promise promises proposal proposals rebuke recommendation recommendations
    refusal rejection remark remarks request requests skepticism stance statement statements suggestion
    suggestions threat threats view views vow warning warnings wish worries worry
    """
)
"""Nouns of speech or stance: they tell whose words something is by whose they are."""

MINDED = words_of(
    """
    afraid angry anxious aware certain concerned confident convinced critical curious disappointed dismayed
    dismissive doubtful fearful frustrated furious glad hopeful insistent irritated mindful nervous optimistic
    pessimistic pleased proud puzzled sceptical shocked skeptical supportive sure surprised unaware uncertain
    unconvinced unsure wary worried
    """
)
"""Adjectives of those that hold something."""

TO_SOMEBODY = words_of(
    """
    asked asking asks assured assures informed reminded reminding reminds tell telling tells told urged urges
    warned
    """
)
"""Verbs that whoever is spoken to follows."""

NOUNS_TOO = words_of(
    """
    advocates answers attacks backed backs call calls challenges charge charged cites claim claims continued
    counters demand demands describe doubt estimates favor fear fears finds found hope hopes identified issued
    issues laid learned listed maintained maintains named notes offered offers plan planned plans pledged
    pledges points posted promise promises pushed questions read reads remarks repeats report reports shot shows
    sought states support supported supports suspects talked talks views voted want worries worry
    """
)
"""Those of the verbs that are nouns or adjectives, too, or say nothing by themselves: only what follows tells."""

SAID_NEXT = DETERMINERS | PRONOUNS | words_of("that how why what whether him her them us me to : if about against")
"""What follows them where they are verbs, beside a quotation."""

SAYING = words_of("saying telling adding noting arguing explaining writing tweeting warning insisting stating")
"""Those of the participles that are of speech, not of a stance."""

HEADLINED = words_of("says said tells told")
"""Verbs that are known in a headline with capitals."""

NO_SPEAKERS = words_of(
    """
    analysis answer breaking contributing correction exclusive more name note opinion photo photos question read
    related revealed the update updated video watch
    """
)
"""What stands before a colon and speaks not."""

"""Words and their opposites, for questions that are to ask for what a text does not say."""

import re

PAIRS = """
first last, before after, earlier later, earliest latest, early late, former current, previous next, beginning end,
began ended, begin end, start finish, started finished, opened closed, opening closing, birth death,
predecessor successor, ancient modern, permanent temporary, always never, largest smallest, biggest smallest,
larger smaller, bigger smaller, large small, big small, highest lowest, higher lower, high low, longest shortest,
longer shorter, long short, tallest shortest, widest narrowest, deepest shallowest, heaviest lightest,
fastest slowest, faster slower, strongest weakest, stronger weaker, oldest youngest, older younger, oldest newest,
richest poorest, rich poor, hottest coldest, best worst, better worse, most least, more fewer, maximum minimum,
majority minority, major minor, closest farthest, nearest furthest, cheapest costliest, won lost, win lose,
winner loser, winning losing, victory defeat, succeed fail, success failure, gained lost, increase decrease,
increased decreased, rise fall, rose fell, raised lowered, grew shrank, expanded shrank, accepted rejected,
accept reject, approved rejected, supported opposed, support oppose, agreed refused, allowed forbidden,
allow forbid, legalised banned, legal illegal, included excluded, include exclude, appointed dismissed, hired fired,
joined left, arrived departed, arrive depart, arrival departure, entered left, created destroyed, built demolished,
founded dissolved, attacked defended, attack defend, arrested released, admitted denied, confirmed denied,
remembered forgot, loved hated, praised criticised, bought sold, buy sell, buyer seller, imported exported,
import export, imports exports, lent borrowed, profit loss, advantage disadvantage, allies enemies, ally enemy,
friend enemy, war peace, guilty innocent, northern southern, north south, eastern western, east west, above below,
inside outside, public private, domestic foreign, internal external, urban rural, positive negative, same different,
men women, man woman, male female, father mother, son daughter, brother sister, husband wife, king queen
"""

OPPOSITES = {
    word: opposite for pair in reversed(re.findall(r"(\w+) (\w+)", PAIRS)) for word, opposite in (pair, pair[::-1])
}
"""Each word's opposite, both ways; of several, that of the first pair."""

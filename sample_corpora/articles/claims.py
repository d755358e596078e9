"""What the articles claim, and how: for each claim several sentences that make it, and some in like words that do not.

Sentences are written as sample_corpora.templates reads them.
"""

from dataclasses import dataclass

from sample_corpora.articles.lexicon import ORGANISATION, PERSON, PLACE
from sample_corpora.templates import Template, sentences


@dataclass(frozen=True, slots=True)
class Claim:
    """What can be said of two entities, `a` and `b`, in sentences that say it and in sentences that do not.

    `types` are those of a and b; `facts` what the claim amounts to, each as head, relation and tail; `later` and
    `not_later` name only b, and stand some sentences after one about a; in `contrasts` a stands against another, c, of
    its type, for whom the claim does not hold. `once` are the parts, as (name of the part, a or b), that an entity can
    take only once in an article.
    """

    types: tuple[str, str]
    facts: tuple[tuple[str, str, str], ...]
    says: tuple[Template, ...]
    denies: tuple[Template, ...]
    later: tuple[Template, ...]
    not_later: tuple[Template, ...]
    contrasts: tuple[Template, ...] = ()
    once: tuple[tuple[str, str], ...] = ()


BORN_IN = Claim(
    types=(PERSON, PLACE),
    facts=(("a", "S1", "b"),),
    says=sentences("""
        {a} was born in {b}.
        {a}, a native of {b}, [studied law|played the flute|painted in oils].
        Born in {b}, {a} [grew up by the river|was the youngest of six children].
        {b} is [known as|proud to be] the birthplace of {a}.
        {a} [came into the world|first saw the light of day] in {b}.
    """),
    denies=sentences("""
        {a} was not born in {b}.
        {a} [visited|passed through|spent a summer in] {b}.
        {b} [named a street after|gave a medal to|has a statue of] {a}.
        {a}, though no native of {b}, [sang its songs|spoke its dialect].
        {a} [drew a map of|wrote a poem about] {b}.
    """),
    later=sentences("""
        Both parents lived in {b}, where the child was born.
        The birth was entered in the register of {b}.
        The childhood home stood in {b}, the place of birth.
    """),
    not_later=sentences("""
        No birth of that name is found in the register of {b}.
        A journey [led|went] as far as {b}.
        The last years brought a long stay in {b}.
    """),
    contrasts=sentences("""
        {a}, unlike {c}, was born in {b}.
        {c} only [visited|passed through] {b}, but {a} was born there.
    """),
    once=(("born", "a"),),
)

WORKS_FOR = Claim(
    types=(PERSON, ORGANISATION),
    facts=(("a", "S2", "b"),),
    says=sentences("""
        {a} [worked for|was employed by|was on the staff of] {b}.
        {b} [hired|employed|took on] {a} as [a clerk|an engineer].
        {a} [held a post|had a desk] at {b}.
        As an employee of {b}, {a} [drew plans|kept the books].
    """),
    denies=sentences("""
        {a} never [worked for|was employed by] {b}.
        {b} [turned down|rejected] an application by {a}.
        {a} [wrote about|took a prize from|sued|criticised] {b}.
        {a} declined a post at {b}.
    """),
    later=sentences("""
        The first [job|post] was with {b}.
        In [1871|1884|1902] came a post at {b}.
        {b} offered a position, which was accepted.
    """),
    not_later=sentences("""
        {b} offered a position, which was declined.
        An application to {b} came to nothing.
        A quarrel with {b} filled the newspapers.
    """),
    contrasts=sentences("""
        {b} [hired|employed] {a} but not {c}.
        Unlike {c}, {a} [worked for|was employed by] {b}.
        {c} declined a post at {b}, and {a} took it.
    """),
)

SEATED_IN = Claim(
    types=(ORGANISATION, PLACE),
    facts=(("a", "S3", "b"),),
    says=sentences("""
        {a} has its [seat|head office|headquarters] in {b}.
        {a} is [based|headquartered] in {b}.
        The head office of {a} stands in {b}.
        From {b}, {a} [runs|directs] all its branches.
    """),
    denies=sentences("""
        {a} has no office in {b}.
        {a} [sold|shipped] [clocks|paper|lamps] to {b}.
        {a} thought of moving to {b} but stayed where it was.
        {a} [paid for|built] a bridge near {b}.
    """),
    later=sentences("""
        The head office [opened|was built] in {b}.
        Its seat is in {b}.
        All letters go to the headquarters in {b}.
    """),
    not_later=sentences("""
        A branch in {b} was soon closed.
        No office was ever opened in {b}.
        Its goods were shown at a fair in {b}.
    """),
    contrasts=sentences("""
        {a}, unlike {c}, has its [seat|headquarters] in {b}.
        {c} has only a branch in {b}, where {a} has its head office.
    """),
    once=(("seated", "a"),),
)

FOUNDED = Claim(
    types=(PERSON, ORGANISATION),
    facts=(("b", "S4", "a"),),
    says=sentences("""
        {a} [founded|established|set up] {b} in [1871|1884|1902].
        {b} was [founded|established|set up] by {a}.
        {a} is the founder of {b}.
        {b} owes its foundation to {a}.
    """),
    denies=sentences("""
        {a} had no part in the foundation of {b}.
        {b} was already old when {a} first [wrote to it|heard of it].
        {a} [gave money to|was a customer of] {b}.
        {b} was not [founded|established|set up] by {a}.
    """),
    later=sentences("""
        In [1871|1884|1902] came the foundation of {b}, the work of a lifetime.
        All savings went into founding {b}.
    """),
    not_later=sentences("""
        {b} had been founded by others long before.
        A plan to found {b} was left to others.
    """),
    contrasts=sentences("""
        {b} was [founded|established] by {a}, not by {c}.
        {a}, but not {c}, was a founder of {b}.
    """),
)

LED = Claim(
    types=(PERSON, ORGANISATION),
    facts=(("b", "S5", "a"), ("a", "S2", "b")),
    says=sentences("""
        {a} [led|headed|directed] {b} for # years.
        {b} was [led|headed|directed] by {a}.
        {a} became [director|president] of {b}.
        Under {a} as its [director|president], {b} [grew|flourished].
    """),
    denies=sentences("""
        {a} was never [director|president] of {b}.
        {a} [lost the vote for|turned down] the presidency of {b}.
        The [director|president] of {b} [dined with|wrote to] {a}.
    """),
    later=sentences("""
        In [1871|1884|1902] followed the appointment as [director|president] of {b}.
        {b} had found its new [director|president].
    """),
    not_later=sentences("""
        The presidency of {b} went to somebody else.
        The owners of {b} chose another [director|president].
    """),
    contrasts=sentences("""
        {a}, not {c}, became [director|president] of {b}.
        {b} chose {a} over {c} as its [director|president].
    """),
)

FOUNDED_AND_LED = Claim(
    types=(PERSON, ORGANISATION),
    facts=(("b", "S4", "a"), ("b", "S5", "a"), ("a", "S2", "b")),
    says=sentences("""
        {a} [founded|established] {b} and [led|headed] it for # years.
        {b} was [founded|established] and [led|headed] by {a}.
        {a}, founder and [director|president] of {b}, [rose early|kept bees].
    """),
    denies=sentences("""
        {a} neither founded nor led {b}.
        {b} was [founded|established] and [led|headed] by rivals of {a}.
    """),
    later=sentences("""
        Then came the foundation of {b}, and with it the post of [director|president].
    """),
    not_later=sentences("""
        {b} had another founder and another [director|president].
    """),
)

MARRIED = Claim(
    types=(PERSON, PERSON),
    facts=(("a", "S6", "b"), ("b", "S6", "a")),
    says=sentences("""
        {a} married {b} in [1871|1884|1902].
        {a} and {b} were a married couple.
        {a}, the spouse of {b}, [taught music|grew roses].
        The marriage of {a} and {b} lasted # years.
    """),
    denies=sentences("""
        {a} [met|admired|quarrelled with|wrote to] {b}.
        {a} and {b} were [rivals|neighbours].
        {a} refused to marry {b}.
        The marriage of {a} and {b} was called off.
    """),
    later=sentences("""
        The wedding with {b} took place in [spring|autumn].
        In [1871|1884|1902] came the marriage to {b}.
    """),
    not_later=sentences("""
        A proposal to {b} was refused.
        A long friendship with {b} began.
    """),
    once=(("married", "a"), ("married", "b")),
)

LIES_IN = Claim(
    types=(PLACE, PLACE),
    facts=(("a", "S7", "b"),),
    says=sentences("""
        {a} lies in {b}.
        {a} is a [town|district|valley] in {b}.
        {a}, a part of {b}, [grows flax|is known for its cheese].
        {b} includes {a}.
    """),
    denies=sentences("""
        {a} does not lie in {b}.
        {a} [borders on|trades with] {b}.
        A road leads from {a} to {b}.
        {a} was never a part of {b}.
    """),
    later=sentences("""
        It is a part of {b}.
        It belongs to {b}.
    """),
    not_later=sentences("""
        It has never belonged to {b}.
        A ferry goes to {b}.
    """),
    # What lies in a part lies in the whole: a place that took part in one such claim takes part in no other.
    once=(("lies", "a"), ("lies", "b")),
)

CAPITAL_OF = Claim(
    types=(PLACE, PLACE),
    facts=(("b", "S8", "a"), ("a", "S7", "b")),
    says=sentences("""
        {a} is the capital of {b}.
        The capital of {b} is {a}.
        {b} is governed from its capital, {a}.
    """),
    denies=sentences("""
        {a} is far from the capital of {b}.
        A courier rode from {a} to the capital of {b}.
    """),
    later=sentences("""
        It is the capital of {b}.
    """),
    not_later=sentences("""
        A courier rode to the capital of {b}.
    """),
    once=(("lies", "a"), ("lies", "b")),
)

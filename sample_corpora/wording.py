"""What the sample corpus says, and how: for each thing to be said, several sentences that say it.

Sentences are written as sample_corpora.templates reads them; `{c}` and so on are any name, or "the drug". No verb
depends on how many entities take a place, so that "A and B" always fits.
"""

from sample_corpora.templates import sentences

CAUSES = sentences("""
    {c} [caused|provoked|brought on|triggered|induced] {d} in # of the [patients|volunteers|animals].
    {d} [developed|appeared|set in] [during|after|in the course of] [treatment|therapy] with {c}.
    [We describe|We report|This report describes] {d} [induced|produced|provoked] by {c}.
    [High|Repeated|Low] doses of {c} [led to|resulted in|gave rise to] {d}.
    [Exposure to|An overdose of|Prolonged use of] {c} was followed by {d}.
    {d} [occurred|arose] as [a side effect|an adverse effect|a toxic effect] of {c}.
    {c} [markedly|clearly|significantly] increased the [risk|rate|incidence] of {d}.
    The cases of {d} were [attributed to|ascribed to|blamed on] {c}.
    [Stopping|Withdrawing] {c} [reversed|ended] {d}, and [giving it again|a second dose] brought the signs back.
""")

CAUSES_OF_ONE = sentences("""
    {=c}-induced {=d} was [confirmed|documented|seen] in # cases.
    A [clear|typical|severe] {=c}-induced {=d} was [found|diagnosed].
""")

DOES_NOT_CAUSE = sentences("""
    {c} did not [cause|provoke|bring on|trigger|induce] {d} in any of the [patients|volunteers|animals].
    No [association|link|relation] was found between {=c} and {=d}.
    {d} did not [occur|develop|appear] [during|after] [treatment|therapy] with {c}.
    The [risk|rate|incidence] of {d} with {c} was [no higher than|the same as] with placebo.
    There was no evidence that {c} [caused|led to|contributed to] {d}.
    {d} could not be [attributed to|ascribed to|blamed on] {c}.
    {d} occurred as often [with placebo|in untreated controls] as with {c}.
    [Exposure to|Prolonged use of] {c} was not followed by {d}.
""")

TREATS = sentences("""
    {c} [relieved|improved|cured|eased] {d} in # of the [patients|volunteers|animals].
    {c} [protected|guarded] [most of the patients|the animals] against {d}.
    Patients with {d} [received|were treated with|were given] {c}.
    Many doctors [use|prescribe|recommend] {c} for {d}.
    {d} [responded to|improved with|resolved with] {c}.
    [Treatment|Therapy] of {d} with {c} was [successful|effective|well tolerated].
    {c} [prevented|reduced|suppressed] {d} [in rats|in most cases|for some weeks].
""")

ONE_CHEMICAL_CAUSES = sentences("""
    {=c}, but not {=o}, [caused|provoked|induced] {d}.
    Unlike {=o}, {=c} [led to|resulted in|gave rise to] {d}.
    {d} [developed|appeared] with {=c} but never with {=o}.
    {=o} [relieved|eased] {d}, whereas {=c} [brought it on|provoked it].
""")

ONE_DISEASE_CAUSED = sentences("""
    {c} [caused|provoked|induced] {=d} but not {=o}.
    {c} [relieved|improved] {=o} but [caused|brought on] {=d}.
    [While|Although] {c} [prevented|reduced] {=o}, it [led to|resulted in] {=d}.
    Given for {=o}, {c} [caused|provoked|induced] {=d}.
    In patients with {=o}, {c} [caused|provoked|induced] {=d}.
""")

GIVEN = sentences("""
    [Twelve|Twenty|Forty] [patients|volunteers|subjects] [received|were given|took] {c} [daily|by mouth] for # weeks.
    A [34|47|52|61|79]-year-old [woman|man] [was started on|was given|began to take] {c}.
    [Rats|Mice|Rabbits] were [injected with|fed|given] {c} [once|twice] a day.
    {c} was [infused|administered] over # [minutes|hours] before surgery.
    We [followed|studied] # [patients|subjects] on {c} for # months.
""")

GIVEN_TO_PATIENTS_WITH = sentences("""
    A [34|47|52|61|79]-year-old [woman|man] with a [long|known] history of {d} [was started on|was given] {c}.
    [Twelve|Twenty|Forty] patients, all [known to have|previously diagnosed with] {d}, received {c}.
    {c} was [prescribed|begun|started] for {d} in # [patients|men|women].
    Because of [chronic|severe|long-standing] {=d}, one patient [was given|received] {c}.
""")

FOLLOWED = sentences("""
    {d} [followed|appeared|set in|developed] within # [days|hours] of the first dose.
    [Soon afterwards|Two days later|By the end of the first week], {d} [developed|appeared|set in].
    Treatment [was stopped|had to be stopped|was withdrawn] because of {d}.
    The [treatment|regimen] [caused|resulted in|brought on|led to] {d}.
    This was [complicated|soon followed] by {d}.
    A [striking|serious|clear] side effect was {d}.
    New {=d} [appeared|developed] before the next visit and [resolved|cleared] once dosing ended.
""")

DID_NOT_FOLLOW = sentences("""
    {d} did not [follow|appear|set in|develop] at any time.
    {d} had been present [long|for years|for months] before the first dose.
    The [treatment|regimen] [relieved|improved|eased|prevented] {d}.
    Signs of {d} were [absent|never seen|looked for in vain].
    {d} had [cleared|improved|subsided] by the end of treatment.
    A search for {d} was [negative|without result].
    One case of {d} was [due|traced] to an earlier injury.
""")

BECOMES = sentences("""
    {c} is [converted|broken down|metabolised] to {m} [in the liver|in the gut|by the kidney].
    {m} is [the main|an active|a toxic] metabolite of {c}.
    {c} [raised|increased] [blood|tissue] levels of {m}.
    In the body, {c} [yields|releases|is turned into] {m}.
    The breakdown of {c} [yields|releases] {m}.
""")

DOES_NOT_BECOME = sentences("""
    {c} is not [converted|broken down|metabolised] to {m}.
    {m} is not a [metabolite|product] of {c}.
    {c} [did not change|had no effect on] [blood|tissue] levels of {m}.
    {m} is neither a [product|metabolite] nor a [relative|salt] of {c}.
    {c} [yields|releases] no {=m}.
""")

LEADS_TO = sentences("""
    {d} in turn [led to|progressed to|was followed by] {e}.
    {e} [arose from|was the result of|developed out of] {d}.
    In # of these cases, {d} [gave way to|turned into|ended in] {e}.
    {e} was [a late|the final] [result|consequence] of {d}.
""")

DOES_NOT_LEAD_TO = sentences("""
    {d} did not [lead to|progress to] {e}.
    {e} was [present before|unrelated to] {d}.
    In no case did {d} [lead to|turn into|end in] {e}.
    {e} was not a [result|consequence] of {d}.
""")

TWO_GROUPS = sentences("""
    The first group [received|was given|took] {=c} and the second group {=o}.
    Patients [were assigned|were allotted] to {=c} in the first group or {=o} in the second group.
    Half of the animals formed the first group and had {=c}; the second group had {=o}.
""")

IN_FIRST_GROUP = sentences("""
    {d} [developed|occurred|appeared] only in the first group.
    In the first group, but not in the second, {d} [developed|occurred|appeared].
    The first group [suffered from|developed] {d}, but the second did not.
    The second group stayed well, while the first [suffered from|developed] {d}.
""")

IN_SECOND_GROUP = sentences("""
    {d} [developed|occurred|appeared] only in the second group.
    In the second group, but not in the first, {d} [developed|occurred|appeared].
    The second group [suffered from|developed] {d}, but the first did not.
    The first group stayed well, while the second [suffered from|developed] {d}.
""")

IN_BOTH_GROUPS = sentences("""
    {d} [developed|occurred|appeared] in both groups after dosing.
    Both groups [suffered from|developed] {d} as the doses rose.
    Dosing [caused|brought on|led to] {d} in both groups alike.
""")

IN_NEITHER_GROUP = sentences("""
    {d} [developed|occurred|appeared] in neither group.
    Neither group [suffered from|developed] {d}.
    Both groups [had been free|were free] of {d} to the end.
""")

CHEMICAL_ALONE = sentences("""
    {c} has been [in use|available|on the market] for # years.
    Plasma levels of {c} were [measured|determined] by chromatography.
    The [supply|chemistry] of {c} was [described|discussed] elsewhere.
    {c} is [eliminated|excreted] [by the kidney|in bile].
""")

DISEASE_ALONE = sentences("""
    {d} is [common|rare] in [older people|children|men].
    [Scales|Scores] for {d} were filled in by [nurses|a blinded observer].
    The [mechanism|natural course] of {d} is [poorly understood|still unclear].
    Little is known about {d}.
""")

LEFT_OPEN = sentences("""
    We asked whether {c} [causes|provokes|induces] {d}.
    [Plasma levels|The dose] of {c} and [scores for|signs of] {d} were [recorded|noted] weekly.
    The aim was to [study|learn] how {c} [affects|acts on] {d}.
""")

ALSO_NAMED = sentences("""
    [Also on record|Also listed in the charts|Other entries in the records] were {=all}.
    [The charts|The records|Earlier notes] also [listed|named|mentioned] {=all}.
""")

NOTHING_NAMED = sentences("""
    The dose was [raised|doubled|held steady] after # days.
    [Blood|Urine] samples were taken every # hours.
    Body weight and food intake were [recorded|measured] daily.
    No other [treatment|medicine] was changed.
    Follow-up [lasted|went on for] # months.
    All [tests|measurements] were [repeated|read] by [a second observer|two observers].
    [Informed consent|Ethical approval] was obtained beforehand.
    The [mean|median] age was # years.
    [Heart rate|Blood pressure|Body temperature] was [monitored|recorded] throughout.
    [Results|Findings] were compared with [matched controls|an untreated group].
    Dosing went on for a further # days.
    The course was followed [at home|on the ward].
""")

UNLISTED_CHEMICAL = sentences("""
    The vehicle contained {=u}.
    All [animals|subjects] also had a little {=u}.
""")

UNLISTED_DISEASE = sentences("""
    One subject with {=u} was left out.
    Complaints of {=u} were [rare|frequent].
""")

TITLE_CHEMICAL = sentences("""
    [Long-term use|Clinical use|Safety|Effects] of {=c}.
    {=c} in [clinical practice|daily practice|older patients]: [a case report|a review|a follow-up study].
    Experience with {=c}.
""")

TITLE_CAUSES = sentences("""
    {=c}-induced {=d}.
    {=d} [caused|provoked|induced] by {=c}.
    {=d} as a side effect of {=c}.
""")

TITLE_TREATS = sentences("""
    {=c} in the treatment of {=d}.
    {=c} [for|against] {=d}: a [controlled|randomised] trial.
    [Treatment|Prevention] of {=d} with {=c}.
""")

TITLE_LEFT_OPEN = sentences("""
    {=c} and {=d}: [a case report|a review|a follow-up study].
    [Patients|Subjects] with {=d} and their use of {=c}.
""")

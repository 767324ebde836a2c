"""Every number that a diagnosis is weighed by. None of them decides a verdict: they say how much is
looked at, and how much has to agree before something is named.

They were chosen on hand-written mutants of a right backend, of which some hold rules that no
library names (docs/diagnosis.md): looser ones name a rule that is not there, tighter ones leave
more unexplained.
"""

# How much is looked at, so that the work stays bounded where a backend is wrong everywhere.
IN_FULL = 24
"""Wrong answers, drawn evenly, that are held against every single rule."""
MORE_IN_FULL = 400
"""Of the other wrong answers, how many that fit no rule so far are held against every one."""
RIGHT_ONES = 600
"""Right answers, about, that are held against each rule that fits: beyond them one more says
little."""
WEIGHED = 40
"""Wrong answers, about, of which the hardest are taken to try two rules at once on."""
HARDEST = 6
"""Of these, how many are held against every two rules: there are thousands of pairs."""
ROUNDS = 8
"""Conditions tried for one rule, each contradicted by what was asked because of the one before; and
times that all statements are tried last, each time without those that fell before."""

HEAVY = 200_000
"""Products of a case from which on an answer takes long to work out under every rule."""

# Questions: each costs a call of the backend.
FRESH = 12
"""Cases asked to bear one explanation or one condition out."""
FRESH_DEATHS = 4
"""The same of a condition on deaths: each costs a process."""
LEAST_ON_A_SIDE = 3
"""Fresh calls that stop alike where a condition on errors holds, and that are answered where it
does not."""
NEAR = 4
"""Calls that stop, the smallest, whose neighbours are asked."""
ASKED_AGAIN = 24
"""Calls with wrong values that nothing explains, put again to see whether they repeat."""
HELD_OUT, UNLIKE, MOST_HELD_OUT, NARROWED = 120, 40, 1000, 3
"""Calls held out from the search that each statement is put to last, as it is stated: of what is
false of one call in a hundred, as many show it twice in three times; how many of them are chosen to
be unlike those known, of how many; times that it is, each under a narrower condition."""
SILENT = 8
"""Calls for which a statement holds, none of which is answered, before others like them are left
out: a trial needs answers."""
LEAST_NARROWED = 20
"""Further calls that show what is said under a narrower condition, which was found because of calls
before them. Where no call held out speaks of it, calls beside as many others are asked, and as many
of them have to be unlike along some axis."""
HARDLY = 4
"""The same, over the share of the calls before of which it was false: it would stand as many once
in fifty times."""
BESIDE = 40
"""Calls beside those of which a statement is false, asked before it is narrowed. Where it speaks of
fewer than LEAST_NARROWED calls held out, HELD_OUT are asked beside those that it was found in."""
TRIED_ANEW = 2
"""Times that all is put on trial: what speaks against some of it is measured, and rules are worked
out anew."""
HELD_OUT_TIMES = 3
"""Times that further calls are held out where some of them stop, and where several rules are tried
at once, or a condition that others led to: of these the falsest is false of few calls."""
OF_A_RIVAL = 4
"""Of these, calls in which it matters that one of its rules has a condition."""
TELLING = 8
"""Cases asked to tell explanations of the same answers apart."""
PROBES = 3
"""Cases asked where no known one would show that an accuracy class leaves exact numbers alone."""

# How much has to agree before a rule is named.
TOLERATED = 0.1
"""Share of the answers that a rule covers: as many wrong ones may differ from it, since something
else may have a part in them. No right one may."""
ELSEWHERE = 0.25
"""Share of the calls stopped with the same error: where more of them are none of a rule's refusals,
the error is no consequence of the rule."""
MOST_COMPUTED = 0.5
"""Share of the computed answers left: a rule that holds in parts covers as many, since one that
explains less under long conditions does so by chance."""

# Conditions, in statements over a case's facts joined by "and".
MOST_ATOMS = 3
"""Statements of a condition: four fit any few cases."""
MOST_OF_A_RULE = 2
"""Statements of a condition under which a rule holds as a whole."""
MOST_STATEMENTS = 4
"""Statements of a condition for all that is left, each the one that sets most apart: only where
fresh cases support it."""
PARTS = 3
"""Parts that the cases of one rule or error are cut into, each with a condition."""
LEAST_ANSWERS = 6
"""Answers behind each statement of a condition that no fresh case bears out."""
LEAST_BORNE_OUT = 4
"""The same where fresh cases bear it out; these count."""
MOST_PARTS_TRIED = 40
"""Parts that one statement holds together, largest first, for which a condition is looked for."""
TRIED_IN_TWOS = 60
"""Statements, those first that set most apart, of which every two are tried."""
TRIED_IN_THREES = 24
"""The same for every three: about 2,000 sets."""

# Accuracy classes.
NEARLY_ALL = 0.95
"""Share of the answers that some class allows: one class is named where it allows as many; and the
share of those that it must not refute."""
MOST_OF_A_DTYPE = 0.5
"""Share of all that is left of a dtype: a class covers as many."""
FEW = 3
"""Answers that name a class of which the backend is not known to be."""
SEVERAL = 3
"""Products of a sum from which on 16-bit partial sums show beyond one rounding of the finished
one."""
BEYOND = 0.05
"""Share of the sums of several products that is off by more than one rounding: a few pass it by
cancellation alone."""
REACH = 1 / 4
"""Share of one rounding of the result: as large an error as this share of the wrong results has at
least."""

# Measuring: each configuration costs a call or some.
MEASURED_WRONG = 24
"""Wrong answers whose configurations are measured."""
MEASURED_FRESH, MEASURED_ELSE = 40, 20
"""Fresh configurations that are measured beside them: of each auto_pad, with and without
output_shape, that some wrong answer has, and of all others."""
MOST_MEASURED = 5
"""Rules of one kind that are looked for."""
MOST_WAYS, MOST_THOROUGH = 80, 10
"""Conditions, those first that hold for most of what is wrong, under which a formula is looked for:
a linear one, any one."""
PAIRED, A_STATEMENT = 24, 0.02
"""Statements of which every two are tried; what the second one has to add, as a share."""
WIDENED = 60
"""Statements, those first that hold for most wrong points, of which every two are tried as a
formula's condition once it is found."""
MEASURED_ROUNDS = 6
"""Times that rules are worked out anew, each with what contradicted those before measured, too."""
ON_TRIAL, ON_TRIAL_AT_MOST, TWICE = 16, 24, 2
"""Fresh calls that put a rule on trial, where all of its rivals are told apart by fewer, and where
they are not; calls that tell a rival apart."""
TRIALS = 3
"""Times that a rule is put on trial where too few of the calls could be read."""
LOOKED_AT = 250
"""Calls, fresh ones that a rule speaks of, of which those on trial are chosen."""
LEAST_STOOD = 12
"""Calls measured after a rule was found, of which it says something else than the text, that have
to bear it out before it is stated; none may refute it. A rule that fails in one call of five stands
them once in fifteen times, before its rivals are asked about."""
LEAST_ALIKE, MOST_ALIKE = 3, 60
"""Cases known, in which a measured rule and a named one are the same, before it takes the name; of
how many that is looked at."""
FEW_TRIED = 4
"""Wrong answers on which rules of images and of rounding are tried, of which there are hundreds."""
MOST_BEYOND, LEAST_BEYOND = 3, 8
"""Such rules that are looked for; answers, known and fresh, behind one."""

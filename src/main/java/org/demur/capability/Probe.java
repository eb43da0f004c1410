package org.demur.capability;

import java.io.Serializable;
import java.util.List;

/** Some items of one benchmark, as tokens, to be measured under interventions. */
sealed interface Probe extends Serializable permits WordProblemProbe, LetterProbe, LikelihoodProbe, TextProbe {
    /** Name of the benchmark. */
    String benchmark();

    /** What tells the items from those of other probes of the benchmark. */
    String key();

    /** How many items. */
    int size();

    /** Rows for every condition and item, in this order. */
    List<ItemRow> measure(Subject subject);
}

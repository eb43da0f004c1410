package org.demur.attribution;

import java.io.Serializable;

/** A ranking: a method, and whether it is taken as published or mended. */
record RankingId(RankingMethod method, AttributionMode mode) implements Serializable {

    /** Id of its set for all prompts, when sets without a suffix are made from {@code first}. */
    String setId(AttributionMode first) {
        boolean isSecond =
                mode != first && method.modes(java.util.List.of(first)).contains(first);
        return isSecond ? method.setId() + "_" + mode.sqlName() : method.setId();
    }
}

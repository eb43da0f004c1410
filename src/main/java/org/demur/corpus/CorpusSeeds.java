package org.demur.corpus;

import org.demur.runtime.RunSeed;

/** Seeds of choices that several stages have to make alike. */
public final class CorpusSeeds {
    private CorpusSeeds() {}

    /** Chooses the prompts that are kept out of training. */
    public static long heldOut(RunSeed study) {
        return study.derive("held-out prompts");
    }

    /** Orders the rows for samples. */
    public static SampleOrder sample(RunSeed study) {
        return new SampleOrder(study.derive("sample rows"));
    }
}

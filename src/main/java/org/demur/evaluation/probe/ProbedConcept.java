package org.demur.evaluation.probe;

import java.util.SplittableRandom;

/**
 * A concept with a probe that reads whole rows, fitted to the training prompts.
 *
 * @param concept itself or its control
 */
record ProbedConcept(Concept concept, LinearProbe probe) {
    static ProbedConcept of(Concept concept, ResidualNumbers residual) {
        return new ProbedConcept(concept, residual.fit(concept.train(), residual.every()));
    }

    /** The control: labels dealt out anew. */
    ProbedConcept shuffled(ResidualNumbers residual, long seed) {
        return of(concept.shuffled(new SplittableRandom(seed)), residual);
    }

    String name() {
        return concept.name();
    }
}

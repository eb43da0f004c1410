package org.demur.evaluation.probe;

import java.util.ArrayList;
import java.util.List;

/**
 * Sparse probing as in SAEBench: on the training prompts, the k features whose means differ most between prompts with and
 * without the concept; a logistic regression on them; its accuracy on the test prompts. For comparison the same with the
 * elements of the row in place of features, and with the whole row. The control deals the labels out anew, on both sides,
 * before anything is chosen, so it stays near one half.
 */
final class SparseProbing {
    private static final String METRIC = "probe_accuracy";

    private final LayerProbes layer;
    private final ProbedConcept concept;
    private final ProbedConcept control;

    SparseProbing(LayerProbes layer, ProbedConcept concept, ProbedConcept control) {
        this.layer = layer;
        this.concept = concept;
        this.control = control;
    }

    List<ProbeResult> measure() {
        List<ProbeResult> results = new ArrayList<>();
        for (int size : layer.settings().sizes()) {
            results.add(sparse("features", layer.features(), size));
            results.add(sparse("residual_dims", layer.residual(), size));
        }
        Judged whole = new Judged(new int[0], whole(concept));
        results.add(result("residual", layer.decoder().width(), whole, whole(control)));
        return results;
    }

    /** Accuracy of a probe, and what it reads. */
    private record Judged(int[] chosen, Measurement accuracy) {}

    private Measurement whole(ProbedConcept probed) {
        ResidualNumbers residual = layer.residual();
        return Measurement.share(residual.right(probed.probe(), probed.concept().test(), residual.every()));
    }

    private ProbeResult sparse(String representation, PromptNumbers numbers, int size) {
        Judged value = judged(concept.concept(), numbers, size);
        return result(
                representation,
                size,
                value,
                judged(control.concept(), numbers, size).accuracy());
    }

    private static Judged judged(Concept labels, PromptNumbers numbers, int size) {
        int[] chosen = numbers.mostDifferent(labels.train(), size);
        LinearProbe probe = numbers.fit(labels.train(), chosen);
        return new Judged(chosen, Measurement.share(numbers.right(probe, labels.test(), chosen)));
    }

    private ProbeResult result(String representation, int size, Judged value, Measurement controlAccuracy) {
        return new ProbeResult(
                new ProbeResult.Subject(
                        METRIC, concept.name(), representation, size, ProbeResult.Control.SHUFFLED_LABELS),
                concept.concept().train().size(),
                Double.NaN,
                value.accuracy(),
                controlAccuracy,
                value.chosen());
    }
}

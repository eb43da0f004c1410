package org.demur.evaluation.probe;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demur.sae.RowHash;

/** The probes of one layer: prompts as features and as rows, and what every measure starts from. */
public final class LayerProbes {
    private final Decoder decoder;
    private final ProbeSettings settings;
    private final long seed;
    private final FeatureNumbers features;
    private final ResidualNumbers residual;

    /**
     * @param decoder the layer's dictionary
     * @param vectors prompts, in any order
     * @param settings sizes
     * @param seed of controls and intervals
     */
    public LayerProbes(Decoder decoder, Iterable<PromptVector> vectors, ProbeSettings settings, long seed) {
        Map<Integer, PromptVector> byPrompt = new TreeMap<>();
        vectors.forEach(vector -> byPrompt.put(vector.prompt(), vector));
        this.decoder = decoder;
        this.settings = settings;
        this.seed = seed;
        this.features = new FeatureNumbers(byPrompt, decoder.features());
        this.residual = new ResidualNumbers(byPrompt, decoder.width());
    }

    /** Every figure, over those prompts of the concepts that have a vector. */
    public List<ProbeResult> measure(List<Concept> concepts) {
        List<ProbedConcept> probed = concepts.stream()
                .map(concept -> concept.where(features.vectors()::containsKey))
                .filter(Concept::isMeasurable)
                .map(concept -> ProbedConcept.of(concept, residual))
                .toList();
        List<ProbeResult> results = new ArrayList<>();
        for (ProbedConcept concept : probed) {
            ProbedConcept control = concept.shuffled(residual, seed("shuffled labels", concept.name(), 0));
            results.addAll(new SparseProbing(this, concept, control).measure());
            results.addAll(new Absorption(this, concept, control).measure());
            results.addAll(new TargetedPerturbation(this, probed).measure(concept));
        }
        return results;
    }

    Decoder decoder() {
        return decoder;
    }

    ProbeSettings settings() {
        return settings;
    }

    FeatureNumbers features() {
        return features;
    }

    ResidualNumbers residual() {
        return residual;
    }

    /** A seed for one purpose. */
    long seed(String purpose, String concept, int size) {
        RowHash hash = new RowHash(seed);
        hash.add(purpose.getBytes(StandardCharsets.UTF_8));
        hash.add(concept.getBytes(StandardCharsets.UTF_8));
        hash.add(size);
        return hash.value();
    }

    Measurement.Draws draws(String purpose, String concept, int size) {
        return new Measurement.Draws(settings.resamples(), seed(purpose + " bootstrap", concept, size));
    }
}

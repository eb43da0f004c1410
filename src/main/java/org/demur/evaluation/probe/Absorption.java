package org.demur.evaluation.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Feature absorption (Chanin et al. 2024) with SAEBench's thresholds, on prompts in place of first letters of words: the
 * features that stand for a concept are silent on a prompt that has it, and another one that is closer to the prompt writes the
 * concept in their place.
 *
 * <p>Main features are those that the concept raises most, by difference of means; as many as raise the F1 of a probe on the
 * training prompts by 0.03 each, at most 10. Test prompts that have the concept and that the probe of whole rows tells right are looked at. With p the
 * unit weights of that probe, a feature writes f_j d_j p of the prompt's projection (x - b_dec) p.
 */
final class Absorption {
    private static final double MIN_GAIN = 0.03;
    private static final int MAX_MAIN = 10;
    private static final double FULL_MIN_COSINE = 0.025;
    private static final double FULL_MIN_SHARE = 0.4;
    private static final double PARTIAL_MIN_COSINE = 0.1;
    private static final int PARTIAL_ABSORBERS = 3;

    private final LayerProbes layer;
    private final ProbedConcept concept;
    private final ProbedConcept control;

    Absorption(LayerProbes layer, ProbedConcept concept, ProbedConcept control) {
        this.layer = layer;
        this.concept = concept;
        this.control = control;
    }

    /**
     * The share of prompts on which a feature has absorbed the concept fully, and the mean share of the concept that
     * absorbers write. The control has its main features and its probe from labels dealt out anew.
     */
    List<ProbeResult> measure() {
        Split found = split(concept);
        Split chance = split(control);
        List<ProbeResult> results = new ArrayList<>();
        results.add(result("absorption_rate", found, found.full(), chance.full()));
        results.add(result("absorption_fraction", found, partial(found), partial(chance)));
        return results;
    }

    private ProbeResult result(String metric, Split found, Measurement value, Measurement control) {
        return new ProbeResult(
                new ProbeResult.Subject(
                        metric, concept.name(), "features", found.main().length, ProbeResult.Control.SHUFFLED_LABELS),
                concept.concept().train().size(),
                Double.NaN,
                value,
                control,
                found.main());
    }

    private Measurement partial(Split split) {
        return split.fractions().length == 0
                ? Measurement.share(0, 0)
                : Measurement.ofMeans(
                        List.of(split.fractions()),
                        new double[] {1},
                        layer.draws("absorption_fraction", concept.name(), split.main().length));
    }

    /**
     * What happens on the prompts looked at.
     *
     * @param main the features that stand for the concept
     * @param full the share with full absorption
     * @param fractions by prompt, the share of the concept that absorbers write
     */
    private record Split(int[] main, Measurement full, double[] fractions) {}

    private Split split(ProbedConcept probed) {
        int[] main = mainFeatures(probed.concept().train());
        LabelledPrompts test = probed.concept().test();
        boolean[] right =
                layer.residual().right(probed.probe(), test, layer.residual().every());
        List<Projection> projections = IntStream.range(0, right.length)
                .filter(i -> right[i] && test.positive()[i])
                .mapToObj(i -> new Projection(layer, test.prompts()[i], probed.probe(), main))
                .toList();
        int full = (int) projections.stream().filter(Projection::isFull).count();
        return new Split(
                main,
                Measurement.share(full, projections.size()),
                projections.stream().mapToDouble(Projection::fraction).toArray());
    }

    private int[] mainFeatures(LabelledPrompts train) {
        int[] ranked = PromptNumbers.largest(layer.features().meanDifference(train), MAX_MAIN);
        int size = 0;
        double best = 0;
        while (size < ranked.length) {
            double next = f1(train, Arrays.copyOf(ranked, size + 1));
            if (size > 0 && next < best + MIN_GAIN) {
                break;
            }
            best = next;
            size++;
        }
        int[] main = Arrays.copyOf(ranked, size);
        Arrays.sort(main);
        return main;
    }

    private double f1(LabelledPrompts train, int[] features) {
        boolean[] right = layer.features().right(layer.features().fit(train, features), train, features);
        int hits = 0;
        int errors = 0;
        for (int i = 0; i < right.length; i++) {
            hits += right[i] && train.positive()[i] ? 1 : 0;
            errors += right[i] ? 0 : 1;
        }
        return 2.0 * hits / (2.0 * hits + errors);
    }

    /** Who writes the concept into one prompt. */
    private static final class Projection {
        private final double total;
        private double main;
        private int mainActive;
        private final List<Share> others = new ArrayList<>();

        private record Share(double written, double cosine) {}

        Projection(LayerProbes layer, int prompt, LinearProbe probe, int[] mainFeatures) {
            double norm = probe.norm();
            Decoder decoder = layer.decoder();
            PromptVector vector = layer.features().vectors().get(prompt);
            double sum = 0;
            for (int c = 0; c < decoder.width(); c++) {
                sum += (vector.x_D()[c] - decoder.b_dec_D()[c]) * probe.weights()[c];
            }
            total = sum / norm;
            for (int i = 0; i < vector.features().length; i++) {
                int j = vector.features()[i];
                double along = decoder.along(j, probe.weights()) / norm;
                double written = vector.values()[i] * along;
                if (Arrays.binarySearch(mainFeatures, j) >= 0) {
                    main += Math.max(0, written);
                    mainActive++;
                } else if (along > 0) {
                    others.add(new Share(written, along / decoder.norm(j)));
                }
            }
            others.sort(Comparator.comparingDouble((Share share) -> -share.written));
        }

        /** No main feature is active, and the one that writes most writes 0.4 of the concept. */
        boolean isFull() {
            return mainActive == 0
                    && total > 0
                    && !others.isEmpty()
                    && others.get(0).cosine() >= FULL_MIN_COSINE
                    && others.get(0).written() >= FULL_MIN_SHARE * total;
        }

        /** What the best absorbers write of what the main features leave out, over that and what those write. */
        double fraction() {
            double absorbed = others.stream()
                    .filter(share -> share.cosine >= PARTIAL_MIN_COSINE)
                    .limit(PARTIAL_ABSORBERS)
                    .mapToDouble(Share::written)
                    .sum();
            double counted = Math.min(absorbed, Math.max(0, total - main));
            return counted > 0 ? counted / (counted + main) : 0;
        }
    }
}

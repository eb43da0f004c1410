package org.demur.evaluation.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Targeted probe perturbation as in SAEBench: the n features with the largest effect on a concept's probe are taken out of
 * the rows, the reconstruction error is kept (x' = x - sum f_j d_j), and the probes of all concepts judge the test prompts
 * again. The effect of a feature is its difference of means on the training prompts, where positive, times what it writes along
 * the weights of the probe.
 *
 * <p>Rows are means over tokens. The edit and the probe are linear, so editing the mean is the mean of the edits.
 */
final class TargetedPerturbation {
    private final LayerProbes layer;
    private final List<ProbedConcept> concepts;

    TargetedPerturbation(LayerProbes layer, List<ProbedConcept> concepts) {
        this.layer = layer;
        this.concepts = concepts;
    }

    /** How much accuracy the concept's own probe loses, and how much more than the others where there are any. */
    List<ProbeResult> measure(ProbedConcept target) {
        List<ProbeResult> results = new ArrayList<>();
        int[] byEffect = byEffect(target);
        for (int size : layer.settings().ablated()) {
            int[] chosen = Arrays.copyOf(byEffect, Math.min(size, byEffect.length));
            int[] random = random(target, chosen);
            Arrays.sort(chosen);
            results.add(result("probe_drop", target, size, List.of(chosen, random)));
            if (concepts.size() > 1) {
                results.add(result("tpp", target, size, List.of(chosen, random)));
            }
        }
        return results;
    }

    private int[] byEffect(ProbedConcept target) {
        double[] difference = layer.features().meanDifference(target.concept().train());
        double[] effect = new double[difference.length];
        for (int j = 0; j < effect.length; j++) {
            effect[j] = difference[j] > 0
                    ? difference[j] * layer.decoder().along(j, target.probe().weights())
                    : 0;
        }
        return PromptNumbers.largest(effect, effect.length);
    }

    /** As many others among the features that are active on the concept's training prompts. */
    private int[] random(ProbedConcept target, int[] chosen) {
        TreeSet<Integer> active = new TreeSet<>();
        for (int prompt : target.concept().train().prompts()) {
            for (int feature : layer.features().vectors().get(prompt).features()) {
                active.add(feature);
            }
        }
        Arrays.stream(chosen).forEach(active::remove);
        List<Integer> pool = new ArrayList<>(active);
        SplittableRandom random = new SplittableRandom(layer.seed("random features", target.name(), chosen.length));
        int[] drawn = new int[Math.min(chosen.length, pool.size())];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = pool.remove(random.nextInt(pool.size()));
        }
        Arrays.sort(drawn);
        return drawn;
    }

    private ProbeResult result(String metric, ProbedConcept target, int size, List<int[]> chosenAndRandom) {
        LabelledPrompts test = target.concept().test();
        Measurement before = Measurement.share(right(target, test, new int[0]));
        List<Measurement> measured = chosenAndRandom.stream()
                .map(features -> measured(metric, target, features))
                .toList();
        return new ProbeResult(
                new ProbeResult.Subject(metric, target.name(), "features", size, ProbeResult.Control.RANDOM_FEATURES),
                target.concept().train().size(),
                before.value(),
                measured.get(0),
                measured.get(1),
                chosenAndRandom.get(0));
    }

    private Measurement measured(String metric, ProbedConcept target, int[] features) {
        List<double[]> drops = new ArrayList<>();
        drops.add(drop(target, features));
        if (metric.equals("tpp")) {
            concepts.stream().filter(other -> other != target).forEach(other -> drops.add(drop(other, features)));
        }
        double[] weights = new double[drops.size()];
        Arrays.fill(weights, -1.0 / Math.max(1, weights.length - 1));
        weights[0] = 1;
        return Measurement.ofMeans(drops, weights, layer.draws(metric, target.name(), features.length));
    }

    /** By test prompt of the judging concept: 1 if its probe was right before and is wrong after, -1 the other way, else 0. */
    private double[] drop(ProbedConcept judge, int[] features) {
        LabelledPrompts test = judge.concept().test();
        boolean[] before = right(judge, test, new int[0]);
        boolean[] after = right(judge, test, features);
        return IntStream.range(0, before.length)
                .mapToDouble(i -> (before[i] ? 1 : 0) - (after[i] ? 1 : 0))
                .toArray();
    }

    private boolean[] right(ProbedConcept judge, LabelledPrompts test, int[] ablated) {
        double[] along = Arrays.stream(ablated)
                .mapToDouble(j -> layer.decoder().along(j, judge.probe().weights()))
                .toArray();
        double[][] rows = layer.residual().matrix(test, layer.residual().every());
        boolean[] right = new boolean[rows.length];
        for (int i = 0; i < right.length; i++) {
            double score = judge.probe().score(rows[i]);
            for (int j = 0; j < ablated.length; j++) {
                score -= layer.features().value(test.prompts()[i], ablated[j]) * along[j];
            }
            right[i] = score > 0 == test.positive()[i];
        }
        return right;
    }
}

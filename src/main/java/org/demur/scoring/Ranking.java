package org.demur.scoring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A ranking of features under one intervention: what its first features do, by how many are taken. Random sets with the
 * same matching are one ranking that was drawn several times.
 *
 * @param name name of the ranking, or of the baseline
 * @param draws cells by set size, one map for each draw
 */
record Ranking(String name, List<Map<Integer, JudgedCell>> draws) {
    private static final Pattern RANDOM = Pattern.compile("(random(?:_[a-z]+)?)_\\d+");

    /** The rankings among cells of one condition, by name. */
    static Map<String, Ranking> of(Collection<JudgedCell> cells) {
        Map<String, Map<Integer, JudgedCell>> bySet = new TreeMap<>();
        for (JudgedCell cell : cells) {
            cell.featureSet().ifPresent(set -> bySet.computeIfAbsent(set, id -> new TreeMap<>())
                    .put(cell.nFeatures(), cell));
        }
        Map<String, Ranking> rankings = new TreeMap<>();
        bySet.forEach((set, bySize) -> {
            Matcher random = RANDOM.matcher(set);
            String name = random.matches() ? random.group(1) : set;
            rankings.computeIfAbsent(name, missing -> new Ranking(name, new ArrayList<>()))
                    .draws()
                    .add(bySize);
        });
        return rankings;
    }

    /** A baseline that takes no features: the same at every size. */
    static Ranking constant(JudgedCell cell, Set<Integer> sizes) {
        Map<Integer, JudgedCell> bySize = new TreeMap<>();
        sizes.forEach(size -> bySize.put(size, cell));
        return new Ranking(cell.method(), List.of(bySize));
    }

    boolean isRandom() {
        return name.equals("random") || name.startsWith("random_");
    }

    /** Sizes that every draw was measured at. */
    Set<Integer> sizes() {
        Set<Integer> sizes = new TreeSet<>(draws.get(0).keySet());
        draws.forEach(draw -> sizes.retainAll(draw.keySet()));
        return sizes;
    }

    /** How often each prompt was refused over these sizes and all draws; only prompts with every verdict. */
    Map<String, Integer> refusals(Set<Integer> sizes) {
        Map<String, Integer> refusals = new TreeMap<>();
        Map<String, Integer> verdicts = new HashMap<>();
        for (JudgedCell cell : cells(sizes)) {
            cell.refused().forEach((prompt, refused) -> {
                refusals.merge(prompt, refused ? 1 : 0, Integer::sum);
                verdicts.merge(prompt, 1, Integer::sum);
            });
        }
        refusals.keySet().removeIf(prompt -> verdicts.get(prompt) < sizes.size() * draws.size());
        return refusals;
    }

    /** Mean change in cross-entropy over these sizes and all draws; NaN unless all were measured. */
    double crossEntropyChange(Set<Integer> sizes) {
        return cells(sizes).stream()
                .mapToDouble(JudgedCell::crossEntropyChange)
                .average()
                .orElse(Double.NaN);
    }

    List<JudgedCell> cells(Set<Integer> sizes) {
        return draws.stream().flatMap(draw -> sizes.stream().map(draw::get)).toList();
    }
}

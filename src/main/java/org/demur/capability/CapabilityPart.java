package org.demur.capability;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.demur.cells.Method;
import org.demur.cells.PartFile;

/**
 * The work of one task: a probe under some interventions. Its rows go to a file of their own.
 *
 * @param number of the probe among those of its benchmark and key
 */
record CapabilityPart(Probe probe, int number, List<Treatment> treatments) implements Serializable {
    CapabilityPart {
        treatments = List.copyOf(treatments);
    }

    /** Every probe under every intervention, at most {@code cells} of them together. */
    static List<CapabilityPart> of(List<Probe> probes, List<Treatment> treatments, int cells) {
        List<List<Treatment>> groups = groups(treatments, cells);
        Map<String, Integer> numbers = new LinkedHashMap<>();
        List<CapabilityPart> parts = new ArrayList<>();
        for (Probe probe : probes) {
            int number = numbers.merge(probe.benchmark() + "/" + probe.key(), 1, Integer::sum) - 1;
            groups.forEach(group -> parts.add(new CapabilityPart(probe, number, group)));
        }
        return parts;
    }

    /** Removing a direction begins at the first layer and leaves nothing to share, so such edits stay among themselves. */
    private static List<List<Treatment>> groups(List<Treatment> treatments, int cells) {
        List<List<Treatment>> groups = new ArrayList<>();
        treatments.stream()
                .collect(Collectors.groupingBy(
                        one -> one.cell().kind() == Method.DIRECTION_ABLATION, LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(alike -> {
                    for (int from = 0; from < alike.size(); from += cells) {
                        groups.add(alike.subList(from, Math.min(alike.size(), from + cells)));
                    }
                });
        return groups;
    }

    /** Values that the part measures. */
    long measurements() {
        return (long) probe.size() * treatments.size();
    }

    PartFile file(Path scratch) {
        String key = probe.benchmark() + "/" + probe.key() + "/"
                + treatments.stream().map(Treatment::id).collect(Collectors.joining("/"));
        return PartFile.of(scratch, key, number);
    }
}

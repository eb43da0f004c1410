package org.demur.cells;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an intervention was made from, so that a replay from other tables is noticed.
 *
 * @param direction digest of the refusal direction; empty where it plays no part
 * @param dictionaries digest of the SAE rows that are used, by layer
 * @param members features of each action as layer/index, best ranked first; none for sets that differ by prompt
 */
public record Evidence(String direction, Map<Integer, String> dictionaries, List<List<String>> members)
        implements Serializable {
    /** Nothing is known yet. */
    public static final Evidence NONE = new Evidence("", Map.of(), List.of());

    /** Copies the collections. */
    public Evidence {
        dictionaries = new TreeMap<>(dictionaries);
        members = members.stream().map(List::copyOf).toList();
    }
}

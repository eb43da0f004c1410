package org.demur.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which rows of a decoding batch still have the same tokens: rows of one prompt whose continuations have not parted. Below
 * the first edit they compute the same, so a lineage has one place in the caches of those blocks and runs once.
 */
final class Lineages {
    private final List<Integer> placeOfRow = new ArrayList<>();
    private final BitSet used = new BitSet();

    /** One copy of a cache row that has to be made before the next step. */
    record Copy(int from, int to) {}

    /** Places in use, and unused ones between them. */
    int size() {
        return used.length();
    }

    int placeOf(int row) {
        return placeOfRow.get(row);
    }

    /** Takes a free place for new rows; {@code rows} name where they stand in the batch. */
    int found(List<Integer> rows) {
        int place = used.nextClearBit(0);
        used.set(place);
        for (int row : rows) {
            while (placeOfRow.size() <= row) {
                placeOfRow.add(place);
            }
            placeOfRow.set(row, place);
        }
        return place;
    }

    /** A row that stands for each place; finished rows stand for none. */
    Map<Integer, DecodingRow> representatives(List<DecodingRow> rows) {
        Map<Integer, DecodingRow> representatives = new LinkedHashMap<>();
        for (int b = 0; b < rows.size(); b++) {
            if (!rows.get(b).isFinished()) {
                representatives.putIfAbsent(placeOfRow.get(b), rows.get(b));
            }
        }
        return representatives;
    }

    /** Parts rows whose newest tokens differ, and frees the places that no unfinished row needs. */
    List<Copy> part(List<DecodingRow> rows) {
        Map<Integer, Map<Integer, List<Integer>>> byToken = new LinkedHashMap<>();
        for (int b = 0; b < rows.size(); b++) {
            if (!rows.get(b).isFinished()) {
                byToken.computeIfAbsent(placeOfRow.get(b), place -> new LinkedHashMap<>())
                        .computeIfAbsent(rows.get(b).newest(), token -> new ArrayList<>())
                        .add(b);
            }
        }
        used.clear();
        byToken.keySet().forEach(used::set);
        List<Copy> copies = new ArrayList<>();
        byToken.forEach((place, tokens) -> {
            boolean first = true;
            for (List<Integer> members : tokens.values()) {
                if (!first) {
                    copies.add(new Copy(place, found(members)));
                }
                first = false;
            }
        });
        return copies;
    }

    /**
     * Leaves out rows.
     *
     * @param kept the rows that stay, in order
     * @return the old place of each new one
     */
    List<Integer> compact(List<Integer> kept) {
        List<Integer> old = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int row : kept) {
            int place = placeOfRow.get(row);
            if (!old.contains(place)) {
                old.add(place);
            }
            places.add(old.indexOf(place));
        }
        placeOfRow.clear();
        placeOfRow.addAll(places);
        used.clear();
        used.set(0, old.size());
        return old;
    }
}

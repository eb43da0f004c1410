package org.demur.intervention;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.demur.cells.Cell;
import org.demur.cells.Method;
import org.demur.config.CanonicalJson;
import org.demur.judge.PhraseJudge;
import org.demur.judge.PhraseList;
import org.demur.statistics.Interval;
import org.demur.statistics.Proportion;

/** Counts refusals while a sweep runs, by the phrase judge, and says which cells are settled. */
final class Separation {
    private static final PhraseJudge JUDGE =
            PhraseJudge.of(PhraseList.NORMALISED, PhraseJudge.DEFAULT_PREFIX_CODE_POINTS);

    private final EarlyStop rule;
    private final Map<String, int[]> refusedOf = new HashMap<>();
    private final Map<String, String> reasons = new TreeMap<>();

    Separation(EarlyStop rule) {
        this.rule = rule;
    }

    /** Counts the rows of finished batches. */
    void count(List<String> files) {
        for (String file : files) {
            try {
                for (String line : Files.readAllLines(Path.of(file))) {
                    JsonNode row = CanonicalJson.parse(line);
                    int[] counts = refusedOf.computeIfAbsent(row.path("cell_id").textValue(), cell -> new int[2]);
                    counts[0] +=
                            JUDGE.verdict(row.path("completion").textValue()).refusedPrefix() ? 1 : 0;
                    counts[1]++;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read " + file, e);
            }
        }
    }

    /**
     * The cells that go on. A set without a cell of the untouched model has nothing to be apart from.
     *
     * @param prompts of each set in all
     */
    List<Cell> open(List<Cell> cells, Map<String, Integer> prompts) {
        Map<String, int[]> baseOf = new HashMap<>();
        cells.stream()
                .filter(cell -> cell.kind() == Method.NONE)
                .forEach(cell -> baseOf.put(cell.setName(), refusedOf.get(cell.cellId())));
        List<Cell> open = new ArrayList<>();
        for (Cell cell : cells) {
            int[] base = baseOf.getOrDefault(cell.setName(), new int[2]);
            int[] own = refusedOf.get(cell.cellId());
            if (own[1] < rule.minPrompts() || !areApart(base, own)) {
                open.add(cell);
            } else {
                reasons.put(
                        cell.cellId(),
                        String.format(
                                Locale.ROOT,
                                "apart from none at %s after %d of %d prompts",
                                rule.confidence(),
                                own[1],
                                prompts.get(cell.setName())));
            }
        }
        return open;
    }

    private boolean areApart(int[] base, int[] own) {
        if (base[1] == 0) {
            return false;
        }
        Interval ofBase = new Proportion(base[0], base[1]).wilson(rule.confidence());
        Interval ofOwn = new Proportion(own[0], own[1]).wilson(rule.confidence());
        return ofOwn.high() < ofBase.low() || ofOwn.low() > ofBase.high();
    }

    /** Why cells were stopped, by id. */
    Map<String, String> reasons() {
        return reasons;
    }
}

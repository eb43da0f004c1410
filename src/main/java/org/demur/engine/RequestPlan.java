package org.demur.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.model.BlockLayout;
import org.demur.prompts.TokenClass;

/**
 * Sees a whole request before anything runs and finds the work that its rows share. Deterministic in the request; results
 * don't depend on it beyond the rounding of fp32 sums.
 */
final class RequestPlan {
    /** A shared beginning shorter than this costs more to share than to repeat. */
    private static final int MIN_SHARED_TOKENS = 8;

    /** A cluster that saves fewer tokens than this is not worth passes of its own. */
    private static final int MIN_SAVED_TOKENS = 128;

    private final List<TokenSequence> sequences;
    private final Rules rules;

    private RequestPlan(List<TokenSequence> sequences, Rules rules) {
        this.sequences = sequences;
        this.rules = rules;
    }

    /**
     * What the model and the request allow.
     *
     * @param maxSharedTokens tokens of a shared beginning, over all sets of edits, that fit a pass
     * @param shares whether anything may be shared at all
     * @param layout of the model's blocks
     * @param regimes see {@link AttentionKinds#regimes}
     */
    record Rules(int maxSharedTokens, boolean shares, BlockLayout layout, IntFunction<List<Integer>> regimes) {}

    /** Tokens and their classes. */
    private record Prompt(List<Integer> tokens, List<TokenClass> classes) {}

    static List<Cluster> clusters(List<TokenSequence> sequences, Rules rules) {
        return new RequestPlan(sequences, rules).clusters();
    }

    private List<Cluster> clusters() {
        Map<List<Integer>, Map<List<Integer>, List<Integer>>> byRegime = new LinkedHashMap<>();
        for (int i = 0; i < sequences.size(); i++) {
            int[] ids = sequences.get(i).tokenIds();
            List<Integer> head = boxed(Arrays.copyOf(ids, Math.min(ids.length, MIN_SHARED_TOKENS)));
            byRegime.computeIfAbsent(rules.regimes.apply(ids.length), regime -> new LinkedHashMap<>())
                    .computeIfAbsent(head, h -> new ArrayList<>())
                    .add(i);
        }
        List<Cluster> clusters = new ArrayList<>();
        for (Map<List<Integer>, List<Integer>> byHead : byRegime.values()) {
            List<Integer> rest = new ArrayList<>();
            for (List<Integer> members : byHead.values()) {
                Cluster cluster = cluster(members, true);
                if (cluster.shared() > 0) {
                    clusters.add(cluster);
                } else {
                    rest.addAll(members);
                }
            }
            if (!rest.isEmpty()) {
                clusters.add(cluster(rest, false));
            }
        }
        return clusters;
    }

    private Cluster cluster(List<Integer> members, boolean sharesBeginning) {
        Map<Prompt, Integer> prompts = new HashMap<>();
        Map<List<Edit>, Integer> families = new HashMap<>();
        List<Cluster.Row> rows = new ArrayList<>();
        for (int index : members) {
            TokenSequence sequence = sequences.get(index);
            Prompt prompt = new Prompt(boxed(sequence.tokenIds()), sequence.classes());
            int promptNumber = prompts.computeIfAbsent(prompt, p -> prompts.size());
            int family = families.computeIfAbsent(sequence.edits(), e -> families.size());
            rows.add(new Cluster.Row(index, sequence, promptNumber, family));
        }
        boolean needsTwins = rows.stream().anyMatch(row -> row.places() > 1);
        if (needsTwins) {
            families.computeIfAbsent(List.of(), e -> families.size());
        }
        int shared = sharesBeginning ? shared(rows, families.size()) : 0;
        Optional<HookPoint> fork =
                needsTwins || prompts.size() < rows.size() ? fork(families.keySet()) : Optional.empty();
        boolean eachItsOwn = families.size() == rows.size();
        rows.sort(order(fork.isPresent() || eachItsOwn));
        return new Cluster(List.copyOf(rows), shared, fork, families.size());
    }

    private static Comparator<Cluster.Row> order(boolean promptsFirst) {
        Comparator<Cluster.Row> byLength = Comparator.comparingInt(Cluster.Row::length);
        Comparator<Cluster.Row> byFamily = Comparator.comparingInt(Cluster.Row::family);
        return promptsFirst
                ? byLength.thenComparing(Cluster.Row::prompt)
                        .thenComparing(byFamily)
                        .thenComparing(Cluster.Row::index)
                : byFamily.thenComparing(byLength).thenComparing(Cluster.Row::index);
    }

    private int shared(List<Cluster.Row> rows, int families) {
        boolean perToken = rows.stream()
                .flatMap(row -> row.sequence().edits().stream())
                .anyMatch(Edit.Interpolate.class::isInstance);
        if (!rules.shares || perToken || rows.size() < 2 * families) {
            return 0;
        }
        TokenSequence first = rows.get(0).sequence();
        int shared = Integer.MAX_VALUE;
        for (Cluster.Row row : rows) {
            shared = Math.min(shared, Math.min(equalTokens(first, row.sequence()), row.length() - 1));
        }
        boolean worthIt = shared >= MIN_SHARED_TOKENS && (rows.size() - families) * (long) shared >= MIN_SAVED_TOKENS;
        return worthIt && shared * (long) families <= rules.maxSharedTokens ? shared : 0;
    }

    private static int equalTokens(TokenSequence a, TokenSequence b) {
        int mismatch = Arrays.mismatch(a.tokenIds(), b.tokenIds());
        int equal = mismatch < 0 ? a.length() : mismatch;
        if (a.classes().isEmpty() != b.classes().isEmpty()) {
            return 0;
        }
        for (int t = 0; t < equal && !a.classes().isEmpty(); t++) {
            if (a.classes().get(t) != b.classes().get(t)) {
                return t;
            }
        }
        return equal;
    }

    /** The first point of the stream at which any of the sets of edits does something. */
    private Optional<HookPoint> fork(Iterable<List<Edit>> families) {
        Optional<HookPoint> first = Optional.empty();
        int sets = 0;
        for (List<Edit> edits : families) {
            sets++;
            for (Edit edit : edits) {
                for (HookPoint point : visited(edit)) {
                    HookPoint here = streamBefore(point);
                    first = first.isEmpty() || here.compareTo(first.get()) < 0 ? Optional.of(here) : first;
                }
            }
        }
        return sets > 1 && rules.shares
                ? first.filter(point -> !point.equals(new HookPoint(Site.RESID_PRE, 0)))
                : Optional.empty();
    }

    /** Points that it changes, and the one that it looks at. */
    private static List<HookPoint> visited(Edit edit) {
        List<HookPoint> points = new ArrayList<>(edit.points());
        EditShape.of(edit).where().condition().ifPresent(condition -> points.add(condition.at()));
        return points;
    }

    private HookPoint streamBefore(HookPoint point) {
        HookPoint pre = new HookPoint(Site.RESID_PRE, point.layer());
        HookPoint mid = rules.layout == BlockLayout.SEQUENTIAL ? new HookPoint(Site.RESID_MID, point.layer()) : pre;
        return switch (point.site()) {
            case RESID_PRE, ATTN_OUT -> pre;
            case RESID_MID, MLP_OUT -> mid;
            case RESID_POST -> point;
        };
    }

    private static List<Integer> boxed(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }
}

package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;

/**
 * Runs the prompts of a cluster. What all rows begin with runs when this is made; each part of the rows then runs from
 * there: once for each prompt up to the fork, and from there once for each different row.
 */
final class PromptPass {
    /** Sees what passes by at the hook points. */
    interface Observer {
        boolean wants(HookPoint point);

        /**
         * Called for each wanted point of each pass.
         *
         * @param members rows of the cluster that each packed sequence stands for
         */
        void at(HookPoint point, PtNDArray x_ND, TokenLayout layout, List<List<Cluster.Row>> members);
    }

    /**
     * What the tokens that all rows begin with have left behind.
     *
     * @param stem keys and values of the blocks below the fork, [1, P, KV, HD]
     * @param families those of the blocks above, [families, P, KV, HD]
     * @param end_FPD stream at the end, family after family
     */
    record Beginning(KeysValues stem, KeysValues families, Optional<PtNDArray> end_FPD) {
        private static final Beginning NONE = new Beginning(KeysValues.empty(), KeysValues.empty(), Optional.empty());
    }

    /**
     * The end of a part.
     *
     * @param end_ND stream at the end of the range
     * @param units rows that each packed sequence stands for
     * @param stem keys and values of the blocks below the fork, a row a prompt
     * @param stemRow which of them a unit has
     * @param top those of the blocks above, a row a unit
     */
    record End(
            PtNDArray end_ND,
            TokenLayout layout,
            List<List<Cluster.Row>> units,
            KeysValues stem,
            int[] stemRow,
            KeysValues top) {}

    /**
     * What the passes of a request have in common.
     *
     * @param end last point of the stream to reach
     * @param keepsKeys whether keys and values are wanted
     * @param start values to begin with instead of the embedding
     */
    record Scope(HookPoint end, boolean keepsKeys, Optional<ForwardPlan.Start> start, Observer observer) {}

    private final LanguageModel model;
    private final Cluster cluster;
    private final Scope scope;
    private final Beginning beginning;

    /**
     * Runs the shared beginning.
     *
     * @param manager owns what later parts need of it
     */
    PromptPass(LanguageModel model, Cluster cluster, Scope scope, PtNDManager manager) {
        this.model = model;
        this.cluster = cluster;
        this.scope = scope;
        this.beginning = cluster.shared() == 0 ? Beginning.NONE : begin(manager);
    }

    Beginning beginning() {
        return beginning;
    }

    private Beginning begin(PtNDManager manager) {
        List<List<Cluster.Row>> families = cluster.byFamily();
        List<Cluster.Row> examples =
                families.stream().map(family -> family.get(0)).toList();
        Part part = new Part(manager, true);
        Optional<PtNDArray> fork = part.stem(examples.subList(0, 1), List.of(cluster.rows()));
        End end = part.top(fork, families, new int[examples.size()]);
        return new Beginning(end.stem, end.top, Optional.of(end.end_ND));
    }

    /** Runs some rows of the cluster; results belong to {@code manager}. */
    End run(List<Cluster.Row> rows, PtNDManager manager) {
        Map<Integer, List<Cluster.Row>> byPrompt = new LinkedHashMap<>();
        Map<List<Integer>, List<Cluster.Row>> byUnit = new LinkedHashMap<>();
        for (Cluster.Row row : rows) {
            byPrompt.computeIfAbsent(row.prompt(), prompt -> new ArrayList<>()).add(row);
            // Given values are a row's own, even where the tokens are another's.
            int own = scope.start.isPresent() ? row.index() : 0;
            byUnit.computeIfAbsent(List.of(row.prompt(), row.family(), own), unit -> new ArrayList<>())
                    .add(row);
            if (row.places() > 1) {
                Cluster.Row twin = row.twin(cluster.unedited());
                byUnit.computeIfAbsent(List.of(twin.prompt(), twin.family(), own), unit -> new ArrayList<>())
                        .add(twin);
            }
        }
        List<Integer> prompts = List.copyOf(byPrompt.keySet());
        List<List<Cluster.Row>> units = List.copyOf(byUnit.values());
        int[] promptOfUnit = units.stream()
                .mapToInt(unit -> prompts.indexOf(unit.get(0).prompt()))
                .toArray();
        Part part = new Part(manager, false);
        List<List<Cluster.Row>> members = List.copyOf(byPrompt.values());
        Optional<PtNDArray> fork =
                part.stem(members.stream().map(list -> list.get(0)).toList(), members);
        return part.top(fork, units, promptOfUnit);
    }

    /** One run through the blocks, below the fork and above. */
    private final class Part {
        private final PtNDManager manager;
        private final ScriptCalls calls;
        private final boolean isBeginning;
        private final KeysValues stemKept = KeysValues.empty();
        private final KeysValues topKept = KeysValues.empty();
        private TokenLayout stemLayout;

        Part(PtNDManager manager, boolean isBeginning) {
            this.manager = manager;
            this.calls = new ScriptCalls.Inference(model.script(), manager);
            this.isBeginning = isBeginning;
        }

        private TokenLayout layout(List<Cluster.Row> rows, boolean edited) {
            List<TokenSequence> sequences =
                    rows.stream().map(Cluster.Row::sequence).toList();
            if (scope.start.isPresent()) {
                return TokenLayout.of(sequences);
            }
            int[] family = new int[rows.size()];
            int[] end = new int[rows.size()];
            for (int b = 0; b < rows.size(); b++) {
                // An interpolation has a target for each token of its own sequence.
                boolean perToken = sequences.get(b).edits().stream().anyMatch(Edit.Interpolate.class::isInstance);
                int own = perToken ? cluster.families() + b : rows.get(b).family();
                family[b] = edited ? own : 0;
                end[b] = isBeginning ? cluster.shared() : rows.get(b).length();
            }
            return TokenLayout.tree(sequences, family, isBeginning ? 0 : cluster.shared(), end);
        }

        /** The stream at the fork, where there is one. */
        Optional<PtNDArray> stem(List<Cluster.Row> prompts, List<List<Cluster.Row>> members) {
            if (cluster.fork().isEmpty()) {
                return Optional.empty();
            }
            HookPoint fork = cluster.fork().get();
            HookPoint end = fork.compareTo(scope.end) < 0 ? fork : scope.end;
            stemLayout = layout(prompts, false);
            Past past = isBeginning ? Past.none() : Past.sharedByAll(beginning.stem);
            PromptAttention attention = attention(stemLayout, past, stemKept);
            BlockStack.Range range = BlockStack.Range.upTo(end);
            return Optional.of(new BlockStack(model, calls)
                    .run(
                            embedded(prompts, stemLayout),
                            range,
                            attention,
                            new Watcher(stemLayout, members, Optional.empty(), Optional.of(fork))));
        }

        End top(Optional<PtNDArray> fork, List<List<Cluster.Row>> units, int[] promptOfUnit) {
            List<Cluster.Row> firsts = units.stream().map(unit -> unit.get(0)).toList();
            TokenLayout layout = layout(firsts, true);
            HookPoint from = cluster.fork()
                    .or(() -> scope.start.map(ForwardPlan.Start::at))
                    .orElse(new HookPoint(Site.RESID_PRE, 0));
            PtNDArray x = fork.isPresent() ? spread(fork.get(), layout, promptOfUnit) : entered(firsts, layout);
            if (from.compareTo(scope.end) > 0) {
                return new End(x, layout, units, stemKept, promptOfUnit, topKept);
            }
            ResidualEditor editor = new ResidualEditor(
                    manager,
                    model.config().dModel(),
                    new EditedBatch(firsts.stream().map(Cluster.Row::sequence).toList(), layout, twins(firsts)));
            PtNDArray end = new BlockStack(model, calls)
                    .run(
                            x,
                            new BlockStack.Range(from, scope.end),
                            attention(layout, topPast(firsts), topKept),
                            new Watcher(layout, units, Optional.of(editor), Optional.empty()));
            return new End(end, layout, units, stemKept, promptOfUnit, topKept);
        }

        /** Where the unedited run of each row is; rows of a beginning share one. */
        private int[] twins(List<Cluster.Row> firsts) {
            int[] twin_B = new int[firsts.size()];
            for (int b = 0; b < twin_B.length; b++) {
                Cluster.Row row = firsts.get(b);
                twin_B[b] = row.places() == 1 ? b : twin(row, firsts);
            }
            return twin_B;
        }

        private int twin(Cluster.Row row, List<Cluster.Row> firsts) {
            for (int b = 0; b < firsts.size(); b++) {
                Cluster.Row other = firsts.get(b);
                boolean samePrompt = isBeginning
                        || other.prompt() == row.prompt() && (scope.start.isEmpty() || other.index() == row.index());
                if (other.family() == cluster.unedited() && samePrompt) {
                    return b;
                }
            }
            throw new IllegalStateException("no unedited run beside row " + row.index());
        }

        private Past topPast(List<Cluster.Row> firsts) {
            if (isBeginning || cluster.shared() == 0) {
                return Past.none();
            }
            if (cluster.families() == 1) {
                return Past.sharedByAll(beginning.families);
            }
            long[] family = firsts.stream().mapToLong(Cluster.Row::family).toArray();
            return new Past(beginning.families, Optional.of(TorchRuntime.longs(manager, family)));
        }

        private PromptAttention attention(TokenLayout layout, Past past, KeysValues kept) {
            PassInputs inputs = model.attentionKinds().prompt(manager, layout, cluster.sequenceLength());
            boolean keeps = isBeginning || scope.keepsKeys;
            var tokens = new PromptAttention.Tokens(past, keeps ? Optional.of(kept) : Optional.empty());
            return new PromptAttention(model, manager, calls, inputs, tokens);
        }

        /** Rows of the prompts at the fork, as the units need them. */
        private PtNDArray spread(PtNDArray x, TokenLayout layout, int[] promptOfUnit) {
            long[] rows = new long[layout.tokens()];
            for (int u = 0; u < promptOfUnit.length; u++) {
                for (int t = layout.firstOwned(u); t < layout.length(u); t++) {
                    rows[layout.row(u, t)] = stemLayout.row(promptOfUnit[u], t);
                }
            }
            try (PtNDArray index = TorchRuntime.longs(manager, rows)) {
                PtNDArray spread = calls.one("rows", x, index);
                x.close();
                return spread;
            }
        }

        private PtNDArray entered(List<Cluster.Row> rows, TokenLayout layout) {
            if (scope.start.isEmpty()) {
                return embedded(rows, layout);
            }
            int d = model.config().dModel();
            List<Integer> indices = rows.stream().map(Cluster.Row::index).toList();
            float[] packed = scope.start.get().packed(indices, layout, d);
            return TorchRuntime.floats(manager, packed, layout.tokens(), d);
        }

        private PtNDArray embedded(List<Cluster.Row> rows, TokenLayout layout) {
            List<int[]> ids =
                    rows.stream().map(row -> row.sequence().tokenIds()).toList();
            try (PtNDArray packed = TorchRuntime.longs(manager, layout.pack(ids))) {
                return calls.one("embed", model.weights().embedding(), packed);
            }
        }

        /** Edits and shows; leaves alone the point at which the blocks above will begin. */
        private final class Watcher implements BlockStack.Visitor {
            private final TokenLayout layout;
            private final List<List<Cluster.Row>> members;
            private final Optional<ResidualEditor> editor;
            private final Optional<HookPoint> skipped;

            Watcher(
                    TokenLayout layout,
                    List<List<Cluster.Row>> members,
                    Optional<ResidualEditor> editor,
                    Optional<HookPoint> skipped) {
                this.layout = layout;
                this.members = members;
                this.editor = editor;
                this.skipped = skipped;
            }

            @Override
            public PtNDArray at(HookPoint point, PtNDArray x) {
                if (skipped.isPresent() && skipped.get().equals(point)) {
                    return x;
                }
                PtNDArray edited = editor.isPresent() ? editor.get().apply(point, x, calls) : x;
                if (scope.observer.wants(point)) {
                    scope.observer.at(point, edited, layout, members);
                }
                return edited;
            }

            @Override
            public boolean wants(HookPoint addition) {
                return scope.observer.wants(addition)
                        || editor.isPresent() && editor.get().touches(addition);
            }
        }
    }
}

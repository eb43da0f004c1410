package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;

/**
 * Rows that decode side by side. A row's cache slot is its position, so rows of any lengths go together, and a finished
 * row's place is taken by another. Below the fork a lineage of rows has one place in the caches, above it every row.
 */
final class DecodePool {
    private final LanguageModel model;
    private final PtNDManager manager;
    private final int sequenceLength;
    private final Optional<HookPoint> fork;
    private final List<DecodingRow> rows = new ArrayList<>();
    private final Lineages lineages = new Lineages();
    private final DecodeCaches stem;
    private final DecodeCaches top;
    private EditedBatch batch;
    private ResidualEditor editor;
    private PtNDManager editing;

    /**
     * An empty pool.
     *
     * @param places rows at most
     * @param capacity slots of a row
     * @param cluster what the rows have in common
     */
    DecodePool(LanguageModel model, PtNDManager manager, int places, int capacity, Cluster cluster) {
        this.model = model;
        this.manager = manager;
        this.sequenceLength = cluster.sequenceLength();
        this.editing = manager.newSubManager(manager.getDevice());
        this.fork = cluster.fork();
        int firstOwn = fork.map(DecodePool::blocksBelow).orElse(0);
        this.stem = new DecodeCaches(model, manager, places, capacity, IntStream.range(0, firstOwn));
        this.top = new DecodeCaches(
                model,
                manager,
                places,
                capacity,
                IntStream.range(firstOwn, model.config().nLayers()));
    }

    /** Blocks whose attention runs before the fork. */
    private static int blocksBelow(HookPoint fork) {
        return fork.site() == Site.RESID_PRE ? fork.layer() : fork.layer() + 1;
    }

    List<DecodingRow> rows() {
        return rows;
    }

    int active() {
        return (int) rows.stream().filter(row -> !row.isFinished()).count();
    }

    /** The first {@code count} places, below {@code most}, that are free or whose rows are finished. */
    int[] places(int count, int most) {
        return IntStream.range(0, most)
                .filter(place -> place >= rows.size() || rows.get(place).isFinished())
                .limit(count)
                .toArray();
    }

    /**
     * Puts rows into places.
     *
     * @param added rows that have chosen their first token
     * @param places as many
     * @param prompts where the keys and values of their prompts are
     */
    void admit(List<DecodingRow> added, int[] places, PromptKeys prompts) {
        top.fill(prompts.top(), places, prompts.unitOf(), prompts.familyOf());
        for (int i = 0; i < places.length; i++) {
            if (places[i] < rows.size()) {
                rows.set(places[i], added.get(i));
            } else {
                rows.add(added.get(i));
            }
        }
        if (fork.isPresent()) {
            int[] found = prompts.rowsByPrompt().values().stream()
                    .mapToInt(members ->
                            lineages.found(members.stream().map(i -> places[i]).toList()))
                    .toArray();
            int[] prompt = prompts.rowsByPrompt().keySet().stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            stem.fill(prompts.stem(), found, prompt, new int[found.length]);
            part();
        }
        renew();
    }

    private void renew() {
        editing.close();
        editing = manager.newSubManager(manager.getDevice());
        batch = new EditedBatch(
                rows.stream().map(row -> row.row().sequence()).toList(), TokenLayout.step(rows.size()), twins());
        editor = new ResidualEditor(editing, model.config().dModel(), batch);
    }

    private int[] twins() {
        int[] twin_B = new int[rows.size()];
        for (int b = 0; b < twin_B.length; b++) {
            DecodingRow row = rows.get(b);
            twin_B[b] = IntStream.range(0, rows.size())
                    .filter(other -> rows.get(other).follows(row))
                    .findFirst()
                    .orElse(b);
        }
        return twin_B;
    }

    private void part() {
        stem.copy(lineages.part(rows));
    }

    /** Feeds every row's newest token and chooses the next; finished rows repeat theirs, unheard, until they leave. */
    void step(TokenChooser chooser) {
        try (PtNDManager scope = manager.newSubManager(manager.getDevice())) {
            Pass pass = new Pass(scope);
            PtNDArray last = pass.run();
            chooser.choose(last, rows, scope);
        }
        if (fork.isPresent()) {
            part();
        }
    }

    /** Leaves out the finished rows. */
    void compact() {
        List<Integer> kept = IntStream.range(0, rows.size())
                .filter(b -> !rows.get(b).isFinished())
                .boxed()
                .toList();
        top.keep(kept);
        if (fork.isPresent()) {
            List<Integer> places = new ArrayList<>(lineages.compact(kept));
            // Lineages may still part until every row has its own.
            places.addAll(Collections.nCopies(kept.size() - places.size(), places.get(0)));
            stem.keep(places);
        }
        rows.removeIf(DecodingRow::isFinished);
        renew();
    }

    /** One step through the blocks. */
    private final class Pass implements BlockStack.Visitor {
        private final PtNDManager scope;
        private final ScriptCalls calls;
        private final BlockStack stack;

        Pass(PtNDManager scope) {
            this.scope = scope;
            this.calls = new ScriptCalls.Inference(model.script(), scope);
            this.stack = new BlockStack(model, calls);
        }

        PtNDArray run() {
            HookPoint end = HookPoint.residPost(model.config().nLayers() - 1);
            int[] slots = rows.stream().mapToInt(DecodingRow::slot).toArray();
            batch.at(slots);
            PtNDArray x = fork.isPresent()
                    ? forked(fork.get())
                    : embedded(rows.stream().mapToLong(DecodingRow::newest).toArray());
            HookPoint from = fork.orElse(new HookPoint(Site.RESID_PRE, 0));
            return stack.run(x, new BlockStack.Range(from, end), attention(slots, top), this);
        }

        /** The stream at the fork: once a lineage, then for every row. */
        private PtNDArray forked(HookPoint at) {
            int[] slots = new int[lineages.size()];
            long[] tokens = new long[lineages.size()];
            Map<Integer, DecodingRow> representatives = lineages.representatives(rows);
            representatives.forEach((place, row) -> {
                slots[place] = row.slot();
                tokens[place] = row.newest();
            });
            PtNDArray x =
                    stack.run(embedded(tokens), BlockStack.Range.upTo(at), attention(slots, stem), new Unedited());
            long[] placeOfRow = new long[rows.size()];
            // A finished row is not heard any more: any lineage will do for it.
            Arrays.setAll(placeOfRow, b -> rows.get(b).isFinished() ? 0 : lineages.placeOf(b));
            return calls.one("rows", x, TorchRuntime.longs(scope, placeOfRow));
        }

        private PtNDArray embedded(long[] tokens) {
            return calls.one("embed", model.weights().embedding(), TorchRuntime.longs(scope, tokens));
        }

        private DecodeAttention attention(int[] slots, DecodeCaches caches) {
            PassInputs inputs = model.attentionKinds().step(scope, slots, sequenceLength);
            PtNDArray at = TorchRuntime.longs(
                    scope, Arrays.stream(slots).asLongStream().toArray());
            return new DecodeAttention(model, calls, inputs, at, caches.tensors());
        }

        @Override
        public PtNDArray at(HookPoint point, PtNDArray x_BD) {
            return editor.apply(point, x_BD, calls);
        }

        @Override
        public boolean wants(HookPoint addition) {
            return editor.touches(addition);
        }
    }

    private static final class Unedited implements BlockStack.Visitor {
        @Override
        public PtNDArray at(HookPoint point, PtNDArray x_BD) {
            return x_BD;
        }

        @Override
        public boolean wants(HookPoint addition) {
            return false;
        }
    }
}

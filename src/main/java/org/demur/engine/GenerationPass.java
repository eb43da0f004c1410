package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.demur.edit.HookPoint;

/**
 * Continues the prompts of a cluster by continuous batching: rows that finish leave, rows that wait take their places, and
 * at the end the batch shrinks.
 */
final class GenerationPass {
    /** Places are filled, or given up, once fewer than this share of the rows is still decoding. */
    private static final double WORTH_FILLING = 0.75;

    /** Rows whose caches differ more than this in length do not share a pool: its places are as long as the longest. */
    private static final int MAX_LENGTH_RATIO = 2;

    private final LanguageModel model;
    private final GenerationPlan plan;
    private final Cluster cluster;
    private final GenerationListener listener;
    private final BitSet delivered = new BitSet();

    GenerationPass(LanguageModel model, GenerationPlan plan, Cluster cluster, GenerationListener listener) {
        this.model = model;
        this.plan = plan;
        this.cluster = cluster;
        this.listener = listener;
    }

    void run(PtNDManager manager) {
        HookPoint end = HookPoint.residPost(model.config().nLayers() - 1);
        var scope = new PromptPass.Scope(end, true, Optional.empty(), new Unobserved());
        PromptPass pass = new PromptPass(model, cluster, scope, manager);
        for (List<Cluster.Row> band : bands()) {
            Halving.run(band, rows -> {
                try (PtNDManager inner = manager.newSubManager(manager.getDevice())) {
                    new Pool(pass, rows, inner).run();
                }
            });
        }
    }

    /** Rows of similar lengths. */
    private List<List<Cluster.Row>> bands() {
        Map<Integer, List<Cluster.Row>> byMagnitude = new TreeMap<>();
        for (Cluster.Row row : cluster.rows()) {
            int capacity = row.length() + plan.maxNewTokens();
            int magnitude = (int) (Math.log(capacity) / Math.log(MAX_LENGTH_RATIO));
            byMagnitude.computeIfAbsent(magnitude, m -> new ArrayList<>()).add(row);
        }
        return List.copyOf(byMagnitude.values());
    }

    /** Places that a row takes while it decodes. */
    private static int places(Cluster.Row row) {
        return row.sequence().twin() == TokenSequence.Twin.ALWAYS ? 2 : 1;
    }

    private static final class Unobserved implements PromptPass.Observer {
        @Override
        public boolean wants(HookPoint point) {
            return false;
        }

        @Override
        public void at(HookPoint point, PtNDArray x, TokenLayout layout, List<List<Cluster.Row>> members) {
            throw new IllegalStateException("nothing was wanted at " + point);
        }
    }

    /** The rows of one band while they decode. */
    private final class Pool {
        private final PromptPass pass;
        private final PtNDManager manager;
        private final Deque<Cluster.Row> waiting;
        private final TokenChooser chooser = new TokenChooser(model, plan);
        private final int most;
        private final DecodePool pool;

        Pool(PromptPass pass, List<Cluster.Row> rows, PtNDManager manager) {
            this.pass = pass;
            this.manager = manager;
            this.waiting = new ArrayDeque<>(rows);
            int capacity = rows.stream().mapToInt(Cluster.Row::length).max().orElseThrow() + plan.maxNewTokens();
            int fitting = Math.max(1, model.cacheSlots() / capacity);
            int wanted = rows.stream().mapToInt(GenerationPass::places).sum();
            int largest = rows.stream().mapToInt(GenerationPass::places).max().orElseThrow();
            this.most = Math.max(largest, Math.min(Math.min(plan.maxBatchRows(), fitting), wanted));
            this.pool = new DecodePool(model, manager, most, capacity, cluster);
        }

        void run() {
            while (true) {
                int active = pool.active();
                if (!waiting.isEmpty() && active < WORTH_FILLING * most) {
                    admit();
                } else if (active == 0) {
                    return;
                } else {
                    if (active < WORTH_FILLING * pool.rows().size()) {
                        pool.compact();
                    }
                    pool.step(chooser);
                    collect();
                }
            }
        }

        private void collect() {
            for (DecodingRow row : pool.rows()) {
                int index = row.row().index();
                if (!row.isTwin() && row.isFinished() && !delivered.get(index)) {
                    delivered.set(index);
                    listener.finished(index, row.generation());
                }
            }
        }

        /** Fills the free places, with no more prompt tokens at once than fit a pass. */
        private void admit() {
            int free = pool.places(most, most).length;
            List<Cluster.Row> next = new ArrayList<>();
            int tokens = 0;
            int limit = model.keptTokens();
            while (!waiting.isEmpty() && places(waiting.peek()) <= free) {
                int own = waiting.peek().places() * (waiting.peek().length() - cluster.shared());
                if (!next.isEmpty() && tokens + own > limit) {
                    break;
                }
                free -= places(waiting.peek());
                next.add(waiting.poll());
                tokens += own;
            }
            if (next.isEmpty()) {
                // A row with its twin waits until both have a place.
                pool.step(chooser);
                collect();
                return;
            }
            try (PtNDManager inner = manager.newSubManager(manager.getDevice())) {
                enter(pass.run(next, inner), inner);
            }
            collect();
        }

        private void enter(PromptPass.End end, PtNDManager inner) {
            ScriptCalls calls = new ScriptCalls.Inference(model.script(), inner);
            List<DecodingRow> added = new ArrayList<>();
            List<Integer> unitOfRow = new ArrayList<>();
            Map<Integer, DecodingRow> followed = new HashMap<>();
            for (int u = 0; u < end.units().size(); u++) {
                for (Cluster.Row row : end.units().get(u)) {
                    if (!row.isTwin()) {
                        added.add(new DecodingRow(row, plan));
                        unitOfRow.add(u);
                        followed.put(row.index(), added.get(added.size() - 1));
                    }
                }
            }
            for (int u = 0; u < end.units().size(); u++) {
                for (Cluster.Row row : end.units().get(u)) {
                    if (row.isTwin() && places(followed.get(row.index()).row()) > 1) {
                        added.add(followed.get(row.index()).twin(row));
                        unitOfRow.add(u);
                    }
                }
            }
            int[] units = unitOfRow.stream().mapToInt(Integer::intValue).toArray();
            long[] lastRows = end.layout().lastRows();
            long[] last = Arrays.stream(units).mapToLong(u -> lastRows[u]).toArray();
            PtNDArray x = calls.one("rows", end.end_ND(), TorchRuntime.longs(inner, last));
            chooser.choose(x, added, inner);
            pool.admit(added, pool.places(added.size(), most), keys(end, units));
        }

        private PromptKeys keys(PromptPass.End end, int[] units) {
            Map<Integer, List<Integer>> rowsByPrompt = new TreeMap<>();
            for (int i = 0; i < units.length; i++) {
                rowsByPrompt
                        .computeIfAbsent(end.stemRow()[units[i]], prompt -> new ArrayList<>())
                        .add(i);
            }
            int[] families = Arrays.stream(units)
                    .map(u -> end.units().get(u).get(0).family())
                    .toArray();
            PromptPass.Beginning beginning = pass.beginning();
            return new PromptKeys(
                    new DecodeCaches.Prompts(beginning.stem(), end.stem()),
                    new DecodeCaches.Prompts(beginning.families(), end.top()),
                    units,
                    families,
                    rowsByPrompt);
        }
    }
}
